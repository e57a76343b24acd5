/** Whole pieces out of one peer's blocks: asks for a bounded number of blocks ahead, in the order of the pieces asked for. */
import { SwitchError, type SwitchErrorCode } from '../protocol/errors.ts';
import { MAX_REQUEST_BYTES, WIRE_BLOCK_BYTES } from '../protocol/limits.ts';
import { WHOLE_PIECE } from '../protocol/wire.ts';
import { MAX_OUTSTANDING_BLOCKS } from './timings.ts';

export interface PieceFetchesComponents {
  readonly now: () => number;
  /** For `length` bytes from `offset` on, which come as blocks. */
  readonly sendRequest: (piece: number, offset: number, length: number) => void;
  /** The peer is to send no more of the piece. */
  readonly sendCancel: (piece: number) => void;
}

interface Fetch {
  readonly piece: number;
  readonly sizeBytes: number;
  readonly settle: { resolve(bytes: Uint8Array): void; reject(error: SwitchError): void };
  /** Made when the first block is asked for, so that a long queue of pieces costs nothing. */
  buffer: Uint8Array | undefined;
  askedBytes: number;
  receivedBytes: number;
  readonly outstanding: Set<number>;
}

/** A steady peer has stalled after this many of its usual gaps, and not before this share of the limit. */
const STEADY_GAPS = 10;
const STEADY_SHARE = 0.4;

/** Blocks of requests given up that may still arrive, at most this many at a time; further ones count as unasked. */
const MAX_LATE_BLOCKS = 1_024;

export class PieceFetches {
  readonly #parts: PieceFetchesComponents;
  readonly #stallMs: number;
  /** The usual time from one block to the next; undefined before the first two. */
  #gapMs: number | undefined;
  readonly #fetches = new Map<number, Fetch>();
  #outstanding = 0;
  #lateBlocks = 0;
  #wastedBytes = 0;
  #lastByteMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(components: PieceFetchesComponents, options: { readonly stallMs: number }) {
    this.#parts = components;
    this.#stallMs = options.stallMs;
  }

  /** Bytes that came for requests given up; grows only. */
  get wastedBytes(): number {
    return this.#wastedBytes;
  }

  /** The piece, not verified. SwitchError `aborted`, `timeout`, `bad-message` (refused), or what `close` was given. */
  async request(piece: number, sizeBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    if (signal.aborted) throw new SwitchError('aborted', 'The request was given up before it was sent.');
    if (this.#fetches.has(piece)) throw new SwitchError('bad-message', `Piece ${piece} is already being fetched from this peer.`);
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    this.#fetches.set(piece, {
      piece, sizeBytes, settle: { resolve, reject }, buffer: undefined, askedBytes: 0, receivedBytes: 0, outstanding: new Set(),
    });
    const abort = (): void => this.#fail(piece, 'aborted', 'The request was given up.', true);
    signal.addEventListener('abort', abort, { once: true });
    this.#ask();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /**
   * Takes the message of `bytes`, which has no bytes afterwards. Whether the block was asked for, now or until lately. SwitchError `bad-message` when it is not
   * the block that was asked for.
   */
  onBlock(piece: number, offset: number, bytes: Uint8Array): boolean {
    const fetch = this.#fetches.get(piece);
    if (fetch?.buffer === undefined || !fetch.outstanding.has(offset)) {
      this.#wastedBytes += bytes.length;
      if (this.#lateBlocks === 0) return false;
      this.#lateBlocks -= 1;
      return true;
    }
    const expected = Math.min(WIRE_BLOCK_BYTES, fetch.sizeBytes - offset);
    if (bytes.length !== expected) throw new SwitchError('bad-message', `A block of ${expected} bytes came with ${bytes.length}.`);
    fetch.buffer.set(bytes, offset);
    fetch.outstanding.delete(offset);
    fetch.receivedBytes += bytes.length;
    giveBack(bytes);
    this.#outstanding -= 1;
    const now = this.#parts.now();
    this.#gapMs = (this.#gapMs ?? now - this.#lastByteMs) * 0.9 + (now - this.#lastByteMs) * 0.1;
    this.#lastByteMs = now;
    if (fetch.receivedBytes === fetch.sizeBytes) {
      this.#fetches.delete(piece);
      fetch.settle.resolve(fetch.buffer);
    }
    this.#ask();
    return true;
  }

  /** The peer refused a block, or the whole piece. */
  onReject(piece: number, offset: number, reason: string): void {
    const fetch = this.#fetches.get(piece);
    if (fetch === undefined || (offset !== WHOLE_PIECE && !fetch.outstanding.has(offset))) return;
    if (fetch.outstanding.delete(offset)) this.#outstanding -= 1;
    this.#fail(piece, 'bad-message', `The peer refused piece ${piece}: ${reason}.`, true);
  }

  /** Ends every request. */
  close(code: SwitchErrorCode, message: string): void {
    for (const piece of this.#fetches.keys()) this.#fail(piece, code, message, false);
    clearTimeout(this.#timer);
  }

  #ask(): void {
    for (const fetch of this.#fetches.values()) {
      while (fetch.askedBytes < fetch.sizeBytes && this.#askNext(fetch));
      if (fetch.askedBytes < fetch.sizeBytes) break;
    }
    this.#watch();
  }

  /** As much as one request may ask for, or nothing while there is no room for all of it. */
  #askNext(fetch: Fetch): boolean {
    const offset = fetch.askedBytes;
    const length = Math.min(MAX_REQUEST_BYTES, fetch.sizeBytes - offset);
    const blocks = Math.ceil(length / WIRE_BLOCK_BYTES);
    if (this.#outstanding + blocks > MAX_OUTSTANDING_BLOCKS) return false;
    fetch.buffer ??= new Uint8Array(fetch.sizeBytes);
    fetch.askedBytes += length;
    for (let block = 0; block < blocks; block += 1) fetch.outstanding.add(offset + block * WIRE_BLOCK_BYTES);
    if (this.#outstanding === 0) this.#lastByteMs = this.#parts.now();
    this.#outstanding += blocks;
    this.#parts.sendRequest(fetch.piece, offset, length);
    return true;
  }

  #fail(piece: number, code: SwitchErrorCode, message: string, tell: boolean): void {
    const fetch = this.#fetches.get(piece);
    if (fetch === undefined) return;
    this.#fetches.delete(piece);
    this.#outstanding -= fetch.outstanding.size;
    this.#lateBlocks = Math.min(MAX_LATE_BLOCKS, this.#lateBlocks + fetch.outstanding.size);
    this.#wastedBytes += fetch.receivedBytes;
    if (tell && fetch.outstanding.size > 0) this.#parts.sendCancel(piece);
    fetch.settle.reject(new SwitchError(code, message));
    if (tell) this.#ask();
  }

  /** One timer while blocks are outstanding. */
  #watch(): void {
    if (this.#outstanding === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#outstanding === 0) return;
      if (this.#parts.now() - this.#lastByteMs >= this.#stallLimitMs()) this.#stall();
      else this.#watch();
    }, Math.max(1, this.#lastByteMs + this.#stallLimitMs() - this.#parts.now()));
  }

  /** Whoever sent steadily is missed sooner than one that is slow. */
  #stallLimitMs(): number {
    return this.#gapMs === undefined ? this.#stallMs : Math.min(this.#stallMs, Math.max(this.#stallMs * STEADY_SHARE, this.#gapMs * STEADY_GAPS));
  }

  #stall(): void {
    for (const { piece, outstanding } of this.#fetches.values()) {
      if (outstanding.size > 0) this.#parts.sendCancel(piece);
      this.#fail(piece, 'timeout', 'The peer stalled: nothing came of what was asked for.', false);
    }
  }
}

/** Frees the message of a block that was copied, where the platform can: left to the collector, each would call it every few MiB. */
function giveBack(bytes: Uint8Array): void {
  if (bytes.buffer instanceof ArrayBuffer) bytes.buffer.transfer?.(0);
}
