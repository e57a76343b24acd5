/**
 * Keeps the playhead out of places where nothing will ever be: tracks that begin late, holes between a file's own frames, and a browser
 * that stands still with everything it needs. Bounded, so that it never runs through a file.
 */
import { AT_END_MS, EDGE_SECONDS, MAX_JUMPS, MAX_NUDGES, NEAR_END_SECONDS, NUDGE_SECONDS, STUCK_MS } from './limits.ts';
import { spanAfter, spanAt, spansOf } from './spans.ts';

export interface GapsHost {
  /** Whether every track was fed from `from` to `to`: what is missing between them is missing in the file. */
  hasPassed(from: number, to: number): boolean;
  /** What was fed is not there any more: the browser let go of it. */
  onLost(atSeconds: number): void;
}

/** Lost data is fetched again at most this often in a row. */
const MAX_LOSSES = 3;

export class Gaps {
  readonly #video: HTMLVideoElement;
  readonly #host: GapsHost;
  #jumps = 0;
  #nudges = 0;
  #losses = 0;
  #lastSeconds = -1;
  #movedAtMs = 0;
  /** Since when the playhead has what it needs where it is: on a slow line that comes long after a seek. */
  #hasDataSinceMs = 0;

  constructor(components: { readonly video: HTMLVideoElement; readonly host: GapsHost }) {
    this.#video = components.video;
    this.#host = components.host;
  }

  /** Looks after the playhead. Call it when something was fed, and a few times a second. */
  check(nowMs: number): void {
    const { currentTime, ended, paused, readyState } = this.#video;
    if (currentTime !== this.#lastSeconds) {
      // A jump is no progress: it leaves the counts as they are.
      if (currentTime > this.#lastSeconds && currentTime < this.#lastSeconds + NUDGE_SECONDS) this.#nudges = this.#losses = 0;
      this.#lastSeconds = currentTime;
      this.#movedAtMs = this.#hasDataSinceMs = nowMs;
    }
    if (ended || (paused && readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !this.#video.seeking)) return;
    const spans = spansOf(this.#video.buffered);
    const here = spanAt(spans, currentTime, EDGE_SECONDS);
    if (here === undefined) this.#hasDataSinceMs = nowMs;
    if (here !== undefined && !this.#isAtEnd(here.endSeconds, nowMs)) this.#unstick(nowMs, here.endSeconds);
    else this.#cross(currentTime, spanAfter(spans, currentTime)?.startSeconds, nowMs);
  }

  /** Browsers stop up to some tenths of a second before the end of what they have, the sooner the faster they play. */
  #isAtEnd(endSeconds: number, nowMs: number): boolean {
    const { currentTime, readyState } = this.#video;
    const leftSeconds = endSeconds - currentTime;
    if (leftSeconds <= EDGE_SECONDS) return true;
    return leftSeconds < NEAR_END_SECONDS && readyState <= HTMLMediaElement.HAVE_CURRENT_DATA && nowMs - this.#movedAtMs > AT_END_MS;
  }

  /** Nothing is buffered here. When it comes after this, the playhead waits for what is being fed. */
  #cross(currentTime: number, nextSeconds: number | undefined, nowMs: number): void {
    if (nextSeconds !== undefined && this.#jumps < MAX_JUMPS && this.#host.hasPassed(currentTime, nextSeconds)) {
      this.#jumps += 1;
      this.#video.currentTime = nextSeconds + EDGE_SECONDS / 10;
      return;
    }
    const isLost = nowMs - this.#movedAtMs > STUCK_MS && this.#losses < MAX_LOSSES && this.#host.hasPassed(currentTime, currentTime + 1);
    if (!isLost) return;
    this.#losses += 1;
    this.#movedAtMs = nowMs;
    this.#host.onLost(currentTime);
  }

  #unstick(nowMs: number, endSeconds: number): void {
    const { currentTime, seeking, paused } = this.#video;
    // Chromium may sit in a seek for ever when it falls into a new beginning.
    const isStuck = (!paused || seeking) && nowMs - this.#hasDataSinceMs > STUCK_MS && endSeconds - currentTime > 1;
    if (!isStuck || this.#nudges === MAX_NUDGES) return;
    this.#nudges += 1;
    this.#movedAtMs = this.#hasDataSinceMs = nowMs;
    this.#video.currentTime = currentTime + NUDGE_SECONDS;
  }
}
