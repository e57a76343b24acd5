/**
 * What belongs to one upload request while the tus library handles it: the library decides, and the bytes go past its chain of
 * streams straight from the socket to the file.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { type Lock, type Locker, MemoryLocker } from '@tus/server';

export class UploadContext {
  readonly body: IncomingMessage;
  readonly #stop = new AbortController();
  /** Fires when the request must give way: another one took the upload over, or the appliance stops. */
  readonly signal: AbortSignal;
  /** What the library was told went wrong. */
  error: unknown;

  constructor(body: IncomingMessage, stopping: AbortSignal) {
    this.body = body;
    this.signal = AbortSignal.any([this.#stop.signal, stopping]);
  }

  giveWay(): void {
    this.#stop.abort();
  }
}

export class UploadContexts {
  readonly #storage = new AsyncLocalStorage<UploadContext>();

  run<T>(context: UploadContext, work: () => Promise<T>): Promise<T> {
    return this.#storage.run(context, work);
  }

  current(): UploadContext {
    const context = this.#storage.getStore();
    if (context === undefined) throw new Error('no upload request is being handled');
    return context;
  }
}

/**
 * One request at a time for each upload. Whoever comes later takes over: the earlier one is mostly a connection that died
 * without saying so, and what it brought is on disk already.
 */
export class TakeoverLocker implements Locker {
  readonly #locker = new MemoryLocker();
  readonly #contexts: UploadContexts;

  constructor(components: { readonly contexts: UploadContexts }) {
    this.#contexts = components.contexts;
  }

  newLock(id: string): Lock {
    const lock = this.#locker.newLock(id);
    const context = this.#contexts.current();
    return {
      lock: (signal) => lock.lock(signal, () => context.giveWay()),
      unlock: () => lock.unlock(),
    };
  }
}
