/** Where a piece can come from. Only verified sources (verified-source.ts) are handed to a download. */

/** Pieces `first` to `last`, both included. */
export interface PieceSpan {
  readonly first: number;
  readonly last: number;
}

export interface Source {
  readonly id: string;
  readonly kind: 'cdn' | 'peer' | 'seeder';
  /** Whole pieces of the span, in order. Ends early only by throwing SwitchError: `cdn-busy` (refused for load),
   *  `cdn-down`, `no-such-video`, `peer-gone`, `timeout` (no byte for the stall limit), `hash-mismatch`, `aborted`. */
  fetch(span: PieceSpan, options: FetchOptions): AsyncIterable<FetchedPiece>;
}

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** A CDN's grant, presented with the request. */
  readonly grant?: string | undefined;
  /** Called with 0 when the source agreed to serve, then with the number of each run of bytes that came, verified or not. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

export interface FetchedPiece {
  readonly piece: number;
  readonly bytes: Uint8Array;
}
