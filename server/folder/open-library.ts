/** The library that viewers see: the store alone, or with the watched folder beside it where one is set. */
import { join, resolve } from 'node:path';
import type { Config } from '../../config/schema.ts';
import type { VideoStore } from '../storage/video-store.ts';
import { CombinedVideoStore } from './combined-video-store.ts';
import { FolderLibrary } from './folder-library.ts';
import type { FolderComponents, FolderOptions } from './folder-options.ts';

export interface Library {
  readonly videos: VideoStore;
  /** Not started. */
  readonly folder: FolderLibrary | undefined;
}

/** In the data directory. */
const INDEX_FOLDER = 'folder';

const MS_PER_MINUTE = 60_000;

/** `timings`: other than the usual ones, for tests. */
export function openLibrary({ store, log }: { readonly store: VideoStore; readonly log: FolderComponents['log'] }, config: Config, timings: Partial<FolderOptions> = {}): Library {
  if (config.libraryDir === undefined) return { videos: store, folder: undefined };
  const folder = new FolderLibrary({ log }, {
    dir: resolve(config.libraryDir), indexDir: join(config.dataDir, INDEX_FOLDER), ignore: config.libraryIgnore,
    rescanMs: config.libraryRescanMinutes * MS_PER_MINUTE, hashMbps: config.libraryHashMbps, ...timings,
  });
  return { videos: new CombinedVideoStore({ store, folder: folder.videos }), folder };
}
