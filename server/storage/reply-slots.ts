/**
 * How many replies with chunks are under way at once, of all reads together: what bounds their memory, however many read. A reply is
 * held twice while it comes in, in the pieces that the socket gave and joined.
 */
import { StorageError } from './storage-error.ts';

interface Waiting {
  readonly start: () => void;
}

export class ReplySlots {
  readonly #waitLimitMs: number;
  /** Bounded by the reads there are, of which each waits for two. */
  readonly #waiting = new Set<Waiting>();
  #free: number;

  constructor({ slots, waitLimitMs }: { readonly slots: number; readonly waitLimitMs: number }) {
    this.#free = slots;
    this.#waitLimitMs = waitLimitMs;
  }

  /** Runs `task` when there is a slot, in the order of asking. @throws StorageError `unavailable` when none comes free in time, or the signal's reason. */
  async use<Result>(task: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    try {
      return await task();
    } finally {
      this.#pass();
    }
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const turn = Promise.withResolvers<void>();
    const waiting: Waiting = { start: turn.resolve };
    this.#waiting.add(waiting);
    // Out of the row in the same moment: a slot that is passed to who has left is lost.
    const leave = (why: unknown): void => {
      this.#waiting.delete(waiting);
      turn.reject(why);
    };
    const abort = (): void => leave(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const limit = setTimeout(() => leave(busy()), this.#waitLimitMs);
    try {
      await turn.promise;
    } finally {
      clearTimeout(limit);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** On to whoever waits longest. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next.start();
  }
}

function busy(): StorageError {
  return new StorageError('unavailable', 'The database is slower than its readers: a part of a video waited too long for its turn. Try again.');
}
