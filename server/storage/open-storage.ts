/** Chooses the store: MongoDB where an address is set, else the data directory. */
import { FilesystemStorage } from './filesystem-storage.ts';
import type { StorageLog } from './filesystem-video-store.ts';
import { GridFsStorage } from './gridfs-storage.ts';
import type { Storage } from './video-store.ts';

export interface StorageOptions {
  readonly dataDir: string;
  /** Empty or undefined: the filesystem store. */
  readonly mongodbUri?: string | undefined;
  readonly log?: StorageLog | undefined;
}

export interface OpenedStorage extends Storage {
  /** Connects or makes folders, and sweeps what a crash left. */
  start(signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** @returns storage that was not started: `start` it, and `stop` it in the end. */
export async function openStorage({ dataDir, mongodbUri, log }: StorageOptions): Promise<OpenedStorage> {
  const components = log === undefined ? {} : { log };
  return mongodbUri === undefined || mongodbUri === ''
    ? new FilesystemStorage(components, { dataDir })
    : new GridFsStorage(components, { uri: mongodbUri });
}
