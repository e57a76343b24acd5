/** Runs out when nothing came for too long: a limit on waiting, not on the whole. */
import type { Clock } from '../platform/clock.ts';

export interface PatienceHost {
  /** Whether waiting counts now: nobody waits while paused, or when nothing is wanted. */
  isWaiting(): boolean;
  onOut(limitMs: number): void;
}

export class Patience {
  readonly #clock: Clock;
  readonly #host: PatienceHost;
  readonly #limitMs: number;
  #renewedAtMs: number;
  #cancel: (() => void) | undefined;

  /** `limitMs` 0 never runs out. */
  constructor(components: { readonly clock: Clock; readonly host: PatienceHost }, options: { readonly limitMs: number }) {
    this.#clock = components.clock;
    this.#host = components.host;
    this.#limitMs = options.limitMs;
    this.#renewedAtMs = components.clock.now();
  }

  /** Something came. */
  renew(): void {
    this.#renewedAtMs = this.#clock.now();
  }

  /** Begins, or goes on after `stop`, with all of the limit left. */
  start(): void {
    this.renew();
    if (this.#limitMs > 0) this.#watch();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #watch(): void {
    this.stop();
    if (!this.#host.isWaiting()) this.renew();
    const leftMs = this.#renewedAtMs + this.#limitMs - this.#clock.now();
    if (leftMs <= 0) this.#host.onOut(this.#limitMs);
    else this.#cancel = this.#clock.after(leftMs, () => this.#watch());
  }
}
