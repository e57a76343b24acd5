/**
 * What a store that writes runs of pieces knows of one content: which run has a piece, which pieces were verified since it was
 * opened, and which runs are the first to go when room is needed. Pure: no I/O and no clock.
 */
import { type PieceShape, pieceCount, pieceSpan } from '../protocol/pieces.ts';

/** Pieces `first` to `last`, both included, kept together. */
export interface StoredRun {
  readonly first: number;
  readonly last: number;
}

export class StoredRuns {
  readonly #shape: PieceShape;
  readonly #runOf = new Map<number, StoredRun>();
  readonly #verified: Uint8Array;
  /** Not used since the store was opened; in the order of the pieces. */
  readonly #untouched = new Set<StoredRun>();
  /** Read or written since, the least recently used first. */
  readonly #touched = new Set<StoredRun>();
  #playhead = 0;

  /** `runs`: kept from an earlier visit. */
  constructor(shape: PieceShape, runs: Iterable<StoredRun> = []) {
    this.#shape = shape;
    this.#verified = new Uint8Array(pieceCount(shape));
    for (const run of [...runs].toSorted((a, b) => a.first - b.first || b.last - a.last)) {
      if (run.last >= this.#verified.length) continue;
      this.#untouched.add(run);
      this.#map(run);
    }
  }

  get pieces(): Iterable<number> {
    return this.#runOf.keys();
  }

  get heldBytes(): number {
    let bytes = 0;
    for (const piece of this.#runOf.keys()) bytes += bytesOf(this.#shape, { first: piece, last: piece });
    return bytes;
  }

  runOf(piece: number): StoredRun | undefined {
    return this.#runOf.get(piece);
  }

  isVerified(piece: number): boolean {
    return this.#verified[piece] === 1;
  }

  verified(piece: number): void {
    this.#verified[piece] = 1;
  }

  /** Written just now, by us: its pieces are verified. */
  add(run: StoredRun): void {
    const before = this.#runOf.get(run.first);
    if (before?.first === run.first && before.last === run.last) this.remove(before);
    this.#touched.add(run);
    this.#map(run);
    for (let piece = run.first; piece <= run.last; piece += 1) this.verified(piece);
  }

  /** Somebody reads `piece`, and will read on from there. */
  touch(piece: number): void {
    this.#playhead = piece;
    const run = this.#runOf.get(piece);
    if (run === undefined) return;
    this.#untouched.delete(run);
    this.#touched.delete(run);
    this.#touched.add(run);
  }

  /** Answers which pieces are missing without it. */
  remove(run: StoredRun): number[] {
    this.#untouched.delete(run);
    this.#touched.delete(run);
    const gone: number[] = [];
    for (let piece = run.first; piece <= run.last; piece += 1) {
      if (this.#runOf.get(piece) !== run) continue;
      this.#runOf.delete(piece);
      this.#verified[piece] = 0;
      gone.push(piece);
    }
    return gone;
  }

  /**
   * Runs of together at least `bytes`, as far as there are: of what an earlier visit left first what lies behind the playhead,
   * farthest behind first, then what lies ahead, farthest ahead first; then what was used since, the least recently used first.
   */
  victims(bytes: number): StoredRun[] {
    const untouched = [...this.#untouched];
    const ahead = untouched.filter(({ first }) => first > this.#playhead).toReversed();
    const order = [...untouched.filter(({ first }) => first <= this.#playhead), ...ahead, ...this.#touched];
    let count = 0;
    for (let freed = 0; freed < bytes && count < order.length; count += 1) freed += this.bytesOf(order[count]);
    return order.slice(0, count);
  }

  bytesOf(run: StoredRun | undefined): number {
    return run === undefined ? 0 : bytesOf(this.#shape, run);
  }

  #map(run: StoredRun): void {
    for (let piece = run.first; piece <= run.last; piece += 1) this.#runOf.set(piece, run);
  }
}

export function bytesOf(shape: PieceShape, { first, last }: StoredRun): number {
  return pieceSpan(shape, last).end - pieceSpan(shape, first).start;
}
