/** Pieces in memory: for a player that needs no second visit or may keep nothing, and for tests. Holds at most the content. */
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { pieceCount } from '../protocol/pieces.ts';
import type { PieceStore, PieceStoreOpenOptions } from './piece-store.ts';

/** How much memory the pieces may take. */
export interface MemoryPieceStoreOptions {
  /**
   * Above this the pieces used longest ago go, and `onEvicted` is told; the one just written stays. Only for what is played: a
   * download never has everything then. Default: the whole content.
   */
  readonly maxBytes?: number;
}

/** Keeps pieces in memory, for as long as somebody holds the store. */
export class MemoryPieceStore implements PieceStore {
  readonly #maxBytes: number;
  /** Least recently used first. */
  readonly #pieces = new Map<number, Uint8Array>();
  #bytes = 0;
  #manifest: Manifest | undefined;
  #onEvicted: ((piece: number) => void) | undefined;

  constructor(options: MemoryPieceStoreOptions = {}) {
    this.#maxBytes = options.maxBytes ?? Number.POSITIVE_INFINITY;
  }

  /** What an earlier owner wrote is held still, as long as the content is the same. */
  async open(manifest: Manifest, options: PieceStoreOpenOptions = {}): Promise<Iterable<number>> {
    if (this.#manifest?.contentId !== manifest.contentId) for (const piece of this.#pieces.keys()) this.#drop(piece);
    this.#manifest = manifest;
    this.#onEvicted = options.onEvicted;
    return [...this.#pieces.keys()];
  }

  /** The pieces held now, least recently used first. */
  pieces(): number[] {
    return [...this.#pieces.keys()];
  }

  has(piece: number): boolean {
    return this.#pieces.has(piece);
  }

  /** Lets go of a piece that somebody else holds now; `onEvicted` is not told. */
  discard(piece: number): void {
    this.#drop(piece);
  }

  async write(piece: number, bytes: Uint8Array): Promise<void> {
    const count = this.#manifest === undefined ? 0 : pieceCount(this.#manifest);
    if (piece < 0 || piece >= count) throw new SwitchError('store-failed', `Piece ${piece} does not belong to the content that is open.`);
    this.#drop(piece);
    this.#pieces.set(piece, bytes);
    this.#bytes += bytes.length;
    for (const oldest of this.#pieces.keys()) {
      if (this.#bytes <= this.#maxBytes || oldest === piece) return;
      this.#drop(oldest);
      this.#onEvicted?.(oldest);
    }
  }

  async read(piece: number): Promise<Uint8Array> {
    const bytes = this.#pieces.get(piece);
    if (bytes === undefined) throw new SwitchError('store-failed', `Piece ${piece} is not held.`);
    this.#pieces.delete(piece);
    this.#pieces.set(piece, bytes);
    return bytes;
  }

  async complete(): Promise<void> {}

  async close(): Promise<void> {}

  #drop(piece: number): void {
    this.#bytes -= this.#pieces.get(piece)?.length ?? 0;
    this.#pieces.delete(piece);
  }
}
