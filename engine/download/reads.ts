/** Who waits for which pieces, and what is worth having next: the wanted runs of the schedule. */
import type { PieceRun } from '../schedule/piece-table.ts';
import type { WantedRun } from '../schedule/schedule-state.ts';

/** Pieces read ahead are due this much later than what is waited for, one after the other: wanted, and never urgent. */
const AHEAD_DUE_IN_MS = 10_000;
const AHEAD_MS_PER_PIECE = 1_000;

export interface ReadsOptions {
  readonly pieceCount: number;
  /** Pieces fetched beyond the last read, before anybody asks. */
  readonly piecesAhead: number;
}

export class Reads {
  readonly #options: ReadsOptions;
  readonly #waiting = new Map<symbol, WantedRun>();
  #ahead: PieceRun | undefined;

  constructor(options: ReadsOptions) {
    this.#options = options;
  }

  /** Somebody waits for `run` now, and will go on from its end. Give what is returned to `end`. */
  begin(run: PieceRun, nowMs: number): symbol {
    const read = Symbol('read');
    this.#waiting.set(read, { ...run, deadlineMs: nowMs, msPerPiece: 0 });
    this.#moveAhead(run.last + 1);
    return read;
  }

  end(read: symbol): void {
    this.#waiting.delete(read);
  }

  wanted(nowMs: number): WantedRun[] {
    const runs = [...this.#waiting.values()];
    if (this.#ahead !== undefined) runs.push({ ...this.#ahead, deadlineMs: nowMs + AHEAD_DUE_IN_MS, msPerPiece: AHEAD_MS_PER_PIECE });
    return runs;
  }

  /** What lies ahead grows by half at a time, so that a CDN is asked for windows and not for single pieces. */
  #moveAhead(playhead: number): void {
    const { pieceCount, piecesAhead } = this.#options;
    const isInside = this.#ahead !== undefined && this.#ahead.first <= playhead && playhead <= this.#ahead.last;
    const isLong = isInside && (this.#ahead?.last ?? 0) - playhead >= piecesAhead / 2;
    if (isLong) return;
    const last = Math.min(playhead + piecesAhead, pieceCount) - 1;
    this.#ahead = playhead <= last ? { first: playhead, last } : undefined;
  }
}
