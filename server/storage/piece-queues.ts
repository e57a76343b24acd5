/**
 * The queues of a 2Q cache: `recent` (first in, first out), `shared` (least recently used) and the keys, without bytes, of
 * what left `recent` lately. A key found there is wanted again after a while, so it earns a place in `shared`.
 */

/** A quarter for what is new, as the paper advises. */
const RECENT_PART = 0.25;
/** Keys remembered: pieces of 256 KiB that four caches would hold, within these bounds. */
const MIN_REMEMBERED = 256;
const MAX_REMEMBERED = 16_384;

export class PieceQueues {
  readonly #maxBytes: number;
  readonly #maxRecentBytes: number;
  readonly #maxRemembered: number;
  readonly #recent = new Map<string, Uint8Array>();
  readonly #shared = new Map<string, Uint8Array>();
  readonly #remembered = new Set<string>();
  #recentBytes = 0;
  #sharedBytes = 0;

  constructor({ maxBytes }: { readonly maxBytes: number }) {
    this.#maxBytes = maxBytes;
    this.#maxRecentBytes = Math.floor(maxBytes * RECENT_PART);
    this.#maxRemembered = Math.min(MAX_REMEMBERED, Math.max(MIN_REMEMBERED, Math.floor(maxBytes * 4 / (256 * 1024))));
  }

  get bytes(): number {
    return this.#recentBytes + this.#sharedBytes;
  }

  has(key: string): boolean {
    return this.#shared.has(key) || this.#recent.has(key);
  }

  /** A use within `recent` says nothing: the blocks of one piece are asked for one after the other. */
  get(key: string): Uint8Array | undefined {
    const bytes = this.#shared.get(key);
    if (bytes === undefined) return this.#recent.get(key);
    this.#shared.delete(key);
    this.#shared.set(key, bytes);
    return bytes;
  }

  wasWanted(key: string): boolean {
    return this.#remembered.has(key);
  }

  remember(key: string): void {
    this.#remembered.delete(key);
    this.#remembered.add(key);
    const oldest = this.#remembered.values().next();
    if (this.#remembered.size > this.#maxRemembered && oldest.done !== true) this.#remembered.delete(oldest.value);
  }

  /** A piece somebody asked for. */
  add(key: string, bytes: Uint8Array): void {
    if (!this.#remembered.delete(key)) {
      this.offer(key, bytes);
      return;
    }
    const recent = this.#recent.get(key);
    if (recent !== undefined) {
      this.#recent.delete(key);
      this.#recentBytes -= recent.byteLength;
    }
    if (this.#shared.has(key)) return;
    this.#shared.set(key, Buffer.from(bytes));
    this.#sharedBytes += bytes.byteLength;
    this.#trim();
  }

  /** A piece that came along. */
  offer(key: string, bytes: Uint8Array): void {
    if (this.has(key)) return;
    this.#recent.set(key, bytes);
    this.#recentBytes += bytes.byteLength;
    this.#trim();
  }

  deleteAll(prefix: string): void {
    for (const [key, bytes] of this.#recent) {
      if (key.startsWith(prefix) && this.#recent.delete(key)) this.#recentBytes -= bytes.byteLength;
    }
    for (const [key, bytes] of this.#shared) {
      if (key.startsWith(prefix) && this.#shared.delete(key)) this.#sharedBytes -= bytes.byteLength;
    }
    for (const key of this.#remembered) if (key.startsWith(prefix)) this.#remembered.delete(key);
  }

  #trim(): void {
    for (const [key, bytes] of this.#recent) {
      if (this.#recentBytes <= this.#maxRecentBytes) break;
      this.#recent.delete(key);
      this.#recentBytes -= bytes.byteLength;
      this.remember(key);
    }
    for (const [key, bytes] of this.#shared) {
      if (this.bytes <= this.#maxBytes) break;
      this.#shared.delete(key);
      this.#sharedBytes -= bytes.byteLength;
      this.remember(key);
    }
  }
}
