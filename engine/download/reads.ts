/** Who waits for which pieces, and what is worth having next: the wanted runs of the schedule. */
import type { ReadAheadRun } from '../api.ts';
import type { WantedRun } from '../schedule/schedule-state.ts';
import { DefaultReadAhead } from './default-read-ahead.ts';
import { StatedReadAhead } from './stated-read-ahead.ts';

export interface ReadsOptions {
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  /** Pieces fetched beyond each read before anybody asks, for who never says what comes next. */
  readonly piecesAhead: number;
  /** One CDN window: what is wanted ahead does not grow by less while there is enough of it. */
  readonly windowPieces: number;
}

export class Reads {
  readonly #options: ReadsOptions;
  readonly #waiting = new Map<symbol, WantedRun>();
  readonly #default: DefaultReadAhead;
  #stated: StatedReadAhead | undefined;

  constructor(options: ReadsOptions) {
    this.#options = options;
    const pieceCount = Math.ceil(options.sizeBytes / options.pieceLengthBytes);
    this.#default = new DefaultReadAhead({ pieceCount, piecesAhead: options.piecesAhead });
  }

  /** Somebody waits for `first` to `last`, until `deadlineMs`, and will go on from there. Give what is returned to `end`. */
  begin(run: { readonly first: number; readonly last: number; readonly deadlineMs: number }): symbol {
    const read = Symbol('read');
    this.#waiting.set(read, { ...run, msPerPiece: 0 });
    this.#default.moveTo(run.last + 1);
    return read;
  }

  /** Whether what is wanted ahead follows where is read, as nobody says what comes next. */
  get followsReads(): boolean {
    return this.#stated === undefined;
  }

  end(read: symbol): void {
    this.#waiting.delete(read);
  }

  /** From now on only what is said is read ahead. RangeError: more runs than allowed, or numbers that are none. */
  readAhead(runs: readonly ReadAheadRun[], nowMs: number): void {
    const stated = this.#stated ?? new StatedReadAhead(this.#options);
    stated.say(runs, nowMs);
    this.#stated = stated;
  }

  /** `withDefault`: whether what nobody asked for is read ahead where nobody says what comes next. */
  wanted(nowMs: number, withDefault: boolean): WantedRun[] {
    const ahead = this.#stated?.runs ?? (withDefault ? this.#default.runs(nowMs) : []);
    return [...this.#waiting.values(), ...ahead];
  }
}
