/** How far ahead of the playhead one track is buffered: filled up to a goal, then left alone until it has run down. */
import { FILL_SECONDS, MIN_FILL_SECONDS, RECOVER_FACTOR, RESUME_SECONDS, secondsAtRate } from './limits.ts';

export interface BufferGoalOptions {
  readonly maxAheadBytes: number;
}

export class BufferGoal {
  readonly #options: BufferGoalOptions;
  /** Becomes less than 1 where the browser has less room. */
  #share = 1;
  #isFilling = true;

  constructor(options: BufferGoalOptions) {
    this.#options = options;
  }

  /** In seconds of the video, for `bytesPerSecond` of it and the speed it is played at. */
  fillSeconds(bytesPerSecond: number | undefined, playbackRate: number): number {
    const wanted = secondsAtRate(FILL_SECONDS, playbackRate);
    const room = bytesPerSecond === undefined || bytesPerSecond === 0 ? wanted : this.#options.maxAheadBytes / bytesPerSecond;
    return Math.max(MIN_FILL_SECONDS, Math.min(wanted, room) * this.#share);
  }

  /** Whether more is wanted now. */
  wantsMore(aheadSeconds: number, fillSeconds: number): boolean {
    const wasFilling = this.#isFilling;
    this.#isFilling = aheadSeconds < (wasFilling ? fillSeconds : fillSeconds * (RESUME_SECONDS / FILL_SECONDS));
    if (this.#isFilling && !wasFilling) this.#share = Math.min(1, this.#share * RECOVER_FACTOR);
    return this.#isFilling;
  }

  /** Whether the byte bound alone leaves room. */
  hasRoom(aheadSeconds: number, bytesPerSecond: number | undefined): boolean {
    return aheadSeconds * (bytesPerSecond ?? 0) < this.#options.maxAheadBytes * this.#share;
  }

  /** The browser had no room with `aheadSeconds` buffered. */
  shrink(aheadSeconds: number, fillSeconds: number): void {
    this.#share *= Math.min(0.8, Math.max(0.3, aheadSeconds / fillSeconds));
    this.#isFilling = false;
  }
}
