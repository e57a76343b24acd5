/** Who wants to know of changes, told a few times a second at most, and of the last change always. */
import { TELL_EVERY_MS } from './limits.ts';

export class Listeners<T> {
  readonly #read: () => T;
  readonly #listeners = new Set<(value: T) => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor({ read }: { readonly read: () => T }) {
    this.#read = read;
  }

  /** Returns the unsubscriber. */
  add(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }

  changed(): void {
    if (this.#timer !== undefined || this.#listeners.size === 0) return;
    const waitMs = Math.max(0, this.#toldAtMs + TELL_EVERY_MS - performance.now());
    this.#timer = setTimeout(() => this.#tell(), waitMs);
  }

  /** Tells what changed last, and nobody any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#tell();
    this.#listeners.clear();
  }

  #tell(): void {
    this.#timer = undefined;
    this.#toldAtMs = performance.now();
    if (this.#listeners.size === 0) return;
    const value = this.#read();
    for (const listener of this.#listeners) listener(value);
  }
}
