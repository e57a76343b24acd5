/** A set of piece numbers that grows as pieces are appended, packed as on the wire: bit 7 of byte 0 is piece 0. */
import { SwitchError } from './errors.ts';
import { MAX_PIECES } from './limits.ts';

export class Bitfield {
  #bits: Uint8Array;
  #length = 0;
  #count = 0;

  constructor(length = 0) {
    this.#bits = new Uint8Array(Math.ceil(length / 8));
    this.#length = length;
  }

  /** A copy of `bits` as they came over the wire. */
  static fromWire(bits: Uint8Array, pieceCount: number): Bitfield {
    const field = new Bitfield(pieceCount);
    field.#bits.set(bits.subarray(0, field.#bits.length));
    for (const byte of field.#bits) field.#count += bitsSet(byte);
    return field;
  }

  /** One more than the highest piece there is known to be. */
  get length(): number {
    return this.#length;
  }

  /** Pieces in the set. */
  get count(): number {
    return this.#count;
  }

  has(piece: number): boolean {
    return ((this.#bits[piece >>> 3] ?? 0) & (0x80 >>> (piece & 7))) !== 0;
  }

  /** Whether it was new. SwitchError `bad-message` outside 0 to MAX_PIECES. */
  add(piece: number): boolean {
    if (!Number.isInteger(piece) || piece < 0 || piece >= MAX_PIECES) throw new SwitchError('bad-message', `There is no piece ${piece}.`);
    if (this.has(piece)) return false;
    this.#grow(piece + 1);
    this.#bits[piece >>> 3] = (this.#bits[piece >>> 3] ?? 0) | (0x80 >>> (piece & 7));
    this.#count += 1;
    return true;
  }

  /** Whether it was in the set. */
  delete(piece: number): boolean {
    if (!this.has(piece)) return false;
    this.#bits[piece >>> 3] = (this.#bits[piece >>> 3] ?? 0) & ~(0x80 >>> (piece & 7));
    this.#count -= 1;
    return true;
  }

  /** Adds every piece of `other`; whether anything was new. */
  addAll(other: Bitfield): boolean {
    const before = this.#count;
    for (const piece of other) this.add(piece);
    this.#grow(other.length);
    return this.#count > before;
  }

  /** The pieces that `other` lacks, in order: a look at each byte, not at each piece. */
  without(other: Bitfield): number[] {
    const pieces: number[] = [];
    for (let index = 0; index < this.#bits.length; index += 1) {
      const byte = (this.#bits[index] ?? 0) & ~(other.#bits[index] ?? 0);
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit += 1) if ((byte & (0x80 >>> bit)) !== 0) pieces.push(index * 8 + bit);
    }
    return pieces;
  }

  /** The packed bits: a copy. */
  toWire(): Uint8Array {
    return this.#bits.slice(0, Math.ceil(this.#length / 8));
  }

  *[Symbol.iterator](): Iterator<number> {
    for (const [index, byte] of this.#bits.entries()) {
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit += 1) if ((byte & (0x80 >>> bit)) !== 0) yield index * 8 + bit;
    }
  }

  #grow(length: number): void {
    if (length <= this.#length) return;
    this.#length = length;
    const needed = Math.ceil(length / 8);
    if (needed <= this.#bits.length) return;
    // Doubling, so that appending one by one stays linear.
    const grown = new Uint8Array(Math.max(needed, Math.min(this.#bits.length * 2, MAX_PIECES / 8)));
    grown.set(this.#bits);
    this.#bits = grown;
  }
}

function bitsSet(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
