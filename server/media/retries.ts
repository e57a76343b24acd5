/** What failed and may pass, and when to try it again: later each time. */

const MAX_WAIT_MS = 6 * 3_600_000;
/** Others are forgotten first and so tried sooner, which does no harm. */
const MAX_KNOWN = 1_000;

interface Retry {
  readonly atMs: number;
  readonly failures: number;
}

export class Retries {
  readonly #firstMs: number;
  readonly #known = new Map<string, Retry>();

  constructor({ firstMs }: { readonly firstMs: number }) {
    this.#firstMs = firstMs;
  }

  get size(): number {
    return this.#known.size;
  }

  isDue(key: string): boolean {
    const retry = this.#known.get(key);
    return retry === undefined || retry.atMs <= performance.now();
  }

  /** @returns how often it failed. */
  failed(key: string): number {
    const failures = (this.#known.get(key)?.failures ?? 0) + 1;
    this.#set(key, { atMs: performance.now() + Math.min(MAX_WAIT_MS, this.#firstMs * 2 ** (failures - 1)), failures });
    return failures;
  }

  /** Not a failure: somebody else is at it. */
  later(key: string, afterMs: number): void {
    this.#set(key, { atMs: performance.now() + afterMs, failures: this.#known.get(key)?.failures ?? 0 });
  }

  forget(key: string): void {
    this.#known.delete(key);
  }

  /** Until the first is due; Infinity when there is none. */
  nextInMs(): number {
    let atMs = Infinity;
    for (const retry of this.#known.values()) atMs = Math.min(atMs, retry.atMs);
    return Math.max(0, atMs - performance.now());
  }

  #set(key: string, retry: Retry): void {
    this.#known.delete(key);
    this.#known.set(key, retry);
    const oldest = this.#known.keys().next();
    if (this.#known.size > MAX_KNOWN && oldest.done !== true) this.#known.delete(oldest.value);
  }
}
