/** Pieces in memory: for a player that needs no second visit, and for tests. Holds at most the content. */
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { pieceCount } from '../protocol/pieces.ts';
import type { PieceStore } from './piece-store.ts';

/** Keeps pieces in memory, for as long as somebody holds the store. */
export class MemoryPieceStore implements PieceStore {
  #manifest: Manifest | undefined;
  readonly #pieces = new Map<number, Uint8Array>();

  /** What an earlier owner wrote is held still, as long as the content is the same. */
  async open(manifest: Manifest): Promise<Iterable<number>> {
    if (this.#manifest !== undefined && this.#manifest.contentId !== manifest.contentId) this.#pieces.clear();
    this.#manifest = manifest;
    return [...this.#pieces.keys()];
  }

  async write(piece: number, bytes: Uint8Array): Promise<void> {
    const count = this.#manifest === undefined ? 0 : pieceCount(this.#manifest);
    if (piece < 0 || piece >= count) throw new SwitchError('store-failed', `Piece ${piece} does not belong to the content that is open.`);
    this.#pieces.set(piece, bytes);
  }

  async read(piece: number): Promise<Uint8Array> {
    const bytes = this.#pieces.get(piece);
    if (bytes === undefined) throw new SwitchError('store-failed', `Piece ${piece} is not held.`);
    return bytes;
  }

  async complete(): Promise<void> {}

  async close(): Promise<void> {}
}
