/**
 * Bounds the rate of what is sent to all peers together. Of those who wait, whoever began first goes first: a piece that is sent whole
 * can be passed on while the next one is sent, two that are sent by turns are both late.
 */

interface Waiter {
  readonly bytes: number;
  readonly sinceMs: number;
  readonly go: () => void;
}

export const BYTES_PER_MS_OF_MBPS = 125;

/** A burst of this long is let through at once: less would cost a timer for every block. */
const BURST_MS = 100;

/** The largest thing taken at once must fit. */
const MIN_BURST_BYTES = 128 * 1024;

export class TokenBucket {
  readonly #now: () => number;
  #bytesPerMs: number;
  #burstBytes: number;
  readonly #waiters: Waiter[] = [];
  #tokens: number;
  #filledAtMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `mbps` 0 is unlimited. */
  constructor(now: () => number, mbps: number) {
    this.#now = now;
    this.#bytesPerMs = mbps * BYTES_PER_MS_OF_MBPS;
    this.#burstBytes = burstBytes(this.#bytesPerMs);
    this.#tokens = this.#burstBytes;
    this.#filledAtMs = now();
  }

  get isBounded(): boolean {
    return this.#bytesPerMs > 0;
  }

  /** From now on. 0 is unlimited, and lets everyone go. */
  setRate(mbps: number): void {
    this.#fill();
    this.#bytesPerMs = mbps * BYTES_PER_MS_OF_MBPS;
    this.#burstBytes = burstBytes(this.#bytesPerMs);
    this.#tokens = Math.min(this.#tokens, this.#burstBytes);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#bytesPerMs === 0) this.close();
    else this.#wait();
  }

  /** Resolves when `bytes` may be sent, of what was begun at `sinceMs`. Callers wait for one thing at a time, so their number bounds the queue. */
  take(bytes: number, sinceMs: number): Promise<void> | undefined {
    if (this.#bytesPerMs === 0) return undefined;
    this.#fill();
    if (this.#waiters.length === 0 && this.#tokens >= bytes) {
      this.#tokens -= bytes;
      return undefined;
    }
    return new Promise((go) => {
      const later = this.#waiters.findIndex((waiter) => waiter.sinceMs > sinceMs);
      this.#waiters.splice(later === -1 ? this.#waiters.length : later, 0, { bytes: Math.min(bytes, MIN_BURST_BYTES), sinceMs, go });
      this.#wait();
    });
  }

  /** Gives back what was taken and not sent. */
  giveBack(bytes: number): void {
    this.#tokens = Math.min(this.#burstBytes, this.#tokens + bytes);
  }

  /** Lets everyone go: what they wanted to send to is being closed. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const waiter of this.#waiters.splice(0)) waiter.go();
  }

  #wait(): void {
    const first = this.#waiters[0];
    if (first === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#fill();
      for (let next = this.#waiters[0]; next !== undefined && this.#tokens >= next.bytes; next = this.#waiters[0]) {
        this.#tokens -= next.bytes;
        this.#waiters.shift();
        next.go();
      }
      this.#wait();
    }, Math.max(1, (first.bytes - this.#tokens) / this.#bytesPerMs));
  }

  #fill(): void {
    const now = this.#now();
    this.#tokens = Math.min(this.#burstBytes, this.#tokens + (now - this.#filledAtMs) * this.#bytesPerMs);
    this.#filledAtMs = now;
  }
}

function burstBytes(bytesPerMs: number): number {
  return Math.max(MIN_BURST_BYTES, bytesPerMs * BURST_MS);
}
