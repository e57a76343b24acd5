/**
 * Which pieces of a `.part` file were written: content id and a bitfield, in a small file beside it. It is only a
 * hint of what is worth hashing after a restart, so it needs no fsync: a lie costs one hash, a loss one piece.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { fromHex, toHex } from '../protocol/hex.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { pieceCount } from '../protocol/pieces.ts';

/** The content id, in bytes; the bitfield follows. */
const HEADER_BYTES = 32;

export class PieceJournal {
  readonly #file: FileHandle;
  readonly #bits: Uint8Array;

  private constructor(file: FileHandle, bits: Uint8Array) {
    this.#file = file;
    this.#bits = bits;
  }

  /** The content the journal at `path` speaks of; undefined when there is none, or none that can be read. */
  static async contentIdAt(path: string): Promise<string | undefined> {
    try {
      const file = await open(path, 'r');
      try {
        const { buffer, bytesRead } = await file.read(new Uint8Array(HEADER_BYTES), 0, HEADER_BYTES, 0);
        return bytesRead === HEADER_BYTES ? toHex(buffer) : undefined;
      } finally {
        await file.close();
      }
    } catch {
      return undefined;
    }
  }

  /** Opens the journal of `manifest`, or begins one. */
  static async open(path: string, manifest: Manifest): Promise<PieceJournal> {
    const bits = new Uint8Array(Math.ceil(pieceCount(manifest) / 8));
    const isOurs = (await PieceJournal.contentIdAt(path)) === manifest.contentId;
    const file = await open(path, isOurs ? 'r+' : 'w+');
    try {
      if (isOurs) {
        await file.read(bits, 0, bits.length, HEADER_BYTES);
      } else {
        await file.write(fromHex(manifest.contentId) ?? new Uint8Array(HEADER_BYTES), 0, HEADER_BYTES, 0);
      }
      return new PieceJournal(file, bits);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  has(piece: number): boolean {
    return ((this.#bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0;
  }

  async add(piece: number): Promise<void> {
    this.#bits[piece >> 3] = (this.#bits[piece >> 3] ?? 0) | (0x80 >> (piece & 7));
    await this.#file.write(this.#bits, piece >> 3, 1, HEADER_BYTES + (piece >> 3));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
