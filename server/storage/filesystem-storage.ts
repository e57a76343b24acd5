/** The embedded back end: a data directory that one process at a time has, with the videos and the appliance's state in it. */
import { mkdir } from 'node:fs/promises';
import { DataDirLock } from './data-dir-lock.ts';
import { onDisk } from './filesystem-errors.ts';
import { FilesystemState } from './filesystem-state.ts';
import { bringForward, type FormatOptions } from './format/data-format.ts';
import { FilesystemFormatHome, type FilesystemData } from './format/filesystem-home.ts';
import { MIGRATIONS } from './format/migrations.ts';
import { VERSION } from '../version.ts';
import { FilesystemVideoStore, type FilesystemComponents, type FilesystemOptions } from './filesystem-video-store.ts';
import type { Storage } from './video-store.ts';

export interface FilesystemStorageOptions extends FilesystemOptions {
  /** Default: this program's. */
  readonly format?: FormatOptions<FilesystemData> | undefined;
}

export class FilesystemStorage implements Storage {
  readonly videos: FilesystemVideoStore;
  readonly state: FilesystemState;
  readonly #dataDir: string;
  readonly #lock: DataDirLock;
  readonly #log: FilesystemComponents['log'];
  readonly #format: FormatOptions<FilesystemData>;

  constructor(components: FilesystemComponents, { dataDir, format }: FilesystemStorageOptions) {
    this.#dataDir = dataDir;
    this.#log = components.log;
    this.#format = format ?? { program: VERSION, migrations: MIGRATIONS.filesystem };
    this.#lock = new DataDirLock(components, { dataDir });
    this.videos = new FilesystemVideoStore(components, { dataDir });
    this.state = new FilesystemState({}, { dataDir });
  }

  /** @throws StorageError `unavailable` when another process has the data directory, `newer-data` when a newer program wrote it. */
  async start(signal?: AbortSignal): Promise<void> {
    await onDisk(this.#dataDir, async () => {
      await mkdir(this.#dataDir, { recursive: true });
      await this.#lock.acquire();
    });
    try {
      const home = new FilesystemFormatHome({ state: this.state }, { dataDir: this.#dataDir });
      await onDisk(this.#dataDir, () => bringForward({ home, log: this.#log }, this.#format, signal));
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
