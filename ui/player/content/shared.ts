/** Things that several users share: made for the first, closed after the last, and never two of one key at the same time. */

/** A use of a shared thing. */
export interface Use<T> {
  readonly value: T;
  /** May be called again without harm. Resolves when the thing is closed, or others go on using it. */
  release(): Promise<void>;
}

interface Making<T> {
  /** The signal is aborted when nobody waits for it any more. */
  make(key: string, signal: AbortSignal): Promise<T>;
  close(value: T): Promise<void>;
}

interface Entry<T> {
  readonly value: Promise<T>;
  readonly unwanted: AbortController;
  users: number;
}

export class Shared<T> {
  readonly #making: Making<T>;
  readonly #entries = new Map<string, Entry<T>>();
  /** What is being closed; a thing of the same key is made after it. */
  readonly #closing = new Map<string, Promise<void>>();

  constructor(making: Making<T>) {
    this.#making = making;
  }

  /** Throws what making it threw, and the signal's reason; the next try makes it anew. */
  async use(key: string, signal?: AbortSignal): Promise<Use<T>> {
    signal?.throwIfAborted();
    const entry = this.#entries.get(key) ?? this.#enter(key);
    entry.users += 1;
    let released: Promise<void> | undefined;
    const release = (): Promise<void> => (released ??= this.#release(key, entry));
    try {
      return { value: await orAborted(entry.value, signal), release };
    } catch (error) {
      await release();
      throw error;
    }
  }

  #enter(key: string): Entry<T> {
    const unwanted = new AbortController();
    const before = this.#closing.get(key) ?? Promise.resolve();
    const value = before.then(() => {
      unwanted.signal.throwIfAborted();
      return this.#making.make(key, unwanted.signal);
    });
    const entry = { value, unwanted, users: 0 };
    this.#entries.set(key, entry);
    return entry;
  }

  async #release(key: string, entry: Entry<T>): Promise<void> {
    entry.users -= 1;
    if (entry.users > 0) return;
    this.#entries.delete(key);
    entry.unwanted.abort();
    const closed = entry.value.then((value) => this.#making.close(value), () => undefined);
    this.#closing.set(key, closed);
    try {
      await closed;
    } finally {
      if (this.#closing.get(key) === closed) this.#closing.delete(key);
    }
  }
}

function orAborted<T>(value: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return value;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
