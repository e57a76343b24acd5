/**
 * The one owner of a download's store: writes what came, bounded; reads what is held; tells who waits for a piece. A piece can be
 * read from the moment it is handed over: its bytes are verified, and no reader need wait for the disk.
 */
import { errorCode, SwitchError } from '../protocol/errors.ts';
import type { PieceStore } from '../piece-store/piece-store.ts';
import { RECENT_PIECES_BYTES, RecentPieces } from './recent-pieces.ts';

export interface PieceKeeperEvents {
  onKept(piece: number): void;
  /** The store cannot keep a piece. */
  onFailed(error: SwitchError): void;
}

/** One memory for all keepers of the program, so that its size does not depend on how many downloads are open. */
const recentlyRead = new RecentPieces({ maxBytes: RECENT_PIECES_BYTES });
const recentlyWritten = new RecentPieces({ maxBytes: RECENT_PIECES_BYTES });
let keepers = 0;

export class PieceKeeper {
  readonly #store: PieceStore;
  readonly #events: PieceKeeperEvents;
  readonly #maxUnwrittenBytes: number;
  readonly #owner = String(keepers += 1);
  readonly #writes = new Set<Promise<void>>();
  /** Handed over, and not yet in the store; bounded by who asks for `room`. */
  readonly #unwritten = new Map<number, Uint8Array>();
  /** Several readers of one piece go to the store once. */
  readonly #reading = new Map<number, Promise<Uint8Array>>();
  readonly #waiters = new Map<number, PromiseWithResolvers<void>>();
  #unwrittenBytes = 0;
  #room: PromiseWithResolvers<void> | undefined;
  #failure: SwitchError | undefined;

  constructor(components: { readonly store: PieceStore; readonly events: PieceKeeperEvents }, options: { readonly maxUnwrittenBytes: number }) {
    this.#store = components.store;
    this.#events = components.events;
    this.#maxUnwrittenBytes = options.maxUnwrittenBytes;
  }

  /** Begins to write a verified piece, which can be read from now on. */
  keep(piece: number, bytes: Uint8Array): void {
    this.#unwritten.set(piece, bytes);
    this.#unwrittenBytes += bytes.length;
    const write = this.#write(piece, bytes);
    this.#writes.add(write);
    void write.finally(() => this.#writes.delete(write));
    this.#waiters.get(piece)?.resolve();
    this.#waiters.delete(piece);
  }

  /** Resolves when the store has caught up enough to take more. */
  async room(): Promise<void> {
    if (this.#unwrittenBytes < this.#maxUnwrittenBytes) return;
    this.#room ??= Promise.withResolvers();
    await this.#room.promise;
  }

  /** The bytes of a piece that is held, or was handed over. SwitchError `store-failed`. */
  async read(piece: number): Promise<Uint8Array> {
    const remembered = this.#remembered(piece);
    if (remembered === undefined) return this.#readStored(piece);
    recentlyRead.put(this.#owner, piece, remembered);
    return remembered;
  }

  /** Resolves when the piece can be read. SwitchError `aborted`, or why no piece will come any more. */
  async kept(piece: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#remembered(piece) !== undefined) return;
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
    await Promise.allSettled([...this.#writes, ...this.#reading.values()]);
    recentlyRead.forget(this.#owner);
    recentlyWritten.forget(this.#owner);
    await this.#store.close();
  }

  #remembered(piece: number): Uint8Array | undefined {
    return this.#unwritten.get(piece) ?? recentlyRead.get(this.#owner, piece) ?? recentlyWritten.get(this.#owner, piece);
  }

  #readStored(piece: number): Promise<Uint8Array> {
    const under = this.#reading.get(piece);
    if (under !== undefined) return under;
    const reading = this.#store.read(piece).then((bytes) => {
      recentlyRead.put(this.#owner, piece, bytes);
      return bytes;
    }).finally(() => this.#reading.delete(piece));
    this.#reading.set(piece, reading);
    return reading;
  }

  async #write(piece: number, bytes: Uint8Array): Promise<void> {
    try {
      await this.#store.write(piece, bytes);
      recentlyWritten.put(this.#owner, piece, bytes);
      this.#settle(piece, bytes);
      this.#events.onKept(piece);
    } catch (error) {
      this.#settle(piece, bytes);
      this.#events.onFailed(asStoreFailure(error));
    }
  }

  #settle(piece: number, bytes: Uint8Array): void {
    if (this.#unwritten.get(piece) === bytes) this.#unwritten.delete(piece);
    this.#unwrittenBytes -= bytes.length;
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
