/**
 * One bounded memory cache of pieces over the library, shared by HTTP, the seeder and hashing.
 *
 * It is a 2Q cache (Johnson and Shasha, VLDB 1994): new pieces pass through a short queue, and only a piece wanted again after
 * it left that queue enters the long-lived part. So one viewer reading a large file, who touches each piece several times in a
 * row and never again, cannot push out the pieces that many viewers share, as a plain LRU would let it.
 */
import { PieceQueues } from './piece-queues.ts';
import { checkRange, noSuchVideo } from './stored-manifest.ts';
import { untilAborted } from './until-aborted.ts';
import type { ReadOptions, VideoStore } from './video-store.ts';

/** Read from the store at once: neighbouring small pieces come in the same system call or the same GridFS chunk. */
const SLAB_BYTES = 1024 * 1024;
/** A slab above this part of the cache would push out too much at once. */
const SLABS_AT_LEAST = 16;
const MAX_SHAPES = 512;
/** Longest read passed through at once: bounds the look ahead for pieces in memory, and is long enough to read fast. */
const MAX_RUN_BYTES = 64 * 1024 * 1024;

interface Shape {
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
}

export interface PieceCacheFigures {
  readonly bytes: number;
  readonly maxBytes: number;
  /** Pieces answered from memory, and pieces that were read from the store. */
  readonly hits: number;
  readonly misses: number;
}

export class PieceCache {
  readonly #videos: Pick<VideoStore, 'get' | 'read'>;
  readonly #maxBytes: number;
  readonly #queues: PieceQueues;
  readonly #shapes = new Map<string, Shape>();
  /** Slabs being read, so that callers wanting the same one share the read. Bounded by the callers. */
  readonly #loads = new Map<string, Promise<Map<number, Uint8Array>>>();
  /** Counts deletions, so that what was asked for before one is not kept after it. */
  #epoch = 0;
  #hits = 0;
  #misses = 0;

  constructor({ videos }: { readonly videos: Pick<VideoStore, 'get' | 'read'> }, { maxBytes }: { readonly maxBytes: number }) {
    this.#videos = videos;
    this.#maxBytes = maxBytes;
    this.#queues = new PieceQueues({ maxBytes });
  }

  figures(): PieceCacheFigures {
    return { bytes: this.#queues.bytes, maxBytes: this.#maxBytes, hits: this.#hits, misses: this.#misses };
  }

  /** One piece; shared, so not to be written to. @throws StorageError as VideoStore.read, RangeError past the end. */
  async piece(contentId: string, piece: number, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const kept = this.#queues.get(keyOf(contentId, piece));
    if (kept !== undefined) {
      this.#hits += 1;
      return kept;
    }
    const shape = await this.#shape(contentId);
    const first = piece * shape.pieceLengthBytes;
    checkRange(first, Math.min(first + 1, shape.sizeBytes + 1), shape.sizeBytes);
    const slabPieces = Math.max(1, Math.floor(Math.min(SLAB_BYTES, this.#maxBytes / SLABS_AT_LEAST) / shape.pieceLengthBytes));
    // The shared load goes on for the others; only this caller stops waiting.
    const loaded = await untilAborted(this.#load(contentId, shape, piece - piece % slabPieces, slabPieces), signal);
    this.#misses += 1;
    const bytes = loaded.get(piece);
    if (bytes === undefined) throw new RangeError(`video ${contentId} has no piece ${piece}`);
    // Kept by the load; asked for by this caller.
    return this.#queues.get(keyOf(contentId, piece)) ?? bytes;
  }

  /**
   * Bytes `start` (inclusive) to `end` (exclusive). Pieces in memory are handed out from there; the rest passes through in the
   * store's large buffers, of `buffers` where it reads into memory of its own, and is kept only where a piece was wanted shortly before.
   */
  async *read(contentId: string, start: number, end: number, { signal, buffers }: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    const epoch = this.#epoch;
    const shape = await this.#shape(contentId);
    checkRange(start, end, shape.sizeBytes);
    const { pieceLengthBytes } = shape;
    for (let at = start; at < end;) {
      signal?.throwIfAborted();
      const piece = Math.floor(at / pieceLengthBytes);
      const first = piece * pieceLengthBytes;
      const kept = this.#queues.get(keyOf(contentId, piece));
      if (kept !== undefined) {
        this.#hits += 1;
        const part = kept.subarray(at - first, Math.min(kept.byteLength, end - first));
        at += part.byteLength;
        yield part;
        continue;
      }
      let next = piece + 1;
      const lookEnd = Math.min(end, at + MAX_RUN_BYTES);
      while (next * pieceLengthBytes < lookEnd && !this.#queues.has(keyOf(contentId, next))) next += 1;
      const runEnd = Math.min(next * pieceLengthBytes, end);
      this.#misses += next - piece;
      for await (const bytes of this.#videos.read(contentId, at, runEnd, { signal, buffers })) {
        if (this.#epoch === epoch && this.#keepWanted(contentId, shape, at, bytes)) buffers?.keep(bytes);
        at += bytes.byteLength;
        yield bytes;
      }
    }
  }

  /** Drops a deleted video. */
  forget(contentId: string): void {
    this.#epoch += 1;
    this.#shapes.delete(contentId);
    const prefix = keyOf(contentId, '');
    for (const key of this.#loads.keys()) if (key.startsWith(prefix)) this.#loads.delete(key);
    this.#queues.deleteAll(prefix);
  }

  /** Keeps the whole pieces of a passing buffer that were wanted shortly before, and remembers the others. @returns whether it kept any. */
  #keepWanted(contentId: string, { pieceLengthBytes, sizeBytes }: Shape, at: number, bytes: Uint8Array): boolean {
    let isKept = false;
    for (let piece = Math.ceil(at / pieceLengthBytes); ; piece += 1) {
      const from = piece * pieceLengthBytes - at;
      const to = Math.min((piece + 1) * pieceLengthBytes, sizeBytes) - at;
      if (to > bytes.byteLength || from >= to) return isKept;
      const key = keyOf(contentId, piece);
      if (this.#queues.wasWanted(key)) {
        this.#queues.add(key, bytes.subarray(from, to), { wanted: true });
        isKept = true;
      } else this.#queues.remember(key, to - from);
    }
  }

  #load(contentId: string, shape: Shape, firstPiece: number, pieces: number): Promise<Map<number, Uint8Array>> {
    const key = keyOf(contentId, firstPiece);
    const loading = this.#loads.get(key);
    if (loading !== undefined) return loading;
    const epoch = this.#epoch;
    const load = this.#readSlab(contentId, shape, firstPiece, pieces).then((slab) => {
      if (this.#epoch === epoch) for (const [piece, bytes] of slab) this.#queues.add(keyOf(contentId, piece), bytes, { wanted: false });
      return slab;
    }).finally(() => {
      if (this.#loads.get(key) === load) this.#loads.delete(key);
    });
    // Told to whoever waits for it; when all have left, to nobody.
    load.catch(() => undefined);
    this.#loads.set(key, load);
    return load;
  }

  async #readSlab(contentId: string, { sizeBytes, pieceLengthBytes }: Shape, firstPiece: number, pieces: number): Promise<Map<number, Uint8Array>> {
    const start = firstPiece * pieceLengthBytes;
    const end = Math.min(start + pieces * pieceLengthBytes, sizeBytes);
    const parts: Uint8Array[] = [];
    for await (const bytes of this.#videos.read(contentId, start, end)) parts.push(bytes);
    const all = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    const slab = new Map<number, Uint8Array>();
    for (let piece = firstPiece; piece * pieceLengthBytes < end; piece += 1) {
      const from = piece * pieceLengthBytes - start;
      slab.set(piece, all.subarray(from, Math.min(from + pieceLengthBytes, all.byteLength)));
    }
    return slab;
  }

  async #shape(contentId: string): Promise<Shape> {
    const known = this.#shapes.get(contentId);
    if (known !== undefined) return known;
    const epoch = this.#epoch;
    const video = await this.#videos.get(contentId);
    if (video === undefined) throw noSuchVideo(contentId);
    const shape = { sizeBytes: video.sizeBytes, pieceLengthBytes: video.pieceLengthBytes };
    if (this.#epoch !== epoch) return shape;
    this.#shapes.set(contentId, shape);
    const oldest = this.#shapes.keys().next();
    if (this.#shapes.size > MAX_SHAPES && oldest.done !== true) this.#shapes.delete(oldest.value);
    return shape;
  }
}

function keyOf(contentId: string, piece: number | ''): string {
  return `${contentId}:${piece}`;
}
