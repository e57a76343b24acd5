/** The data directory as the home of a format: its mark lies among the state, its snapshots under `snapshots`. */
import { join } from 'node:path';
import { namesIn } from '../filesystem-names.ts';
import type { ApplianceState } from '../video-store.ts';
import { FORMAT_KEY, type FormatHome } from './data-format.ts';
import { FilesystemSnapshots } from './filesystem-snapshots.ts';

/** What a migration of the filesystem store is given. */
export interface FilesystemData {
  readonly dataDir: string;
}

/** The caller has the lock of the data directory, which exists. */
export class FilesystemFormatHome implements FormatHome<FilesystemData> {
  readonly data: FilesystemData;
  readonly #state: ApplianceState;
  readonly #snapshots: FilesystemSnapshots;

  constructor({ state }: { readonly state: ApplianceState }, { dataDir }: { readonly dataDir: string }) {
    this.data = { dataDir };
    this.#state = state;
    this.#snapshots = new FilesystemSnapshots({}, { dataDir });
  }

  get name(): string {
    return this.data.dataDir;
  }

  readMark(): Promise<string | undefined> {
    return this.#state.get(FORMAT_KEY);
  }

  writeMark(text: string): Promise<void> {
    return this.#state.set(FORMAT_KEY, text);
  }

  async isNew(): Promise<boolean> {
    const found = await Promise.all(['state', 'videos'].map((name) => namesIn(join(this.data.dataDir, name))));
    return found.every((names) => names.length === 0);
  }

  takeSnapshot(version: number, signal: AbortSignal | undefined): Promise<string> {
    return this.#snapshots.take(version, signal);
  }
}
