/** The one owner of a download's store: writes what came, bounded; reads what is held; tells who waits for a piece. */
import { errorCode, SwitchError } from '../protocol/errors.ts';
import type { PieceStore } from '../piece-store/piece-store.ts';

export interface PieceKeeperEvents {
  onKept(piece: number): void;
  /** The store cannot keep a piece. */
  onFailed(error: SwitchError): void;
}

export class PieceKeeper {
  readonly #store: PieceStore;
  readonly #events: PieceKeeperEvents;
  readonly #maxUnwrittenBytes: number;
  readonly #writes = new Set<Promise<void>>();
  readonly #waiters = new Map<number, PromiseWithResolvers<void>>();
  #unwrittenBytes = 0;
  #room: PromiseWithResolvers<void> | undefined;
  #failure: SwitchError | undefined;

  constructor(components: { readonly store: PieceStore; readonly events: PieceKeeperEvents }, options: { readonly maxUnwrittenBytes: number }) {
    this.#store = components.store;
    this.#events = components.events;
    this.#maxUnwrittenBytes = options.maxUnwrittenBytes;
  }

  /** Begins to write a verified piece. */
  keep(piece: number, bytes: Uint8Array): void {
    this.#unwrittenBytes += bytes.length;
    const write = this.#write(piece, bytes);
    this.#writes.add(write);
    void write.finally(() => this.#writes.delete(write));
  }

  /** Resolves when the store has caught up enough to take more. */
  async room(): Promise<void> {
    if (this.#unwrittenBytes < this.#maxUnwrittenBytes) return;
    this.#room ??= Promise.withResolvers();
    await this.#room.promise;
  }

  /** SwitchError `store-failed`. */
  read(piece: number): Promise<Uint8Array> {
    return this.#store.read(piece);
  }

  /** Resolves when the piece was kept. SwitchError `aborted`, or why no piece will come any more. */
  async kept(piece: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const waiter = this.#waiters.get(piece) ?? Promise.withResolvers<void>();
    this.#waiters.set(piece, waiter);
    const given = Promise.withResolvers<never>();
    const abort = (): void => given.reject(new SwitchError('aborted', 'Reading was given up.'));
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([waiter.promise, given.promise]);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async complete(): Promise<void> {
    await this.#store.complete();
  }

  /** Those who wait for pieces are told `error`, now and from now on. */
  fail(error: SwitchError): void {
    this.#failure ??= error;
    for (const waiter of this.#waiters.values()) waiter.reject(error);
    this.#waiters.clear();
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** Lets writes end, then closes the store. */
  async close(): Promise<void> {
    this.fail(new SwitchError('closed', 'The download has been closed.'));
    await Promise.allSettled(this.#writes);
    await this.#store.close();
  }

  async #write(piece: number, bytes: Uint8Array): Promise<void> {
    try {
      await this.#store.write(piece, bytes);
      this.#settle(bytes.length);
      this.#events.onKept(piece);
      this.#waiters.get(piece)?.resolve();
      this.#waiters.delete(piece);
    } catch (error) {
      this.#settle(bytes.length);
      this.#events.onFailed(asStoreFailure(error));
    }
  }

  #settle(bytes: number): void {
    this.#unwrittenBytes -= bytes;
    if (this.#unwrittenBytes >= this.#maxUnwrittenBytes) return;
    this.#room?.resolve();
    this.#room = undefined;
  }
}

export function asStoreFailure(error: unknown): SwitchError {
  if (error instanceof SwitchError && errorCode(error) === 'store-failed') return error;
  const why = error instanceof Error ? error.message : String(error);
  return new SwitchError('store-failed', `The pieces cannot be kept: ${why}`, { cause: error });
}
