/** Where a video begins, and where one stopped. */
import { parseMoment } from '../content/moment.ts';
import { rememberedPlace, rememberPlace } from './resume-places.ts';

/** A tab that dies loses no more than this. */
const KEEP_EVERY_MS = 5_000;

export class PlaceKeeper {
  readonly #player: HTMLVideoElement;
  /** Set by `currentTime` before there is anything to seek in. */
  wanted: number | null = null;
  #keptAtMs = 0;
  #last: { readonly seconds: number; readonly durationSeconds: number } | null = null;

  constructor(player: HTMLVideoElement) {
    this.#player = player;
  }

  /** What was asked for, by `currentTime`, the attribute `start`, or the address; else where one stopped; else the beginning. */
  startFor(contentId: string, inAddress: number | null): number {
    const start = this.#player.getAttribute('start');
    return this.wanted ?? (start === null ? null : parseMoment(start)) ?? inAddress
      ?? (this.#player.hasAttribute('noresume') ? null : rememberedPlace(contentId)) ?? 0;
  }

  onEvent(type: string, contentId: string | null): void {
    const { currentTime, duration } = this.#player;
    if (!['timeupdate', 'pause', 'seeked', 'ended'].includes(type) || !Number.isFinite(duration) || duration <= 0) return;
    this.#last = { seconds: currentTime, durationSeconds: duration };
    if (type === 'timeupdate' && performance.now() - this.#keptAtMs < KEEP_EVERY_MS) return;
    this.#keep(contentId);
  }

  /** Before the video is left. */
  leave(contentId: string | null): void {
    this.#keep(contentId);
    this.#last = null;
    this.#keptAtMs = 0;
    this.wanted = null;
  }

  #keep(contentId: string | null): void {
    if (contentId === null || this.#last === null || this.#player.hasAttribute('noresume')) return;
    this.#keptAtMs = performance.now();
    rememberPlace(contentId, this.#last.seconds, this.#last.durationSeconds);
  }
}
