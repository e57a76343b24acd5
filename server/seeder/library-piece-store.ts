/** The library as the engine's piece store: it holds every piece already, and takes none. */
import { SwitchError, pieceCount, verifyPiece, type Manifest, type PieceStore } from '../../engine/index.ts';
import type { PieceCache } from '../storage/piece-cache.ts';

/** Pieces come through the cache that HTTP uses too, so that what is hot is read once for both. */
export class LibraryPieceStore implements PieceStore {
  readonly #cache: Pick<PieceCache, 'piece'>;
  readonly #onDamaged: (piece: number) => void;
  readonly #closing = new AbortController();
  #manifest: Manifest | undefined;

  constructor({ cache, onDamaged }: { readonly cache: Pick<PieceCache, 'piece'>; readonly onDamaged: (piece: number) => void }) {
    this.#cache = cache;
    this.#onDamaged = onDamaged;
  }

  async open(manifest: Manifest): Promise<Iterable<number>> {
    this.#manifest = manifest;
    return Array.from({ length: pieceCount(manifest) }, (_, piece) => piece);
  }

  async write(piece: number): Promise<void> {
    throw new SwitchError('store-failed', `The library takes no pieces from the swarm, and piece ${piece} is there already.`);
  }

  /** Verified again: peers ban whoever sends a wrong piece, and a disk may have rotted since the upload. */
  async read(piece: number): Promise<Uint8Array> {
    const manifest = this.#manifest;
    if (!manifest || this.#closing.signal.aborted) throw new SwitchError('store-failed', 'The library is not open for this video.');
    let bytes: Uint8Array;
    try {
      bytes = await this.#cache.piece(manifest.contentId, piece, { signal: this.#closing.signal });
    } catch (error) {
      throw new SwitchError('store-failed', `Piece ${piece} of video ${manifest.contentId} cannot be read from the library.`, { cause: error });
    }
    if (await verifyPiece(manifest, piece, bytes)) return bytes;
    this.#onDamaged(piece);
    throw new SwitchError('store-failed', `Piece ${piece} of video ${manifest.contentId} is damaged in the library. Upload the video again.`);
  }

  async complete(): Promise<void> {}

  async close(): Promise<void> {
    this.#closing.abort(new SwitchError('closed', 'The seeder has left the swarm.'));
  }
}
