/**
 * Takes the body of a request in batches, without copies: while one batch is written and hashed the next one gathers, up to a
 * bound. Ends early when told to stop; what has come until then is still given out, so that nothing received is lost.
 */
import type { Readable } from 'node:stream';
import { stalled } from './problems.ts';

/** Enough to make one write worth its trip through the thread pool, little enough for many uploads at once. */
const BATCH_BYTES = 1024 * 1024;

interface BodyBatchesOptions {
  /** Throws the problem `stalled` when no byte comes for this long. */
  readonly idleMs: number;
  /** Ends the batches as if the body had ended; `stopped` tells. */
  readonly signal: AbortSignal;
}

export class BodyBatches {
  readonly #body: Readable;
  readonly #options: BodyBatchesOptions;
  #chunks: Buffer[] = [];
  #gatheredBytes = 0;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(body: Readable, options: BodyBatchesOptions) {
    this.#body = body;
    this.#options = options;
    body.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
    options.signal.addEventListener('abort', this.#onStop);
    // Events that came before this was made are not repeated.
    if (body.readableEnded) this.#ended = true;
    else if (body.destroyed) this.#onClose();
  }

  get stopped(): boolean {
    return this.#options.signal.aborted;
  }

  /** What has gathered, in order, as soon as there is anything; undefined at the end. Rejects when the body was cut. */
  async next(): Promise<readonly Buffer[] | undefined> {
    while (this.#gatheredBytes === 0) {
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended || this.stopped) return undefined;
      await this.#wait();
    }
    const batch = this.#chunks;
    this.#chunks = [];
    this.#gatheredBytes = 0;
    if (this.#body.isPaused() && !this.stopped) this.#body.resume();
    return batch;
  }

  close(): void {
    this.#body.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    // An error may still come when the connection goes; without a listener it would end the process.
    this.#options.signal.removeEventListener('abort', this.#onStop);
    this.#chunks = [];
    this.#body.pause();
  }

  async #wait(): Promise<void> {
    const idle = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), this.#options.idleMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(false);
      };
    });
    this.#wake = undefined;
    if (idle) throw stalled(this.#options.idleMs);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes >= BATCH_BYTES) this.#body.pause();
    this.#wake?.();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#wake?.();
  };

  readonly #onError = (error: Error): void => {
    this.#error ??= error;
    this.#wake?.();
  };

  readonly #onClose = (): void => {
    if (!this.#ended) this.#error ??= new Error('the connection ended before the body did');
    this.#wake?.();
  };

  readonly #onStop = (): void => {
    this.#body.pause();
    this.#wake?.();
  };
}
