/** What was opened, to be closed in the opposite order, each whatever became of the others. */

/** A part that hangs in its end is left after this, so that there is time for the others, the storage first of all, within the ten
 *  seconds containers are given. */
export const PART_LIMIT_MS = 6_000;

export class Closers {
  readonly #closers: (() => Promise<void> | void)[] = [];
  readonly #limitMs: number;

  constructor({ limitMs = PART_LIMIT_MS }: { readonly limitMs?: number } = {}) {
    this.#limitMs = limitMs;
  }

  add(close: () => Promise<void> | void): void {
    this.#closers.push(close);
  }

  /** @throws AggregateError of what failed or hung, when all had their turn. */
  async closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await within(this.#limitMs, close());
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Some parts of the appliance did not stop cleanly.');
  }
}

/** Settles as `task` does, or rejects after `limitMs`. */
export async function within<T>(limitMs: number, task: Promise<T> | T): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`not done within ${limitMs} ms; left as it is`)), limitMs);
  try {
    return await Promise.race([task, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
