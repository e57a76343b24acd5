/** One of the admin answers, asked again and again while the page is seen. What was answered stays shown while the node is silent. */
import { signal, type ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { ApiError, unreachable } from '../api/api-error.ts';
import { sessionEnded } from '../state/session.ts';

export interface Polled<T> {
  /** null before the first answer. */
  readonly value: ReadonlySignal<T | null>;
  /** Of the last asking; null when it was answered. */
  readonly error: ReadonlySignal<ApiError | null>;
  readonly again: () => void;
}

/** `ask` and `intervalMs` must stay the same while the component lives. 0 asks once. */
export function usePolled<T>(ask: (signal: AbortSignal, before: T | null) => Promise<T>, intervalMs: number, isPaused?: ReadonlySignal<boolean>): Polled<T> {
  const poll = useMemo(() => new Poll(ask, intervalMs, isPaused), [ask, intervalMs, isPaused]);
  useEffect(() => poll.start(), [poll]);
  return poll;
}

class Poll<T> implements Polled<T> {
  readonly value = signal<T | null>(null);
  readonly error = signal<ApiError | null>(null);
  readonly #ask: (signal: AbortSignal, before: T | null) => Promise<T>;
  readonly #intervalMs: number;
  readonly #isPaused: ReadonlySignal<boolean> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | undefined;

  constructor(ask: (signal: AbortSignal, before: T | null) => Promise<T>, intervalMs: number, isPaused: ReadonlySignal<boolean> | undefined) {
    this.#ask = ask;
    this.#intervalMs = intervalMs;
    this.#isPaused = isPaused;
  }

  /** Returns what ends it. */
  start(): () => void {
    const onSeen = (): void => {
      clearTimeout(this.#timer);
      if (!document.hidden) void this.#once();
    };
    document.addEventListener('visibilitychange', onSeen);
    void this.#once();
    return () => {
      document.removeEventListener('visibilitychange', onSeen);
      clearTimeout(this.#timer);
      this.#asking?.abort();
    };
  }

  readonly again = (): void => void this.#once();

  async #once(): Promise<void> {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const controller = new AbortController();
    this.#asking = controller;
    try {
      const answer = this.#isPaused?.peek() === true && this.value.peek() !== null ? this.value.peek() : await this.#ask(controller.signal, this.value.peek());
      if (controller.signal.aborted) return;
      this.value.value = answer;
      this.error.value = null;
    } catch (error) {
      if (controller.signal.aborted) return;
      this.error.value = error instanceof ApiError ? error : unreachable(error);
      if (error instanceof ApiError && error.status === 401) {
        sessionEnded();
        return;
      }
    }
    if (this.#intervalMs > 0 && !document.hidden) this.#timer = setTimeout(() => void this.#once(), this.#intervalMs);
  }
}
