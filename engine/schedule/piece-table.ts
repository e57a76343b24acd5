/**
 * Where each piece of a content stands: missing, in flight (once or, in the end game, twice), arrived (verified, on its way
 * into the store) or held. Every move takes constant time whatever the number of pieces.
 */

/** Pieces `first` to `last`, both included. */
export interface PieceRun {
  readonly first: number;
  readonly last: number;
}

const ARRIVED = 1;
const HELD = 2;

export class PieceTable {
  readonly count: number;
  #heldCount = 0;
  #arrivedCount = 0;
  #returns = 0;
  readonly #kept: Uint8Array;
  readonly #copies: Uint8Array;
  /**
   * The missing pieces in any order, and where each stands there, so that one can be taken out, or drawn by lot, at once. Made
   * only where something is missing: a seeder has hundreds of complete contents open.
   */
  #missing = new Uint32Array(0);
  #placeOf = new Uint32Array(0);
  #missingCount = 0;

  constructor(count: number, held: Iterable<number> = []) {
    this.count = count;
    this.#kept = new Uint8Array(count);
    this.#copies = new Uint8Array(count);
    for (const piece of held) {
      if (this.isHeld(piece)) continue;
      this.#kept[piece] = HELD;
      this.#heldCount += 1;
    }
    for (let piece = 0; piece < count && this.#heldCount < count; piece += 1) if (!this.isHeld(piece)) this.#addMissing(piece);
  }

  get heldCount(): number {
    return this.#heldCount;
  }

  /** Verified, and not yet in the store. */
  get arrivedCount(): number {
    return this.#arrivedCount;
  }

  /** Neither held, nor arrived, nor in flight. */
  get missingCount(): number {
    return this.#missingCount;
  }

  get isComplete(): boolean {
    return this.#heldCount === this.count;
  }

  /** Every piece is here, if not yet in the store. */
  get isAllHere(): boolean {
    return this.#heldCount + this.#arrivedCount === this.count;
  }

  /** How often a piece became missing again; with it, who found a peer barren can tell whether that still holds. */
  get returns(): number {
    return this.#returns;
  }

  isHeld(piece: number): boolean {
    return this.#kept[piece] === HELD;
  }

  /** Held or arrived: nobody needs to be asked for it. */
  isHere(piece: number): boolean {
    return this.#kept[piece] !== 0;
  }

  isMissing(piece: number): boolean {
    return this.#kept[piece] === 0 && this.#copies[piece] === 0;
  }

  /** How many sources have been asked for it and have not answered. */
  copiesInFlight(piece: number): number {
    return this.#copies[piece] ?? 0;
  }

  /** The missing piece at `place`, from 0 to `missingCount` - 1, in an order that means nothing. */
  missingAt(place: number): number | undefined {
    return place < this.#missingCount ? this.#missing[place] : undefined;
  }

  /** A source was asked. */
  ask(piece: number): void {
    if (this.isMissing(piece)) this.#takeFromMissing(piece);
    this.#copies[piece] = this.copiesInFlight(piece) + 1;
  }

  /** A source that was asked is done with it, whether it gave the piece or not. */
  answered(piece: number): void {
    const copies = this.copiesInFlight(piece);
    if (copies === 0) return;
    this.#copies[piece] = copies - 1;
    if (this.isMissing(piece)) this.#putBack(piece);
  }

  /** The piece came and its hash matched. */
  arrive(piece: number): void {
    if (this.isHere(piece)) return;
    if (this.isMissing(piece)) this.#takeFromMissing(piece);
    this.#kept[piece] = ARRIVED;
    this.#arrivedCount += 1;
  }

  /** The store has it. */
  keep(piece: number): void {
    if (this.#kept[piece] !== ARRIVED) return;
    this.#kept[piece] = HELD;
    this.#arrivedCount -= 1;
    this.#heldCount += 1;
  }

  /** The store could not keep it, or lost it. */
  lose(piece: number): void {
    if (!this.isHere(piece)) return;
    if (this.#kept[piece] === HELD) this.#heldCount -= 1;
    else this.#arrivedCount -= 1;
    this.#kept[piece] = 0;
    if (this.isMissing(piece)) this.#putBack(piece);
  }

  #takeFromMissing(piece: number): void {
    const place = this.#placeOf[piece] ?? 0;
    this.#missingCount -= 1;
    const moved = this.#missing[this.#missingCount] ?? 0;
    this.#missing[place] = moved;
    this.#placeOf[moved] = place;
  }

  #putBack(piece: number): void {
    this.#addMissing(piece);
    this.#returns += 1;
  }

  #addMissing(piece: number): void {
    if (this.#missing.length === 0) {
      this.#missing = new Uint32Array(this.count);
      this.#placeOf = new Uint32Array(this.count);
    }
    this.#missing[this.#missingCount] = piece;
    this.#placeOf[piece] = this.#missingCount;
    this.#missingCount += 1;
  }
}
