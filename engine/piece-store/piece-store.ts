import type { Manifest } from '../protocol/manifest.ts';

/**
 * Where a client keeps the pieces of one content. A store is opened for one manifest, by one owner, who closes it.
 * It is handed only verified pieces. What it says it holds after a restart is verified again by it, before a byte leaves: at
 * `open`, or at the first `read` of the piece, which then fails with `store-failed`, and the piece is fetched again.
 */
export interface PieceStore {
  /** Opens for `manifest` and tells which pieces are held from an earlier run. */
  open(manifest: Manifest, options?: PieceStoreOpenOptions): Promise<Iterable<number>>;
  /** Keeps one piece. Resolves when another `read` would return it. Throws SwitchError `store-failed`. */
  write(piece: number, bytes: Uint8Array): Promise<void>;
  /** The bytes of one held piece. Throws SwitchError `store-failed`. */
  read(piece: number): Promise<Uint8Array>;
  /** Called once when every piece is held: a file store gives the file its final name here. */
  complete(): Promise<void>;
  close(): Promise<void>;
}

/** What the owner of a store wants to be told, and how it gives up. */
export interface PieceStoreOpenOptions {
  readonly signal?: AbortSignal;
  /** A store with a size limit let go of a piece that it held: it is missing again from here on. */
  readonly onEvicted?: (piece: number) => void;
}
