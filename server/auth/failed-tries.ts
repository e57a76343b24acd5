/** Slows guessing: after some wrong tokens from one address, that address is not listened to for a while. */

export interface FailedTriesOptions {
  readonly maxTries: number;
  readonly windowMs: number;
  /** Bound of the addresses remembered; the oldest is forgotten. */
  readonly maxAddresses: number;
}

interface Tries {
  count: number;
  readonly endsAtMs: number;
}

export class FailedTries {
  readonly #now: () => number;
  readonly #options: FailedTriesOptions;
  readonly #byAddress = new Map<string, Tries>();

  constructor({ now }: { now: () => number }, options: FailedTriesOptions) {
    this.#now = now;
    this.#options = options;
  }

  /** Milliseconds until the address is listened to again; 0 when it is now. */
  blockedMs(address: string): number {
    const tries = this.#current(address);
    return tries !== undefined && tries.count >= this.#options.maxTries ? tries.endsAtMs - this.#now() : 0;
  }

  failed(address: string): void {
    const tries = this.#current(address) ?? { count: 0, endsAtMs: this.#now() + this.#options.windowMs };
    tries.count += 1;
    this.#byAddress.set(address, tries);
    if (this.#byAddress.size <= this.#options.maxAddresses) return;
    const [oldest] = this.#byAddress.keys();
    if (oldest !== undefined) this.#byAddress.delete(oldest);
  }

  #current(address: string): Tries | undefined {
    const tries = this.#byAddress.get(address);
    if (tries === undefined || tries.endsAtMs > this.#now()) return tries;
    this.#byAddress.delete(address);
    return undefined;
  }
}
