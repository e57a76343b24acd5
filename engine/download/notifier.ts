/** Tells listeners of changes: at once when it matters, else at most every so often. One timer, and none while nothing changes. */
import type { Clock } from '../platform/clock.ts';

const INTERVAL_MS = 100;

export class Notifier<Value> {
  readonly #clock: Clock;
  readonly #read: () => Value;
  readonly #listeners = new Set<(value: Value) => void>();
  #cancel: (() => void) | undefined;

  constructor(components: { readonly clock: Clock; readonly read: () => Value }) {
    this.#clock = components.clock;
    this.#read = components.read;
  }

  subscribe(listener: (value: Value) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  changed(): void {
    if (this.#listeners.size > 0) this.#cancel ??= this.#clock.after(INTERVAL_MS, () => this.tell());
  }

  tell(): void {
    this.close();
    if (this.#listeners.size === 0) return;
    const value = this.#read();
    for (const listener of this.#listeners) listener(value);
  }

  /** Tells nobody any more of what has changed so far. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
