/** The appliance's small values as files only its user may read, one for each key, under `state`. */
import { link, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, replaceDurably, stagedName, syncFolder, writeDurably } from './durable-files.ts';
import { onDisk } from './filesystem-errors.ts';
import type { ApplianceState } from './video-store.ts';

const OWNER_ONLY = 0o600;

export class FilesystemState implements ApplianceState {
  readonly #dataDir: string;
  readonly #folder: string;

  constructor(_components: object, { dataDir }: { readonly dataDir: string }) {
    this.#dataDir = dataDir;
    this.#folder = join(dataDir, 'state');
  }

  async get(key: string): Promise<string | undefined> {
    return onDisk(this.#dataDir, () => this.#read(key));
  }

  async setIfAbsent(key: string, value: string): Promise<string> {
    return onDisk(this.#dataDir, async () => {
      const kept = await this.#read(key);
      if (kept !== undefined) return kept;
      const path = await this.#makePath(key);
      const staged = stagedName(path);
      try {
        await writeDurably(staged, value, { mode: OWNER_ONLY });
        await placeIfAbsent(staged, path);
        await syncFolder(this.#folder);
      } finally {
        await rm(staged, { force: true });
      }
      return await this.#read(key) ?? value;
    });
  }

  async set(key: string, value: string): Promise<void> {
    await onDisk(this.#dataDir, async () => replaceDurably(await this.#makePath(key), value, { mode: OWNER_ONLY }));
  }

  async #read(key: string): Promise<string | undefined> {
    try {
      return await readFile(this.#path(key), 'utf8');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #makePath(key: string): Promise<string> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    return this.#path(key);
  }

  /** Any key is a file name: what is not a letter, digit or dash is written as hex. */
  #path(key: string): string {
    const name = key.replace(/[^A-Za-z0-9-]/gu, (character) => `_${Buffer.from(character).toString('hex')}`);
    return join(this.#folder, `${name}.value`);
  }
}

/** A link fails where the name exists, whoever made it. File systems without links fall back to a rename: one process only. */
async function placeIfAbsent(staged: string, path: string): Promise<void> {
  try {
    await link(staged, path);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EEXIST') return;
    if (code === undefined || !['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)) throw error;
    await rename(staged, path);
  }
}
