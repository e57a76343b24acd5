/**
 * The videos of the watched folder: their entries, piece hashes, posters and subtitles lie in the data directory, their contents
 * stay where they are. A content is listed only while a file is there that looks as it did when it was hashed, and every buffer
 * that is read is handed on only after another look at the file: a file that is written to ends its readers and never gives other
 * bytes than its content id stands for.
 */
import { constants } from 'node:fs';
import { mkdir, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cleanFileName, isContentId, type HashedContent, type Manifest } from '../../engine/index.ts';
import { mediaTypeFor } from '../ingest/media-type.ts';
import { titleFromName } from '../storage/catalogue-text.ts';
import { errnoOf, syncFolder } from '../storage/durable-files.ts';
import { FileHandleCache } from '../storage/file-handle-cache.ts';
import { FilesystemCatalogue } from '../storage/filesystem-catalogue.ts';
import { readEntryAlone, rewriteEntry, writeEntry, type Entry } from '../storage/filesystem-entry.ts';
import { onDisk } from '../storage/filesystem-errors.ts';
import { readRange } from '../storage/filesystem-reader.ts';
import { FilesystemStaging } from '../storage/filesystem-staging.ts';
import { StorageError } from '../storage/storage-error.ts';
import { checkRange, noSuchVideo, videoOf } from '../storage/stored-manifest.ts';
import type { DetailsChange, VideoDetails } from '../storage/video-details.ts';
import type { ListQuery, ReadOptions, Video, VideoPage, VideoStore } from '../storage/video-store.ts';
import { absolutePath, folderFile, isUnchanged, type FolderFile } from './folder-file.ts';

const MAX_IDLE_HANDLES = 32;
/** Entries read at once: more than the thread pool has threads gains nothing. */
const LOADERS = 16;

export interface FolderVideoStoreComponents {
  readonly log: { warn(details: object, message: string): void };
  /** A reader found that the file is not what it was. */
  readonly onChanged: (path: string) => void;
}

export interface FolderVideoStoreOptions {
  /** The watched folder. */
  readonly root: string;
  /** In the data directory. */
  readonly indexDir: string;
}

/** A file and the content that it was found to have. */
export interface Placed {
  readonly contentId: string;
  readonly file: FolderFile;
}

/** What of a store there is for videos that come and go with their files. */
export type FolderVideos = Pick<VideoStore, 'list' | 'get' | 'manifest' | 'read' | 'setTitle' | 'changeDetails' | 'extra' | 'uninspected'>;

export class FolderVideoStore implements FolderVideos {
  readonly #components: FolderVideoStoreComponents;
  readonly #root: string;
  readonly #indexDir: string;
  readonly #videosDir: string;
  readonly #staging: FilesystemStaging;
  readonly #catalogue: FilesystemCatalogue;
  // Neither a link nor a pipe that came in a file's place.
  readonly #handles = new FileHandleCache({}, { maxIdle: MAX_IDLE_HANDLES, flags: constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK });
  /** Of the videos that are listed. */
  readonly #files = new Map<string, FolderFile>();
  #sizeBytes = 0;

  constructor(components: FolderVideoStoreComponents, { root, indexDir }: FolderVideoStoreOptions) {
    this.#components = components;
    this.#root = root;
    this.#indexDir = indexDir;
    this.#videosDir = join(indexDir, 'videos');
    this.#staging = new FilesystemStaging({}, { folder: join(indexDir, 'incoming') });
    this.#catalogue = new FilesystemCatalogue({ staging: this.#staging }, { dataDir: indexDir, videosDir: this.#videosDir });
  }

  /** Makes the folders and sweeps what a crash left. Nothing is listed before `show`. */
  async start(): Promise<void> {
    await onDisk(this.#indexDir, async () => {
      await mkdir(this.#videosDir, { recursive: true });
      for (const contentId of await this.#staging.start()) {
        const entry = await this.#readEntry(contentId);
        if (entry !== undefined) await this.#catalogue.tidyExtras(entry.video);
      }
      await this.#staging.sweep();
    });
  }

  async stop(): Promise<void> {
    await this.#handles.close();
  }

  figures(): { readonly videos: number; readonly sizeBytes: number } {
    return { videos: this.#files.size, sizeBytes: this.#sizeBytes };
  }

  /** Where a listed video lies. */
  fileOf(contentId: string): FolderFile | undefined {
    return this.#files.get(contentId);
  }

  /** Contents with an entry, listed or not. */
  async entries(): Promise<string[]> {
    return onDisk(this.#indexDir, async () => (await readdir(this.#videosDir)).filter(isContentId));
  }

  /** Makes the entry of a content that was hashed, unless it is known from before: then its title and poster stay. */
  async add(file: FolderFile, content: HashedContent): Promise<void> {
    const { contentId } = content;
    const name = nameOf(file);
    // The file's own time: a library that is found on the disk is as old as it is, and has the same order after its index was lost.
    const video = videoOf({ ...content, name, mediaType: mediaTypeFor(name, undefined) }, new Date(Math.min(Math.max(file.mtimeMs, 0), Date.now())));
    await this.#catalogue.locks.run(contentId, () => onDisk(this.#indexDir, async () => {
      if (await this.#readEntry(contentId) !== undefined) return;
      const staged = await this.#staging.create();
      try {
        await writeEntry(staged, video, content.pieceHashes);
        await rm(this.#catalogue.folder(contentId), { recursive: true, force: true });
        await rename(staged, this.#catalogue.folder(contentId));
        await syncFolder(this.#videosDir);
      } finally {
        await this.#staging.remove(staged);
      }
    }));
  }

  /** Lists videos, or tells where a listed one lies now. @returns those without an entry, which must be hashed. */
  async show(places: readonly Placed[]): Promise<Placed[]> {
    const waiting = [...places];
    const lost: Placed[] = [];
    const entries: Entry[] = [];
    const loader = async (): Promise<void> => {
      for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
        const entry = await this.#entryFor(place);
        if (entry === undefined) lost.push(place);
        else entries.push(entry);
      }
    };
    await Promise.all(Array.from({ length: Math.min(LOADERS, places.length) }, loader));
    const found = new Set(entries.map(({ video }) => video.contentId));
    for (const { contentId, file } of places) {
      if (!found.has(contentId)) continue;
      this.#sizeBytes += file.sizeBytes - (this.#files.get(contentId)?.sizeBytes ?? 0);
      this.#files.set(contentId, file);
      await this.#handles.forget(contentId);
    }
    this.#catalogue.index.setAll(entries);
    return lost;
  }

  /** Takes a video out of the list; its entry stays. */
  async hide(contentId: string): Promise<void> {
    const file = this.#files.get(contentId);
    if (file === undefined) return;
    this.#files.delete(contentId);
    this.#sizeBytes -= file.sizeBytes;
    this.#catalogue.index.delete(contentId);
    await this.#handles.forget(contentId);
  }

  /** Removes the entry of a video that is not listed. */
  async forget(contentId: string): Promise<void> {
    const leaving = this.#staging.newPath();
    await this.#catalogue.locks.run(contentId, () => onDisk(this.#indexDir, async () => {
      if (this.#files.has(contentId)) return;
      await rename(this.#catalogue.folder(contentId), leaving).catch((error: unknown) => {
        if (errnoOf(error) !== 'ENOENT') throw error;
      });
      await this.#staging.remove(leaving);
    }));
  }

  async list(query: ListQuery): Promise<VideoPage> {
    return this.#catalogue.index.page(query);
  }

  async get(contentId: string): Promise<Video | undefined> {
    return this.#catalogue.index.get(contentId);
  }

  async manifest(contentId: string): Promise<Manifest | undefined> {
    return this.#catalogue.manifest(contentId);
  }

  async *read(contentId: string, start: number, end: number, options?: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const file = this.#files.get(contentId);
    if (file === undefined) throw noSuchVideo(contentId);
    checkRange(start, end, file.sizeBytes);
    try {
      yield* this.#handles.lend(contentId, absolutePath(this.#root, file.path), (handle) => readUnchanged(handle, file, start, end, options));
    } catch (error) {
      throw await this.#readError(contentId, file, error);
    }
  }

  async setTitle(contentId: string, title: string): Promise<Video> {
    return this.#catalogue.setTitle(contentId, title);
  }

  async changeDetails(contentId: string, change: (now: VideoDetails) => DetailsChange | undefined): Promise<Video> {
    return this.#catalogue.changeDetails(contentId, change);
  }

  async extra(contentId: string, name: string): Promise<Uint8Array | undefined> {
    return this.#catalogue.extra(contentId, name);
  }

  async uninspected(limit: number): Promise<string[]> {
    return this.#catalogue.index.uninspected(limit);
  }

  /** The entry as it is listed: under the name the file has now. */
  async #entryFor({ contentId, file }: Placed): Promise<Entry | undefined> {
    return this.#catalogue.locks.run(contentId, async () => {
      const entry = await this.#readEntry(contentId);
      if (entry === undefined || entry.video.sizeBytes !== file.sizeBytes) return undefined;
      const { video } = entry;
      const name = nameOf(file);
      if (video.name === name) return { ...entry, video: { ...video, folderPath: file.path } };
      const title = video.title === titleFromName(video.name) ? titleFromName(name) : video.title;
      const renamed: Entry = { ...entry, video: { ...video, name, title, mediaType: mediaTypeFor(name, undefined), folderPath: file.path } };
      await onDisk(this.#indexDir, () => rewriteEntry(this.#catalogue.folder(contentId), renamed));
      return renamed;
    });
  }

  /** undefined where there is none that can be used. */
  async #readEntry(contentId: string): Promise<Entry | undefined> {
    try {
      return await readEntryAlone(this.#catalogue.folder(contentId), contentId);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      if (errnoOf(error.cause) !== 'ENOENT') this.#components.log.warn({ err: error, contentId }, 'what is known of a video of the watched folder is damaged; its file is read again');
      return undefined;
    }
  }

  async #readError(contentId: string, file: FolderFile, error: unknown): Promise<unknown> {
    const code = errnoOf(error);
    const isChanged = error instanceof StorageError || ['ENOENT', 'ENOTDIR', 'ELOOP', 'ESTALE'].includes(code ?? '');
    if (isChanged) {
      if (this.#files.get(contentId) === file) await this.#handles.forget(contentId);
      this.#components.onChanged(file.path);
      return noSuchVideo(contentId, { cause: error });
    }
    if (code === undefined || error instanceof DOMException) return error;
    return new StorageError('unavailable', `${file.path} in the watched folder cannot be read (${code}). Check that the folder is mounted and that this node may read it.`,
      { cause: error, details: { system: code } });
  }
}

/** One buffer ahead, and each looked at again before it is handed on. @throws StorageError when the file is another one. */
async function* readUnchanged(handle: FileHandle, file: FolderFile, start: number, end: number, options: ReadOptions | undefined): AsyncGenerator<Uint8Array, void, undefined> {
  await checkUnchanged(handle, file);
  for await (const buffer of readRange(handle, start, end, options)) {
    await checkUnchanged(handle, file);
    yield buffer;
  }
}

async function checkUnchanged(handle: FileHandle, file: FolderFile): Promise<void> {
  const stats = await handle.stat();
  if (stats.isFile() && isUnchanged(folderFile(file.path, stats), file)) return;
  throw new StorageError('no-such-video', `${file.path} in the watched folder was changed. It is read again to find its new content id.`);
}

function nameOf(file: FolderFile): string {
  return cleanFileName(basename(file.path));
}
