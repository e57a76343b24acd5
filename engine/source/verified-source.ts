/** Any source, with each piece's hash checked before it leaves. The only kind of source a download is given. */
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { verifyPiece } from '../protocol/piece-hash.ts';
import type { FetchedPiece, FetchOptions, PieceSpan, Source } from './source.ts';

export class VerifiedSource implements Source {
  readonly id: string;
  readonly kind: Source['kind'];
  readonly #source: Source;
  readonly #manifest: Manifest;

  constructor(source: Source, manifest: Manifest) {
    this.#source = source;
    this.#manifest = manifest;
    this.id = source.id;
    this.kind = source.kind;
  }

  async *fetch(span: PieceSpan, options: FetchOptions): AsyncGenerator<FetchedPiece> {
    for await (const { piece, bytes } of this.#source.fetch(span, options)) {
      if (!(await verifyPiece(this.#manifest, piece, bytes))) {
        throw new SwitchError('hash-mismatch', `${this.id} gave wrong bytes for piece ${piece}.`);
      }
      if (options.signal.aborted) throw new SwitchError('aborted', 'The request was given up.');
      yield { piece, bytes };
    }
  }
}
