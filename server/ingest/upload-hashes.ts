/**
 * The hasher of each unfinished upload, kept in memory for the few that are going on and on disk beside the staged file for
 * all. A snapshot is written only after the bytes it covers are synced, so that it never speaks of bytes a power cut took.
 */
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MerkleHasher } from '../../engine/index.ts';
import { replaceDurably } from '../storage/durable-files.ts';

const READ_BYTES = 1024 * 1024;

/** After this many bytes the progress is saved: what a killed process has to hash again takes a fraction of a second. */
const SAVE_EVERY_BYTES = 256 * 1024 * 1024;

/** Uploads going on at the same time; each hasher holds at most 4 MiB, most a few KiB. */
const MAX_IN_MEMORY = 32;

export class UploadHashes {
  readonly #folder: string;
  readonly #saveEveryBytes: number;
  readonly #maxInMemory: number;
  /** The least recently used first. */
  readonly #held = new Map<string, MerkleHasher>();
  readonly #savedBytes = new Map<string, number>();

  constructor(options: { readonly folder: string; readonly saveEveryBytes?: number; readonly maxInMemory?: number }) {
    this.#folder = options.folder;
    this.#saveEveryBytes = options.saveEveryBytes ?? SAVE_EVERY_BYTES;
    this.#maxInMemory = options.maxInMemory ?? MAX_IN_MEMORY;
  }

  snapshotPath(id: string): string {
    return join(this.#folder, `${id}.hash`);
  }

  /**
   * A hasher that has taken exactly the first `offset` bytes of the file at `path`; those it lacks are read from there. When
   * told to stop it keeps how far it came and has a smaller `sizeBytes`: give it back with `keep`.
   */
  async take(id: string, path: string, offset: number, signal?: AbortSignal): Promise<MerkleHasher> {
    const held = this.#held.get(id);
    this.#held.delete(id);
    const saved = offset === 0 ? undefined : held ?? await this.#restore(id);
    const hasher = saved !== undefined && saved.sizeBytes <= offset ? saved : new MerkleHasher();
    await hashFile(hasher, path, offset, signal);
    return hasher;
  }

  /** Gives back a hasher whose bytes are all in the file. */
  async keep(id: string, path: string, hasher: MerkleHasher): Promise<void> {
    this.#held.set(id, hasher);
    for (const [oldest, evicted] of this.#held) {
      if (this.#held.size <= this.#maxInMemory) break;
      this.#held.delete(oldest);
      await this.save(oldest, join(this.#folder, oldest), evicted);
    }
    if (this.isDue(id, hasher)) await this.save(id, path, hasher);
  }

  isDue(id: string, hasher: MerkleHasher): boolean {
    return hasher.sizeBytes - (this.#savedBytes.get(id) ?? 0) >= this.#saveEveryBytes;
  }

  /** The snapshot is of now; it reaches the disk after the bytes did. `handle` is used where the file is open already. */
  async save(id: string, path: string, hasher: MerkleHasher, handle?: FileHandle): Promise<void> {
    const snapshot = hasher.snapshot();
    this.#savedBytes.set(id, hasher.sizeBytes);
    await syncData(path, handle);
    await replaceDurably(this.snapshotPath(id), snapshot);
  }

  async saveAll(): Promise<void> {
    for (const [id, hasher] of this.#held) await this.save(id, join(this.#folder, id), hasher);
    this.#held.clear();
  }

  async forget(id: string): Promise<void> {
    this.#held.delete(id);
    this.#savedBytes.delete(id);
    await rm(this.snapshotPath(id), { force: true });
  }

  async #restore(id: string): Promise<MerkleHasher | undefined> {
    try {
      return MerkleHasher.restore(await readFile(this.snapshotPath(id)));
    } catch (error) {
      // Without its snapshot the file is hashed from the start.
      if (error instanceof Error && 'code' in error) return undefined;
      throw error;
    }
  }
}

async function syncData(path: string, handle: FileHandle | undefined): Promise<void> {
  if (handle !== undefined) return handle.datasync();
  const opened = await open(path, 'r');
  try {
    await opened.datasync();
  } finally {
    await opened.close();
  }
}

async function hashFile(hasher: MerkleHasher, path: string, end: number, signal: AbortSignal | undefined): Promise<void> {
  if (hasher.sizeBytes >= end) return;
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    while (hasher.sizeBytes < end) {
      if (signal?.aborted === true) return;
      const { bytesRead } = await handle.read(buffer, 0, Math.min(READ_BYTES, end - hasher.sizeBytes), hasher.sizeBytes);
      if (bytesRead === 0) throw new Error(`${path} has less than the ${end} bytes it had a moment ago`);
      hasher.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
