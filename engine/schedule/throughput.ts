/**
 * How fast a source has been: two exponentially weighted averages, a quick one and a slow one, of which the lower counts, so
 * that an estimate falls at once and rises with care (the idea of hls.js' EwmaBandWidthEstimator). Time is an argument.
 */

const QUICK_HALF_LIFE_MS = 1_000;
const SLOW_HALF_LIFE_MS = 5_000;
/** A transfer may seem to take no time on a coarse clock: browsers round theirs to a millisecond. */
const SHORTEST_MS = 1;

class Average {
  readonly #halfLifeMs: number;
  #value = 0;
  #weight = 0;

  constructor(halfLifeMs: number) {
    this.#halfLifeMs = halfLifeMs;
  }

  add(value: number, durationMs: number): void {
    const keep = 0.5 ** (durationMs / this.#halfLifeMs);
    this.#value = keep * this.#value + (1 - keep) * value;
    this.#weight = keep * this.#weight + (1 - keep);
  }

  /** Corrected for the zero it started from. */
  get value(): number {
    return this.#value / this.#weight;
  }
}

export class Throughput {
  readonly #quick = new Average(QUICK_HALF_LIFE_MS);
  readonly #slow = new Average(SLOW_HALF_LIFE_MS);
  #proven = false;

  /** `bytes` came during `durationMs` in which the source had something to send. */
  add(bytes: number, durationMs: number): void {
    const tookMs = Math.max(durationMs, SHORTEST_MS);
    this.#quick.add(bytes / tookMs, tookMs);
    this.#slow.add(bytes / tookMs, tookMs);
    this.#proven = true;
  }

  /** undefined until something came. */
  get bytesPerMs(): number | undefined {
    return this.#proven ? Math.min(this.#quick.value, this.#slow.value) : undefined;
  }
}
