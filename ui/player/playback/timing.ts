/** How long a reader waited: for the first picture, for the picture after a seek, and in the middle of playing. */
import type { Stall } from '../playback-figures.ts';
import { NARROW_HOLE_SECONDS } from './limits.ts';
import { aheadOf, spansOf } from './spans.ts';

/** A list of them that long says enough. */
const MAX_STALLS = 200;
/** Browsers say that they wait when a decoder is late by a frame: nobody sees that. */
const MIN_STALL_MS = 100;
/** A seek within one frame shows no new one: then the browser's own word counts. */
const SAME_FRAME_MS = 300;
/** A frame is the one that was sought when its time is as near as this. */
const FRAME_SECONDS = 1.1;

/** Firefox before 132 does not. */
const TELLS_FRAMES = typeof HTMLVideoElement === 'function' && 'requestVideoFrameCallback' in HTMLVideoElement.prototype;

export class Timing {
  readonly #video: HTMLVideoElement;
  readonly #listening = new AbortController();
  readonly #startedAtMs: number;
  readonly #stalls: (Stall & { lastedMs: number | null; readonly sinceMs: number })[] = [];
  #firstFrameMs: number | null = null;
  #lastSeekMs: number | null = null;
  #seekingSinceMs: number | undefined;
  /** Between starting or seeking and the first progress after it, waits are part of that. */
  #isSettling = true;

  constructor({ video, startedAtMs }: { readonly video: HTMLVideoElement; readonly startedAtMs: number }) {
    this.#video = video;
    this.#startedAtMs = startedAtMs;
    const options = { signal: this.#listening.signal };
    this.#onFrame(() => this.#firstShown());
    video.addEventListener('loadeddata', () => this.#onLoaded(), options);
    video.addEventListener('seeking', () => this.#onSeeking(), options);
    video.addEventListener('seeked', () => this.#onSeeked(), options);
    video.addEventListener('waiting', () => this.#onWaiting(), options);
    video.addEventListener('timeupdate', () => { if (video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA && !video.seeking && !video.paused) this.#onProgress(); }, options);
    for (const event of ['pause', 'ended', 'emptied'] as const) video.addEventListener(event, () => this.#endStall(), options);
    video.addEventListener('playing', () => this.#endStall(), options);
  }

  get firstFrameMs(): number | null {
    return this.#firstFrameMs;
  }

  get lastSeekMs(): number | null {
    return this.#seekingSinceMs === undefined ? this.#lastSeekMs : null;
  }

  get stalls(): readonly Stall[] {
    const nowMs = performance.now();
    return this.#stalls.filter(({ lastedMs, sinceMs }) => (lastedMs ?? nowMs - sinceMs) >= MIN_STALL_MS)
      .map(({ atSeconds, lastedMs, bufferAheadSeconds }) => ({ atSeconds, lastedMs, bufferAheadSeconds }));
  }

  /** Whether the reader waits for a picture right now: starting, seeking or stalled. */
  get isUrgent(): boolean {
    return this.#firstFrameMs === null || this.#seekingSinceMs !== undefined || this.#stalls.at(-1)?.lastedMs === null;
  }

  /** Waits from here on are part of beginning anew. */
  restart(): void {
    this.#endStall();
    this.#isSettling = true;
  }

  stop(): void {
    this.#listening.abort();
  }

  #onLoaded(): void {
    // A page that is not looked at, a sound alone, and a browser that does not tell, show no frame.
    if (document.visibilityState === 'hidden' || this.#video.videoWidth === 0 || !TELLS_FRAMES) this.#firstShown();
  }

  #firstShown(): void {
    this.#firstFrameMs ??= performance.now() - this.#startedAtMs;
  }

  #onFrame(listener: (mediaSeconds: number) => void): void {
    if (TELLS_FRAMES && !this.#listening.signal.aborted) this.#video.requestVideoFrameCallback((_now, { mediaTime }) => listener(mediaTime));
  }

  #onSeeking(): void {
    const sinceMs = performance.now();
    this.#endStall();
    this.#isSettling = true;
    this.#seekingSinceMs = sinceMs;
    const onFrame = (mediaSeconds: number): void => {
      if (this.#seekingSinceMs !== sinceMs) return;
      if (Math.abs(mediaSeconds - this.#video.currentTime) < FRAME_SECONDS) this.#sought(sinceMs, performance.now());
      else this.#onFrame(onFrame);
    };
    this.#onFrame(onFrame);
  }

  #onSeeked(): void {
    const sinceMs = this.#seekingSinceMs;
    const soughtAtMs = performance.now();
    if (sinceMs !== undefined) setTimeout(() => this.#sought(sinceMs, soughtAtMs), SAME_FRAME_MS);
  }

  #sought(sinceMs: number, atMs: number): void {
    if (this.#seekingSinceMs !== sinceMs) return;
    this.#lastSeekMs = atMs - sinceMs;
    this.#seekingSinceMs = undefined;
  }

  #onWaiting(): void {
    const { paused, seeking, ended, currentTime } = this.#video;
    if (paused || seeking || ended || this.#isSettling || this.#stalls.at(-1)?.lastedMs === null) return;
    const bufferAheadSeconds = aheadOf(spansOf(this.#video.buffered), currentTime, NARROW_HOLE_SECONDS);
    this.#stalls.push({ atSeconds: currentTime, lastedMs: null, sinceMs: performance.now(), bufferAheadSeconds });
    if (this.#stalls.length > MAX_STALLS) this.#stalls.shift();
  }

  #onProgress(): void {
    this.#isSettling = false;
    this.#endStall();
  }

  #endStall(): void {
    const last = this.#stalls.at(-1);
    if (last?.lastedMs !== null || last === undefined) return;
    last.lastedMs = performance.now() - last.sinceMs;
    if (last.lastedMs < MIN_STALL_MS) this.#stalls.pop();
  }
}
