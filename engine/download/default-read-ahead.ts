/**
 * What is fetched before anybody asks, for readers who do not say what they read next: a window beyond each place where they
 * read. Two readers in turns (picture and sound, far apart in the file) each keep their place; after a seek the old one is left.
 */
import type { PieceRun } from '../schedule/piece-table.ts';
import type { WantedRun } from '../schedule/schedule-state.ts';

/** Pieces read ahead are due this much later than what is waited for, one after the other: wanted, and never urgent. */
const DUE_IN_MS = 10_000;
const MS_PER_PIECE = 1_000;

/** Places that are remembered, the least recently read goes: picture, sound and subtitles, and one more. */
const MAX_PLACES = 4;

/** Readers this near to each other are at one place: an interleaved file is read a little forth and back. */
const NEAR_PIECES = 4;

export interface DefaultReadAheadOptions {
  readonly pieceCount: number;
  /** 0: nothing is read ahead. */
  readonly piecesAhead: number;
}

interface Place {
  run: PieceRun;
  /** A reader came back to it after it had read elsewhere: it is one of several that are read in turns. */
  inTurn: boolean;
}

export class DefaultReadAhead {
  readonly #options: DefaultReadAheadOptions;
  /** The most recently read first. */
  #places: Place[] = [];

  constructor(options: DefaultReadAheadOptions) {
    this.#options = options;
  }

  /** Somebody read up to `playhead`, which is the next piece. */
  moveTo(playhead: number): void {
    const [latest] = this.#places;
    const place = this.#places.find(({ run }) => run.first - NEAR_PIECES <= playhead && playhead <= run.last + 1);
    if (place === undefined) return this.#begin(playhead);
    if (place !== latest && latest !== undefined) {
      latest.inTurn = true;
      place.inTurn = true;
      this.#places = [place, ...this.#places.filter((other) => other !== place)];
    }
    place.run = this.#moved(place.run, playhead);
  }

  runs(nowMs: number): WantedRun[] {
    return this.#places.filter(({ run, inTurn }, index) => (index === 0 || inTurn) && run.first <= run.last)
      .map(({ run }) => ({ ...run, deadlineMs: nowMs + DUE_IN_MS, msPerPiece: MS_PER_PIECE, isAhead: true }));
  }

  /** It may be a seek: what lay ahead of the other places is given up until somebody reads there again. */
  #begin(playhead: number): void {
    for (const place of this.#places) place.inTurn = false;
    this.#places = [{ run: this.#from(playhead), inTurn: false }, ...this.#places].slice(0, MAX_PLACES);
  }

  /** What lies ahead grows by half at a time, so that a CDN is asked for windows and not for single pieces. */
  #moved(run: PieceRun, playhead: number): PieceRun {
    const isLong = run.last - playhead >= this.#options.piecesAhead / 2 || run.last === this.#options.pieceCount - 1;
    return isLong ? { first: Math.max(run.first, playhead - NEAR_PIECES), last: run.last } : this.#from(playhead);
  }

  #from(playhead: number): PieceRun {
    return { first: playhead, last: Math.min(playhead + this.#options.piecesAhead, this.#options.pieceCount) - 1 };
  }
}
