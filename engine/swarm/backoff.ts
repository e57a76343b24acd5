/** Waiting times between tries: doubling, capped, with full jitter, so that clients which lost the same thing do not return together. */

export interface BackoffOptions {
  readonly firstMs: number;
  readonly capMs: number;
}

export class Backoff {
  readonly #random: () => number;
  readonly #options: BackoffOptions;
  #tries = 0;

  /** `random` gives 0 to 1. */
  constructor(random: () => number, options: BackoffOptions) {
    this.#random = random;
    this.#options = options;
  }

  /** Tries since the start or the last `reset`. */
  get tries(): number {
    return this.#tries;
  }

  /** How long to wait before the next try: 0 to `firstMs`, then 0 to twice that, up to `capMs`. */
  next(): number {
    const limitMs = Math.min(this.#options.capMs, this.#options.firstMs * 2 ** Math.min(this.#tries, 30));
    this.#tries += 1;
    return this.#random() * limitMs;
  }

  reset(): void {
    this.#tries = 0;
  }
}
