/** Whether there is room for an upload, with the reserve that must stay free. Asked before and while bytes come. */
import { statfs } from 'node:fs/promises';
import type { VideoStore } from '../storage/video-store.ts';
import { noRoom } from './problems.ts';

interface RoomComponents {
  readonly videos: VideoStore;
}

interface RoomOptions {
  /** Where unfinished uploads lie; it exists. */
  readonly incomingDir: string;
  readonly reserveFreeBytes: number;
}

export class Room {
  readonly #videos: VideoStore;
  readonly #incomingDir: string;
  readonly #reserveBytes: number;

  constructor(components: RoomComponents, options: RoomOptions) {
    this.#videos = components.videos;
    this.#incomingDir = options.incomingDir;
    this.#reserveBytes = options.reserveFreeBytes;
  }

  /** Before an upload: throws the problem `no-space` unless both the staging disk and the store can take `neededBytes`. */
  async require(neededBytes: number): Promise<void> {
    const { freeBytes: storeFreeBytes } = await this.#videos.usage();
    this.#compare(neededBytes, Math.min(await this.#diskFreeBytes(), storeFreeBytes ?? Number.POSITIVE_INFINITY));
  }

  /** For an upload that goes past the staging disk, before it and while it runs. */
  async requireInStore(neededBytes: number): Promise<void> {
    const { freeBytes } = await this.#videos.usage();
    if (freeBytes !== null) this.#compare(neededBytes, freeBytes);
  }

  /** While an upload runs: looks at the staging disk only, because that is quick. */
  async requireOnDisk(neededBytes: number): Promise<void> {
    this.#compare(neededBytes, await this.#diskFreeBytes());
  }

  /** The problem to throw after the disk itself said that it is full. */
  async full(neededBytes: number, options?: ErrorOptions): Promise<Error> {
    return noRoom({ neededBytes, freeBytes: await this.#diskFreeBytes(), reserveBytes: this.#reserveBytes }, options);
  }

  #compare(neededBytes: number, freeBytes: number): void {
    if (neededBytes + this.#reserveBytes > freeBytes) throw noRoom({ neededBytes, freeBytes, reserveBytes: this.#reserveBytes });
  }

  async #diskFreeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#incomingDir);
    return bavail * bsize;
  }
}

export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
