/**
 * Writes bytes to an HTTP response, no faster than its reader takes them. A plain loop with `drain`, without Readable
 * streams in between: a piece goes from the cache to the socket in one write.
 */
import type { ServerResponse } from 'node:http';
import type { Pacer } from './pacer.ts';

export type SendEnd = 'sent' | 'cut' | 'stalled';

export interface SendOptions {
  /** A reader that takes no byte for this long is cut off. */
  readonly idleTimeoutMs: number;
  readonly pacer?: Pacer | undefined;
  /** Called with what nobody looks at any more. Not for what a connection that broke may still hold. */
  readonly onSent: (chunk: Uint8Array) => void;
  /** Called with what was handed to the connection. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Handed to the connection before its reader is waited for, so that neighbouring pieces from memory go to the system in one call. With
 * a pacer nothing is, or a reader who takes little would have spent what is the others'.
 */
const AHEAD_BYTES = 1024 * 1024;

/**
 * Sends all of `chunks` after the head was written, and ends the response. Resolves when the last byte was handed to the
 * system, or the connection ended (`cut`) or was ended for standing still (`stalled`). Rejects with what `chunks` throws; the
 * response is then destroyed, so that no reader takes it for whole. `abort` is fired as soon as nobody reads any more.
 */
export async function sendBytes(response: ServerResponse, chunks: AsyncIterator<Uint8Array>, first: IteratorResult<Uint8Array>,
  abort: AbortController, options: SendOptions): Promise<SendEnd> {
  const reader = new Reader(response, abort, options.idleTimeoutMs);
  try {
    for (let next = first; next.done !== true; next = await chunks.next()) {
      if (!(await writeChunk(response, reader, next.value, abort.signal, options))) return reader.end;
    }
    response.end();
    await reader.finished();
    return reader.end;
  } catch (error) {
    if (abort.signal.aborted) return reader.end;
    response.destroy();
    throw error;
  } finally {
    reader.close();
    await chunks.return?.();
  }
}

/** False when nobody reads any more. */
async function writeChunk(response: ServerResponse, reader: Reader, chunk: Uint8Array, signal: AbortSignal, options: SendOptions): Promise<boolean> {
  const portionBytes = options.pacer?.portionBytes ?? chunk.length;
  const aheadBytes = options.pacer === undefined ? AHEAD_BYTES : 0;
  for (let offset = 0; offset < chunk.length; offset += portionBytes) {
    const portion = portionBytes >= chunk.length ? chunk : chunk.subarray(offset, offset + portionBytes);
    if (options.pacer !== undefined) await options.pacer.take(portion.length, signal);
    if (reader.gone) return false;
    options.onBytes(portion.length);
    const isLast = offset + portionBytes >= chunk.length;
    if (!response.write(portion, isLast ? (error) => { if (!error) options.onSent(chunk); } : undefined) && response.writableLength >= aheadBytes) await reader.drained();
    if (reader.gone) return false;
  }
  return true;
}

/** The far end of one response: whether it still takes bytes. */
class Reader {
  readonly #response: ServerResponse;
  readonly #abort: AbortController;
  #end: SendEnd = 'cut';
  #waiting: (() => void) | undefined;

  constructor(response: ServerResponse, abort: AbortController, idleTimeoutMs: number) {
    this.#response = response;
    this.#abort = abort;
    response.on('drain', this.#wake).on('finish', this.#onFinish).on('close', this.#onClose).on('timeout', this.#onTimeout);
    // The socket's own timer looks at what the system still has queued, so a reader that takes bytes slowly is not cut.
    response.setTimeout(idleTimeoutMs);
    if (response.destroyed) this.#onClose();
  }

  get gone(): boolean {
    return this.#response.destroyed || this.#abort.signal.aborted;
  }

  get end(): SendEnd {
    return this.#end;
  }

  async drained(): Promise<void> {
    if (this.gone || !this.#response.writableNeedDrain) return;
    await new Promise<void>((resolve) => { this.#waiting = resolve; });
  }

  async finished(): Promise<void> {
    if (this.gone || this.#response.writableFinished) return;
    await new Promise<void>((resolve) => { this.#waiting = resolve; });
  }

  close(): void {
    this.#response.off('drain', this.#wake).off('finish', this.#onFinish).off('close', this.#onClose).off('timeout', this.#onTimeout);
    this.#response.setTimeout(0);
  }

  readonly #wake = (): void => {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  };

  readonly #onFinish = (): void => {
    this.#end = 'sent';
    this.#wake();
  };

  readonly #onClose = (): void => {
    if (!this.#response.writableFinished) this.#abort.abort();
    this.#wake();
  };

  /** Only a reader that we wait for has stalled; while we wait for storage or for our own bound, the fault is ours. */
  readonly #onTimeout = (): void => {
    if (this.#waiting === undefined) return;
    this.#end = 'stalled';
    this.#abort.abort();
    this.#response.destroy();
    this.#wake();
  };
}
