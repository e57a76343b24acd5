/**
 * The hard bound of what all content responses send together, shared evenly. Streams ask for equal portions and each has one
 * ask open, so first come, first served gives every stream that can take it the same rate; what a slow reader does not take is
 * the others'.
 */

/** Time of one portion: short, so that a stream of a few Mb/s flows and does not hop. */
const PORTION_MS = 20;
const MIN_PORTION_BYTES = 4 * 1024;
const MAX_PORTION_BYTES = 256 * 1024;
/** Late timers are made up for up to this much, and no more, so that a pause never becomes a burst. */
const MAX_CREDIT_MS = 20;

export class Pacer {
  readonly #now: () => number;
  readonly #bytesPerMs: number;
  /** When what was given out so far will have been sent at the bound's rate. */
  #spentUntilMs = Number.NEGATIVE_INFINITY;

  /** `now` in milliseconds, never going back. `maxMbps` above 0. */
  constructor({ now }: { now: () => number }, { maxMbps }: { maxMbps: number }) {
    this.#now = now;
    this.#bytesPerMs = (maxMbps * 1_000_000) / 8 / 1000;
  }

  /** What a stream sends for one `take`. */
  get portionBytes(): number {
    return Math.round(Math.min(MAX_PORTION_BYTES, Math.max(MIN_PORTION_BYTES, this.#bytesPerMs * PORTION_MS)));
  }

  /** Resolves when `bytes` may be sent. Rejects with the signal's reason. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const nowMs = this.#now();
    const startMs = Math.max(this.#spentUntilMs, nowMs - MAX_CREDIT_MS);
    this.#spentUntilMs = startMs + bytes / this.#bytesPerMs;
    const waitMs = startMs - nowMs;
    if (waitMs > 0) await sleep(waitMs, signal);
  }
}

async function sleep(waitMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, waitMs);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
