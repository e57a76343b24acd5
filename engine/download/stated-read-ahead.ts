/**
 * What a reader says it will read next, as wanted runs. What is wanted grows by a useful piece at a time: a player that says
 * every second "the next minute" would else ask the CDN every second for the one second that is new.
 */
import { MAX_READ_AHEAD_RUNS, type ReadAheadRun } from '../api.ts';
import type { WantedRun } from '../schedule/schedule-state.ts';

export interface StatedReadAheadOptions {
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  readonly windowPieces: number;
}

export class StatedReadAhead {
  readonly #options: StatedReadAheadOptions;
  #runs: readonly WantedRun[] = [];

  constructor(options: StatedReadAheadOptions) {
    this.#options = options;
  }

  get runs(): readonly WantedRun[] {
    return this.#runs;
  }

  /** RangeError: more runs than allowed, or numbers that are none. */
  say(runs: readonly ReadAheadRun[], nowMs: number): void {
    if (runs.length > MAX_READ_AHEAD_RUNS) throw new RangeError(`${runs.length} runs to read ahead; ${MAX_READ_AHEAD_RUNS} are allowed.`);
    const wanted: WantedRun[] = [];
    for (const run of runs) {
      check(run);
      const start = Math.max(0, run.start);
      const end = Math.min(run.end, this.#options.sizeBytes);
      if (start < end) wanted.push(this.#grown(this.#wantedRun({ ...run, start, end }, nowMs)));
    }
    this.#runs = wanted;
  }

  /** Each piece is due with its first byte that is read; the first, cut by `start`, a little sooner. */
  #wantedRun({ start, end, dueInMs, bytesPerSecond }: ReadAheadRun, nowMs: number): WantedRun {
    const { pieceLengthBytes } = this.#options;
    const first = Math.floor(start / pieceLengthBytes);
    const msPerByte = 1_000 / bytesPerSecond;
    return {
      first, last: Math.ceil(end / pieceLengthBytes) - 1,
      deadlineMs: nowMs + dueInMs - (start - first * pieceLengthBytes) * msPerByte, msPerPiece: pieceLengthBytes * msPerByte, isAhead: true,
    };
  }

  /** The end stays where it was said before until it has moved by a window, or by half the run. */
  #grown(run: WantedRun): WantedRun {
    const { windowPieces, sizeBytes, pieceLengthBytes } = this.#options;
    const isAtEnd = run.last === Math.ceil(sizeBytes / pieceLengthBytes) - 1;
    const step = Math.min(windowPieces, Math.ceil((run.last - run.first + 1) / 2));
    let { last } = run;
    for (const before of this.#runs) {
      const goesOn = before.first <= run.first && run.first <= before.last && before.last < run.last;
      if (goesOn && !isAtEnd && run.last - before.last < step) last = Math.min(last, before.last);
    }
    return { ...run, last };
  }
}

function check({ start, end, dueInMs, bytesPerSecond }: ReadAheadRun): void {
  if (Number.isNaN(start) || Number.isNaN(end)) throw new RangeError('A run to read ahead has a start and an end in bytes.');
  if (!Number.isFinite(dueInMs)) throw new RangeError(`A run to read ahead is due in ${dueInMs} ms, which is no time.`);
  if (!(bytesPerSecond > 0)) throw new RangeError(`A run to read ahead is read at ${bytesPerSecond} bytes a second; that must be above 0.`);
}
