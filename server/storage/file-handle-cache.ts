/**
 * Open files shared by all readers of one video: one descriptor for a hot file instead of one open and close for each range.
 * Bounded: the longest unused is closed first. A file forgotten while it is read closes when its last reader is done.
 */
import { open, type FileHandle } from 'node:fs/promises';

interface Slot {
  readonly opening: Promise<FileHandle>;
  readers: number;
  forgotten: boolean;
}

export class FileHandleCache {
  readonly #slots = new Map<string, Slot>();
  readonly #maxIdle: number;
  readonly #flags: string | number;

  /** `flags`: as for `open`; default `r`. */
  constructor(_components: object, { maxIdle, flags = 'r' }: { readonly maxIdle: number; readonly flags?: string | number }) {
    this.#maxIdle = maxIdle;
    this.#flags = flags;
  }

  /** Lends the file at `path`, known as `key`, for as long as `use` runs. */
  async *lend<T>(key: string, path: string, use: (handle: FileHandle) => AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    const slot = this.#take(key, path);
    try {
      yield* use(await slot.opening);
    } finally {
      slot.readers -= 1;
      await this.#tidy(slot);
    }
  }

  /** Later readers open the file anew; those that read it now may finish. */
  async forget(key: string): Promise<void> {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    slot.forgotten = true;
    await this.#tidy(slot);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#slots.keys()].map((key) => this.forget(key)));
  }

  #take(key: string, path: string): Slot {
    const slot = this.#slots.get(key) ?? { opening: open(path, this.#flags), readers: 0, forgotten: false };
    slot.readers += 1;
    this.#slots.delete(key);
    this.#slots.set(key, slot);
    slot.opening.catch(() => {
      slot.forgotten = true;
      if (this.#slots.get(key) === slot) this.#slots.delete(key);
    });
    return slot;
  }

  async #tidy(slot: Slot): Promise<void> {
    if (slot.forgotten) {
      if (slot.readers === 0) await closeQuietly(slot);
      return;
    }
    if (this.#slots.size <= this.#maxIdle) return;
    for (const [key, oldest] of this.#slots) {
      if (oldest.readers > 0) continue;
      await this.forget(key);
      return;
    }
  }
}

/** A read-only descriptor has nothing to lose on close. */
async function closeQuietly(slot: Slot): Promise<void> {
  await slot.opening.then((handle) => handle.close()).catch(() => undefined);
}
