/** What a page plays from: the browser's own storage where it may be used, else a bounded part of memory. */
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { IndexedDbPieceStore, type IndexedDbPieceStoreOptions } from './indexeddb-piece-store.ts';
import { MemoryPieceStore } from './memory-piece-store.ts';
import type { PieceStore, PieceStoreOpenOptions } from './piece-store.ts';

/** Four minutes at 8 Mb/s to go back in, and nothing that a phone's browser would close the tab for. */
export const DEFAULT_MAX_MEMORY_BYTES = 256 * 1024 * 1024;

/** How pieces are kept, and how much of what is played. */
export interface BrowserPieceStoreOptions extends IndexedDbPieceStoreOptions {
  /** Bound where only memory is to be had. Default {@link DEFAULT_MAX_MEMORY_BYTES}. */
  readonly maxMemoryBytes?: number;
}

/**
 * A store that goes without the browser's storage where that is refused (in some private windows, or by the reader's settings), and
 * beside it where it is full: who only watches needs no room on the disk to go on.
 */
export class BrowserPieceStore implements PieceStore {
  readonly #kept: IndexedDbPieceStore;
  readonly #memory: MemoryPieceStore;
  #keep: 'until-evicted' | 'for-good';
  #chosen: IndexedDbPieceStore | MemoryPieceStore | undefined;

  constructor(options: BrowserPieceStoreOptions = {}) {
    this.#keep = options.keep ?? 'until-evicted';
    this.#kept = new IndexedDbPieceStore({ ...options, keep: this.#keep });
    this.#memory = new MemoryPieceStore({ maxBytes: options.maxMemoryBytes ?? DEFAULT_MAX_MEMORY_BYTES });
  }

  /** Where the pieces are; undefined until the store is open. What is in memory goes with the tab. */
  get place(): 'browser' | 'memory' | undefined {
    return this.#chosen === undefined ? undefined : this.#chosen === this.#kept ? 'browser' : 'memory';
  }

  /** SwitchError `aborted`; `store-failed` only for what is to be kept for good, as that cannot be in memory. */
  async open(manifest: Manifest, options: PieceStoreOpenOptions = {}): Promise<Iterable<number>> {
    try {
      const held = await this.#kept.open(manifest, options);
      await this.#memory.open(manifest, options);
      this.#chosen = this.#kept;
      return held;
    } catch (error) {
      if (!isStoreFailure(error) || this.#keep === 'for-good') throw error;
      this.#chosen = this.#memory;
      return this.#memory.open(manifest, options);
    }
  }

  async write(piece: number, bytes: Uint8Array): Promise<void> {
    const chosen = this.#opened();
    try {
      await chosen.write(piece, bytes);
    } catch (error) {
      if (chosen === this.#memory || this.#keep === 'for-good' || !isStoreFailure(error)) throw error;
      await this.#memory.write(piece, bytes);
    }
  }

  async read(piece: number): Promise<Uint8Array> {
    const chosen = this.#opened();
    return this.#memory.has(piece) ? this.#memory.read(piece) : chosen.read(piece);
  }

  /** As {@link IndexedDbPieceStore.keepForGood}. SwitchError `store-failed` where the pieces are in memory, and may not or cannot leave it. */
  async keepForGood(): Promise<void> {
    if (this.#chosen === this.#memory) throw inMemory();
    await this.#kept.keepForGood();
    for (const piece of this.#memory.pieces()) {
      await this.#kept.write(piece, await this.#memory.read(piece));
      this.#memory.discard(piece);
    }
    // Not before: until then playing goes on beside a full disk.
    this.#keep = 'for-good';
  }

  /** As {@link IndexedDbPieceStore.toBlob}. SwitchError `store-failed` where the pieces are in memory. */
  async toBlob(options: { readonly signal?: AbortSignal } = {}): Promise<Blob> {
    if (this.#chosen === this.#memory) throw inMemory();
    return this.#kept.toBlob(options);
  }

  async complete(): Promise<void> {
    await this.#opened().complete();
  }

  async close(): Promise<void> {
    const chosen = this.#chosen;
    this.#chosen = undefined;
    await chosen?.close();
  }

  #opened(): IndexedDbPieceStore | MemoryPieceStore {
    if (this.#chosen === undefined) throw new SwitchError('closed', 'The store of pieces is not open.');
    return this.#chosen;
  }
}

/** A store for what is played, in the browser's storage or else in memory; which is known once it is open. */
export function browserPieceStore(options: BrowserPieceStoreOptions = {}): BrowserPieceStore {
  return new BrowserPieceStore(options);
}

function isStoreFailure(error: unknown): boolean {
  return error instanceof SwitchError && error.code === 'store-failed';
}

function inMemory(): SwitchError {
  return new SwitchError('store-failed', 'This browser lets the page keep nothing, so the file cannot be kept: use another window or profile, or the plain download link.');
}
