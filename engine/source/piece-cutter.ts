/** Cuts a stream of bytes that begins with a span's first piece into whole pieces. Holds at most one unfinished piece. */
import type { Manifest } from '../protocol/manifest.ts';
import { pieceBytes } from '../protocol/pieces.ts';
import type { FetchedPiece, PieceSpan } from './source.ts';

export class PieceCutter {
  readonly #manifest: Manifest;
  readonly #last: number;
  #piece: number;
  #buffer: Uint8Array | undefined;
  #filled = 0;

  constructor(manifest: Manifest, span: PieceSpan) {
    this.#manifest = manifest;
    this.#piece = span.first;
    this.#last = span.last;
  }

  /** The last piece of the span was given. */
  get isDone(): boolean {
    return this.#piece > this.#last;
  }

  /** The pieces that `chunk` completes. What goes beyond the span is dropped. */
  *push(chunk: Uint8Array): Generator<FetchedPiece> {
    for (let at = 0; at < chunk.length && !this.isDone;) {
      this.#buffer ??= new Uint8Array(pieceBytes(this.#manifest, this.#piece));
      const part = chunk.subarray(at, at + this.#buffer.length - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#buffer.length) yield this.#finish(this.#buffer);
    }
  }

  #finish(bytes: Uint8Array): FetchedPiece {
    const piece = this.#piece;
    this.#piece += 1;
    this.#buffer = undefined;
    this.#filled = 0;
    return { piece, bytes };
  }
}
