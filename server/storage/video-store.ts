import type { Manifest } from '../../engine/index.ts';
import type { ReadBuffers } from './buffer-pool.ts';
import type { DetailsChange, VideoDetails } from './video-details.ts';

/** One video of the library. `title` and the details may change; everything else is fixed by the bytes or by their upload. */
export interface Video extends VideoDetails {
  readonly contentId: string;
  /** The file's name as uploaded, without folders. */
  readonly name: string;
  readonly title: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Only where the bytes lie in the watched folder: the file's path in it, with `/` between names. */
  readonly folderPath?: string;
}

export const VIDEO_SORTS = ['-createdAt', 'createdAt', 'title', '-title', 'sizeBytes', '-sizeBytes'] as const;
export type VideoSort = (typeof VIDEO_SORTS)[number];

export interface ListQuery {
  readonly cursor?: string;
  /** 1 to 100. */
  readonly limit: number;
  /** Part of the title or name, any case. */
  readonly search?: string;
  readonly sort: VideoSort;
}

export interface VideoPage {
  readonly items: readonly Video[];
  readonly nextCursor: string | null;
}

/** The answer to a finished write. `alreadyStored`: the same bytes were there before, and nothing was stored again. */
export interface Stored {
  readonly video: Video;
  readonly alreadyStored: boolean;
}

/** One upload into the store. Ends with `commit` or `abort`; nothing is listed before `commit` resolved. */
export interface VideoWriter {
  /** One after the other. Resolves when the store is ready for more (back-pressure). */
  write(...chunks: readonly Uint8Array[]): Promise<void>;
  /** Publishes. The manifest's size must be what was written. */
  commit(manifest: Manifest): Promise<Stored>;
  /** Leaves nothing behind. Safe to call at any time, more than once. */
  abort(): Promise<void>;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** For a store that reads into memory of its own choice: where to take it from. Who is given the bytes gives it back. */
  readonly buffers?: ReadBuffers | undefined;
}

export interface Usage {
  readonly usedBytes: number;
  /** null where the store cannot know (a database on another machine). */
  readonly freeBytes: number | null;
  /** Of the videos in the watched folder, where there is one: not on the store's disk, and not part of `usedBytes`. */
  readonly folderBytes?: number;
}

/**
 * The library's storage. Both implementations pass test/contract/video-store.test.ts. Writes are all or nothing; the same
 * bytes are one video. Methods throw StorageError (`no-such-video`, `no-space`, `unavailable`, `corrupt`).
 */
export interface VideoStore {
  readonly kind: 'filesystem' | 'gridfs';
  /** Connects, makes folders or indexes, sweeps what a crash left. */
  start(signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
  /** Cheap check for readiness: throws StorageError `unavailable` when the store cannot serve. */
  ping(signal?: AbortSignal): Promise<void>;

  list(query: ListQuery): Promise<VideoPage>;
  /** undefined when there is no such video. */
  get(contentId: string): Promise<Video | undefined>;
  manifest(contentId: string): Promise<Manifest | undefined>;
  /** Bytes `start` (inclusive) to `end` (exclusive), in order, in buffers of at most a few MiB; read ahead is bounded.
   *  A delete in mid-read either lets the read finish or ends it with `no-such-video`, never with wrong bytes. */
  read(contentId: string, start: number, end: number, options?: ReadOptions): AsyncIterable<Uint8Array>;

  create(): Promise<VideoWriter>;
  /** Takes a complete local file, whose manifest is known, out of the caller's hands: moved where possible, else copied.
   *  On success the path is gone; on failure it is still there. */
  adopt(path: string, manifest: Manifest): Promise<Stored>;
  setTitle(contentId: string, title: string): Promise<Video>;
  /**
   * Changes a video's details and the small files that they name, all or nothing: `change` is given the details as they are, and
   * again whenever another appliance was quicker. undefined leaves everything as it is; what it throws is thrown on.
   */
  changeDetails(contentId: string, change: (now: VideoDetails) => DetailsChange | undefined): Promise<Video>;
  /** One of the small files that the details name; undefined when there is none of that name. */
  extra(contentId: string, name: string): Promise<Uint8Array | undefined>;
  /** Content ids of at most `limit` videos that nobody has looked into to the end, the newest first. */
  uninspected(limit: number): Promise<string[]>;
  /**
   * Keeps other appliances on the same library from looking into a video for `forMs`; again by the same holder prolongs it, 0 ends it.
   * False when another holder has it, or the video is gone.
   */
  claimInspection(contentId: string, holder: string, forMs: number): Promise<boolean>;
  delete(contentId: string): Promise<void>;
  usage(): Promise<Usage>;
}

/** Small values the appliance must remember: its token's hash, its secrets. In MongoDB where that is configured. */
export interface ApplianceState {
  get(key: string): Promise<string | undefined>;
  /** Keeps `value` unless the key has one; returns the value that is kept. Atomic among processes sharing the store. */
  setIfAbsent(key: string, value: string): Promise<string>;
  set(key: string, value: string): Promise<void>;
}

/** A storage back end: the videos and the state beside them share one life. */
export interface Storage {
  readonly videos: VideoStore;
  readonly state: ApplianceState;
}
