/**
 * The queues of a 2Q cache: `recent` (first in, first out), `shared` (least recently used) and the keys, without bytes, of
 * what left `recent` lately. A key found there is wanted again after a while, so it earns a place in `shared`.
 */

/** A quarter for what is new, as the paper advises. */
const RECENT_PART = 0.25;
/** Keys remembered, whatever the pieces' size: about 2 MiB of memory. */
const MAX_REMEMBERED = 16_384;

interface RecentPiece {
  readonly bytes: Uint8Array;
  /** Somebody asked for it; else it only came along with a neighbour. */
  wanted: boolean;
}

export class PieceQueues {
  readonly #maxBytes: number;
  readonly #maxRecentBytes: number;
  readonly #recent = new Map<string, RecentPiece>();
  readonly #shared = new Map<string, Uint8Array>();
  /** With the sizes: what was wanted longer ago than a whole cache of bytes would not stay until it is wanted next. */
  readonly #remembered = new Map<string, number>();
  #recentBytes = 0;
  #sharedBytes = 0;
  #rememberedBytes = 0;

  constructor({ maxBytes }: { readonly maxBytes: number }) {
    this.#maxBytes = maxBytes;
    this.#maxRecentBytes = Math.floor(maxBytes * RECENT_PART);
  }

  get bytes(): number {
    return this.#recentBytes + this.#sharedBytes;
  }

  has(key: string): boolean {
    return this.#shared.has(key) || this.#recent.has(key);
  }

  /** The piece, for somebody who asked. A use within `recent` alone says nothing: the blocks of a piece are asked for in a row. */
  get(key: string): Uint8Array | undefined {
    const shared = this.#shared.get(key);
    if (shared !== undefined) {
      this.#shared.delete(key);
      this.#shared.set(key, shared);
      return shared;
    }
    const recent = this.#recent.get(key);
    if (recent === undefined) return undefined;
    recent.wanted = true;
    if (this.#remembered.has(key)) this.#share(key, recent.bytes);
    return recent.bytes;
  }

  wasWanted(key: string): boolean {
    return this.#remembered.has(key);
  }

  remember(key: string, sizeBytes: number): void {
    this.#unremember(key);
    this.#remembered.set(key, sizeBytes);
    this.#rememberedBytes += sizeBytes;
    for (const oldest of this.#remembered.keys()) {
      if (this.#rememberedBytes <= this.#maxBytes && this.#remembered.size <= MAX_REMEMBERED) break;
      this.#unremember(oldest);
    }
  }

  /** A piece that was read; `wanted` when somebody asked for it, not for a neighbour. */
  add(key: string, bytes: Uint8Array, { wanted }: { readonly wanted: boolean }): void {
    if (this.has(key)) return;
    if (wanted && this.#remembered.has(key)) {
      this.#share(key, bytes);
      return;
    }
    this.#recent.set(key, { bytes, wanted });
    this.#recentBytes += bytes.byteLength;
    this.#trim();
  }

  deleteAll(prefix: string): void {
    for (const [key, { bytes }] of this.#recent) {
      if (key.startsWith(prefix) && this.#recent.delete(key)) this.#recentBytes -= bytes.byteLength;
    }
    for (const [key, bytes] of this.#shared) {
      if (key.startsWith(prefix) && this.#shared.delete(key)) this.#sharedBytes -= bytes.byteLength;
    }
    for (const key of this.#remembered.keys()) if (key.startsWith(prefix)) this.#unremember(key);
  }

  #unremember(key: string): void {
    this.#rememberedBytes -= this.#remembered.get(key) ?? 0;
    this.#remembered.delete(key);
  }

  /** Copied: a part of a larger buffer would keep all of it alive. */
  #share(key: string, bytes: Uint8Array): void {
    if (this.#recent.delete(key)) this.#recentBytes -= bytes.byteLength;
    this.#unremember(key);
    this.#shared.set(key, Buffer.from(bytes));
    this.#sharedBytes += bytes.byteLength;
    this.#trim();
  }

  #trim(): void {
    for (const [key, { bytes, wanted }] of this.#recent) {
      if (this.#recentBytes <= this.#maxRecentBytes) break;
      this.#recent.delete(key);
      this.#recentBytes -= bytes.byteLength;
      if (wanted) this.remember(key, bytes.byteLength);
    }
    for (const [key, bytes] of this.#shared) {
      if (this.bytes <= this.#maxBytes) break;
      this.#shared.delete(key);
      this.#sharedBytes -= bytes.byteLength;
      this.remember(key, bytes.byteLength);
    }
  }
}
