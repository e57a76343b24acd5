/** The embedded back end: a data directory that one process at a time has, with the videos and the appliance's state in it. */
import { mkdir } from 'node:fs/promises';
import { DataDirLock } from './data-dir-lock.ts';
import { onDisk } from './filesystem-errors.ts';
import { FilesystemState } from './filesystem-state.ts';
import { FilesystemVideoStore, type FilesystemComponents, type FilesystemOptions } from './filesystem-video-store.ts';
import type { Storage } from './video-store.ts';

export class FilesystemStorage implements Storage {
  readonly videos: FilesystemVideoStore;
  readonly state: FilesystemState;
  readonly #dataDir: string;
  readonly #lock: DataDirLock;

  constructor(components: FilesystemComponents, { dataDir }: FilesystemOptions) {
    this.#dataDir = dataDir;
    this.#lock = new DataDirLock(components, { dataDir });
    this.videos = new FilesystemVideoStore(components, { dataDir });
    this.state = new FilesystemState({}, { dataDir });
  }

  /** @throws StorageError `unavailable` when another process has the data directory. */
  async start(signal?: AbortSignal): Promise<void> {
    await onDisk(this.#dataDir, async () => {
      await mkdir(this.#dataDir, { recursive: true });
      await this.#lock.acquire();
    });
    try {
      await this.videos.start(signal);
    } catch (error) {
      await this.#lock.release();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.videos.stop();
    await this.#lock.release();
  }
}
