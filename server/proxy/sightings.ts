/** What was seen lately, of which address: bounded, and forgotten when it has not been seen again for a while. */

export interface SightingsOptions {
  readonly keptMs: number;
  /** The one seen longest ago makes room. */
  readonly maxValues: number;
}

export class Sightings {
  readonly #now: () => number;
  readonly #options: SightingsOptions;
  readonly #lastMs = new Map<string, number>();

  constructor({ now }: { readonly now: () => number }, options: SightingsOptions) {
    this.#now = now;
    this.#options = options;
  }

  add(value: string): void {
    this.#lastMs.delete(value);
    this.#lastMs.set(value, this.#now());
    const [oldest] = this.#lastMs.keys();
    if (this.#lastMs.size > this.#options.maxValues && oldest !== undefined) this.#lastMs.delete(oldest);
  }

  delete(value: string): void {
    this.#lastMs.delete(value);
  }

  /** Those of the last `keptMs`. */
  values(): string[] {
    const since = this.#now() - this.#options.keptMs;
    return [...this.#lastMs].filter(([, lastMs]) => lastMs >= since).map(([value]) => value);
  }
}
