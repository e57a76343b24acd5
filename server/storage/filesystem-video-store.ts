/**
 * The embedded library: a folder for each video under `videos`, staged under `incoming` and published by one rename. So a
 * crash at any moment leaves either a whole video or a staged folder that the next start removes.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isContentId, type Manifest } from '../../engine/index.ts';
import { errnoOf, syncFile, syncFolder } from './durable-files.ts';
import { FileHandleCache } from './file-handle-cache.ts';
import { freeBytesOf, onDisk, toStorageError } from './filesystem-errors.ts';
import { FilesystemCatalogue } from './filesystem-catalogue.ts';
import { contentPath, readEntry, readEntryNow, writeEntry, type Entry } from './filesystem-entry.ts';
import { bringIn } from './filesystem-move.ts';
import { readRange } from './filesystem-reader.ts';
import { FilesystemStaging } from './filesystem-staging.ts';
import { FilesystemWriter } from './filesystem-writer.ts';
import { readMany } from './many-reads.ts';
import { StorageError } from './storage-error.ts';
import { checkManifest, checkRange, noAnswer, noSuchVideo, videoOf } from './stored-manifest.ts';
import type { DetailsChange, VideoDetails } from './video-details.ts';
import { untilAborted } from './until-aborted.ts';
import type { ListQuery, ReadOptions, Stored, Usage, Video, VideoPage, VideoStore, VideoWriter } from './video-store.ts';

/** Far under the usual limit of 1024 descriptors, and enough for a busy evening. */
const MAX_IDLE_HANDLES = 64;

export interface StorageLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface FilesystemComponents {
  readonly log?: StorageLog;
}

export interface FilesystemOptions {
  readonly dataDir: string;
}

export class FilesystemVideoStore implements VideoStore {
  readonly kind = 'filesystem';
  readonly #log: StorageLog | undefined;
  readonly #dataDir: string;
  readonly #videosDir: string;
  readonly #staging: FilesystemStaging;
  readonly #catalogue: FilesystemCatalogue;
  readonly #handles = new FileHandleCache({}, { maxIdle: MAX_IDLE_HANDLES });
  readonly #writers = new Set<FilesystemWriter>();

  constructor({ log }: FilesystemComponents, { dataDir }: FilesystemOptions) {
    this.#log = log;
    this.#dataDir = dataDir;
    this.#videosDir = join(dataDir, 'videos');
    this.#staging = new FilesystemStaging({}, { folder: join(dataDir, 'incoming') });
    this.#catalogue = new FilesystemCatalogue({ staging: this.#staging }, { dataDir, videosDir: this.#videosDir });
  }

  async start(signal?: AbortSignal): Promise<void> {
    await onDisk(this.#dataDir, async () => {
      await mkdir(this.#videosDir, { recursive: true });
      const changing = await this.#staging.start();
      const names = (await readdir(this.#videosDir)).filter(isContentId);
      const entries = (await readMany(names, {
        now: (contentId) => this.#loadEntryNow(contentId), later: (contentId) => this.#loadEntry(contentId),
      }, signal)).filter((entry) => entry !== undefined);
      for (const { video } of entries) if (changing.has(video.contentId)) await this.#catalogue.tidyExtras(video);
      this.#catalogue.index.load(entries);
      await this.#staging.sweep();
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#writers].map((writer) => writer.abort()));
    await this.#handles.close();
  }

  async ping(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    try {
      await onDisk(this.#dataDir, () => untilAborted(stat(this.#videosDir), signal));
    } catch (error) {
      throw signal?.aborted === true ? noAnswer(error) : error;
    }
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
    const video = this.#catalogue.index.get(contentId);
    if (video === undefined) throw noSuchVideo(contentId);
    checkRange(start, end, video.sizeBytes);
    try {
      yield* this.#handles.lend(contentId, contentPath(this.#catalogue.folder(contentId)), (handle) => readRange(handle, start, end, options));
    } catch (error) {
      if (this.#catalogue.index.get(contentId) === undefined && errnoOf(error) === 'ENOENT') throw noSuchVideo(contentId, { cause: error });
      throw await toStorageError(this.#dataDir, error);
    }
  }

  async create(): Promise<VideoWriter> {
    const writer = new FilesystemWriter(
      { staging: this.#staging, publish: (folder, video) => this.#publish(folder, video), ended: (ended) => this.#writers.delete(ended) },
      { dataDir: this.#dataDir },
    );
    this.#writers.add(writer);
    await writer.open();
    return writer;
  }

  async adopt(path: string, manifest: Manifest): Promise<Stored> {
    checkManifest(manifest, (await stat(path)).size);
    return onDisk(this.#dataDir, async () => {
      const folder = await this.#staging.create();
      try {
        const video = videoOf(manifest, new Date());
        await writeEntry(folder, video, manifest.pieceHashes);
        const brought = await bringIn(path, contentPath(folder));
        try {
          await syncFile(contentPath(folder));
          await syncFolder(folder);
          const stored = await this.#publish(folder, video);
          await rm(path, { force: true });
          return stored;
        } catch (error) {
          await brought.undo();
          throw error;
        }
      } finally {
        await this.#staging.remove(folder);
      }
    }, manifest.sizeBytes);
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

  /** One process has the data directory, so nobody else looks. */
  async claimInspection(contentId: string): Promise<boolean> {
    return this.#catalogue.index.get(contentId) !== undefined;
  }

  async delete(contentId: string): Promise<void> {
    const leaving = this.#staging.newPath();
    await this.#catalogue.locks.run(contentId, async () => {
      const video = this.#catalogue.index.get(contentId);
      if (video === undefined) throw noSuchVideo(contentId);
      const extraBytes = this.#catalogue.index.extraBytes(contentId);
      // Unlisted first: a reader that then misses the file knows that the video was deleted.
      this.#catalogue.index.delete(contentId);
      try {
        await onDisk(this.#dataDir, () => rename(this.#catalogue.folder(contentId), leaving));
      } catch (error) {
        this.#catalogue.index.set({ video, extraBytes });
        throw error;
      }
      await onDisk(this.#dataDir, () => syncFolder(this.#videosDir));
      await this.#handles.forget(contentId);
    });
    await onDisk(this.#dataDir, () => this.#staging.remove(leaving));
  }

  async usage(): Promise<Usage> {
    const freeBytes = await onDisk(this.#dataDir, () => freeBytesOf(this.#dataDir));
    return { usedBytes: this.#catalogue.index.usedBytes, freeBytes };
  }

  /** The rename decides between uploads of the same bytes: a folder that holds something cannot be replaced. */
  async #publish(staged: string, video: Video): Promise<Stored> {
    return this.#catalogue.locks.run(video.contentId, async () => {
      const known = this.#catalogue.index.get(video.contentId);
      if (known !== undefined) return { video: known, alreadyStored: true };
      const folder = this.#catalogue.folder(video.contentId);
      try {
        await rename(staged, folder);
      } catch (error) {
        if (!['ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error;
        const other = await this.#loadEntry(video.contentId);
        if (other !== undefined) {
          this.#catalogue.index.set(other);
          return { video: other.video, alreadyStored: true };
        }
        // What lies there is damaged, so it was never listed: the new upload takes its place.
        const damaged = this.#staging.newPath();
        await rename(folder, damaged);
        await rename(staged, folder);
        await this.#staging.remove(damaged);
      }
      await syncFolder(this.#videosDir);
      this.#catalogue.index.set({ video, extraBytes: 0 });
      return { video, alreadyStored: false };
    });
  }

  async #loadEntry(contentId: string): Promise<Entry | undefined> {
    try {
      return await readEntry(this.#catalogue.folder(contentId), contentId);
    } catch (error) {
      return this.#leaveOut(contentId, error);
    }
  }

  #loadEntryNow(contentId: string): Entry | undefined {
    try {
      return readEntryNow(this.#catalogue.folder(contentId), contentId);
    } catch (error) {
      return this.#leaveOut(contentId, error);
    }
  }

  #leaveOut(contentId: string, error: unknown): undefined {
    if (!(error instanceof StorageError)) throw error;
    this.#log?.warn({ err: error, contentId }, error.message);
  }
}
