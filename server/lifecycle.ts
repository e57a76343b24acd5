/** Whether the appliance is going away, and what is still open meanwhile. One for each appliance. */
import { ProblemError } from './problem.ts';

/** Long enough for a restart of a container; clients with jitter come back after it. */
const RETRY_AFTER_SECONDS = 5;

export class Lifecycle {
  readonly #drain = new AbortController();
  readonly #open = new Set<symbol>();
  readonly #emptied = new Set<() => void>();

  get draining(): boolean {
    return this.#drain.signal.aborted;
  }

  /** Fires when the drain begins. */
  get drain(): AbortSignal {
    return this.#drain.signal;
  }

  beginDrain(): void {
    this.#drain.abort();
  }

  /** Throws the problem `shutting-down` once draining: for what would open something long. */
  refuseWhenDraining(): void {
    if (!this.draining) return;
    throw new ProblemError({
      type: 'shutting-down', status: 503, title: 'The appliance is shutting down',
      detail: 'This appliance is stopping or restarting and takes nothing new. Try again in a few seconds.',
      headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    });
  }

  /** Something that a drain waits for. Call the answer when it ended; more calls do nothing. */
  enter(): () => void {
    const entry = Symbol('open');
    this.#open.add(entry);
    return () => {
      if (!this.#open.delete(entry) || this.#open.size > 0) return;
      for (const tell of this.#emptied) tell();
    };
  }

  /** Resolves when nothing is open, or after `timeoutMs`, or when `signal` fires; never rejects. True when nothing is open. */
  async settled(timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.#open.size === 0 || signal?.aborted === true) return this.#open.size === 0;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        this.#emptied.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      signal?.addEventListener('abort', done);
      this.#emptied.add(done);
    });
    return this.#open.size === 0;
  }
}
