/** Bytes out of a download: waits for their pieces, and has one that the store lost fetched again. */
import type { ReadAheadRun, ReadOptions } from '../api.ts';
import type { Clock } from '../platform/clock.ts';
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { piecesOf, pieceSpan } from '../protocol/pieces.ts';
import type { WantedRun } from '../schedule/schedule-state.ts';
import { MAX_LOSSES } from './holdings.ts';
import type { PieceKeeper } from './piece-keeper.ts';
import { Reads } from './reads.ts';

interface ContentReaderHost {
  /** Held, or verified and on its way into the store. */
  isHere(piece: number): boolean;
  /** What is waited for, or read ahead, is not what it was. */
  onWantedChanged(): void;
  /** The store cannot give a piece. False: it will not come again. */
  onLost(piece: number): boolean;
}

export interface ContentReaderComponents {
  readonly clock: Clock;
  readonly manifest: Manifest;
  readonly keeper: PieceKeeper;
  readonly host: ContentReaderHost;
}

export class ContentReader {
  readonly #parts: ContentReaderComponents;
  readonly #reads: Reads;

  constructor(components: ContentReaderComponents, options: { readonly piecesAhead: number; readonly windowPieces: number }) {
    const { sizeBytes, pieceLengthBytes } = components.manifest;
    this.#parts = components;
    this.#reads = new Reads({ ...options, sizeBytes, pieceLengthBytes });
  }

  /** `withDefault`: whether something is read ahead for who does not say what comes next. */
  wanted(withDefault: boolean): WantedRun[] {
    return this.#reads.wanted(this.#parts.clock.now(), withDefault);
  }

  /** RangeError. */
  readAhead(runs: readonly ReadAheadRun[]): void {
    this.#reads.readAhead(runs, this.#parts.clock.now());
    this.#parts.host.onWantedChanged();
  }

  /** SwitchError `aborted`, `bad-range`, `store-failed`, or why no piece comes any more. RangeError: `dueInMs` is no time. */
  async read(start: number, end: number, { signal, dueInMs = 0 }: ReadOptions = {}): Promise<Uint8Array> {
    const { manifest, clock, host } = this.#parts;
    const { first, end: after } = piecesOf(manifest, { start, end });
    if (!Number.isFinite(dueInMs)) throw new RangeError(`Bytes due in ${dueInMs} ms, which is no time.`);
    const bytes = new Uint8Array(end - start);
    if (first === after) return bytes;
    const read = this.#reads.begin({ first, last: after - 1, deadlineMs: clock.now() + dueInMs });
    // A player reads what is here many times a second: the schedule has nothing to do with that.
    let isTold = this.#reads.followsReads || !this.#isHere(first, after);
    if (isTold) host.onWantedChanged();
    const onLost = (piece: number): boolean => {
      if (!host.onLost(piece)) return false;
      isTold = true;
      host.onWantedChanged();
      return true;
    };
    try {
      await untilAborted(this.#fill(bytes, start, { first, after }, onLost, signal), signal);
      return bytes;
    } finally {
      this.#reads.end(read);
      if (isTold) host.onWantedChanged();
    }
  }

  async #fill(
    bytes: Uint8Array, start: number, pieces: { readonly first: number; readonly after: number }, onLost: (piece: number) => boolean, signal: AbortSignal | undefined,
  ): Promise<void> {
    for (let piece = pieces.first; piece < pieces.after; piece += 1) {
      if (signal?.aborted === true) return;
      const span = pieceSpan(this.#parts.manifest, piece);
      const held = await this.#readPiece(piece, onLost, signal);
      bytes.set(held.subarray(Math.max(0, start - span.start), start + bytes.length - span.start), Math.max(0, span.start - start));
    }
  }

  async #readPiece(piece: number, onLost: (piece: number) => boolean, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { host, keeper } = this.#parts;
    for (let losses = 1; ; losses += 1) {
      if (!host.isHere(piece)) await keeper.kept(piece, signal);
      try {
        return await keeper.read(piece);
      } catch (error) {
        if (losses === MAX_LOSSES || !onLost(piece)) throw error;
      }
    }
  }

  #isHere(first: number, after: number): boolean {
    for (let piece = first; piece < after; piece += 1) if (!this.#parts.host.isHere(piece)) return false;
    return true;
  }
}

/** What `work` resolves to, or SwitchError `aborted` at once. The work then ends by itself. */
async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(new SwitchError('aborted', 'Reading was given up.'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([aborted.promise, work]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
