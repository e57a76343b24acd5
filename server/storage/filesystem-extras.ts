/**
 * The small files of a video, in the folder `extras` beside its content. What the entry names is there: new files come before the
 * entry is written, old ones go after it, and until both is done a staged folder tells the next start whose extras to tidy.
 */
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, syncFolder, writeDurably } from './durable-files.ts';
import { namesIn } from './filesystem-names.ts';
import type { FilesystemStaging } from './filesystem-staging.ts';

export interface ExtrasChange {
  readonly contentId: string;
  /** Of the video. */
  readonly folder: string;
  readonly added: ReadonlyMap<string, Uint8Array>;
  readonly removed: readonly string[];
}

const extrasFolder = (folder: string): string => join(folder, 'extras');

export class FilesystemExtras {
  readonly #staging: FilesystemStaging;

  constructor({ staging }: { readonly staging: FilesystemStaging }) {
    this.#staging = staging;
  }

  /** `publish` writes the entry that names the extras as they are then. When it fails, they are as they were. */
  async change({ contentId, folder, added, removed }: ExtrasChange, publish: () => Promise<void>): Promise<void> {
    if (added.size === 0 && removed.length === 0) return publish();
    const staged = await this.#staging.create();
    const extras = extrasFolder(folder);
    try {
      const incoming = join(staged, contentId);
      await mkdir(incoming);
      for (const [name, bytes] of added) await writeDurably(join(incoming, name), bytes);
      await syncFolder(incoming);
      if (added.size > 0) await mkdir(extras, { recursive: true });
      try {
        for (const name of added.keys()) await rename(join(incoming, name), join(extras, name));
        if (added.size > 0) await syncFolder(extras);
        await publish();
      } catch (error) {
        for (const name of added.keys()) await rm(join(extras, name), { force: true });
        throw error;
      }
      for (const name of removed) await rm(join(extras, name), { force: true });
    } finally {
      await this.#staging.remove(staged);
    }
  }

  /** Removes what a change cut short left. */
  async tidy(folder: string, names: readonly string[]): Promise<void> {
    const named = new Set(names);
    for (const name of await namesIn(extrasFolder(folder))) {
      if (!named.has(name)) await rm(join(extrasFolder(folder), name), { force: true });
    }
  }
}

/** undefined when there is none of that name. `name` is one that the details gave, and so no path. */
export async function readExtra(folder: string, name: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(join(extrasFolder(folder), name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Of those that are there: one that somebody removed by hand keeps nobody from changing the others. */
export async function extraBytesOf(folder: string, names: readonly string[]): Promise<number> {
  const sizes = await Promise.all(names.map(async (name) => {
    try {
      return (await stat(join(extrasFolder(folder), name))).size;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return 0;
      throw error;
    }
  }));
  return sizes.reduce((sum, size) => sum + size, 0);
}
