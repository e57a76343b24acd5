/**
 * One SourceBuffer, and what is done to it: one operation after the other, as W3C Media Source Extensions wants it. What was given up
 * before its turn is not done; what has begun is waited for.
 */
import { OPERATION_LIMIT_MS } from './limits.ts';
import { type Span, spansOf } from './spans.ts';

export interface TrackBufferOptions {
  /** What it was made with. */
  readonly mimeType: string;
}

/** The browser refused, or let go of the buffer; the <video>'s own error, which comes with it, knows more. */
export class BufferError extends Error {
  override readonly name = 'BufferError';
  readonly code = 'buffer-failed';
}

export class TrackBuffer {
  readonly #buffer: SourceBuffer;
  #mimeType: string;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(components: { readonly buffer: SourceBuffer }, { mimeType }: TrackBufferOptions) {
    this.#buffer = components.buffer;
    this.#mimeType = mimeType;
  }

  get mimeType(): string {
    return this.#mimeType;
  }

  /** Nothing once the media source let go of it. */
  spans(): Span[] {
    try {
      return spansOf(this.#buffer.buffered);
    } catch {
      return [];
    }
  }

  /** Rejects with a DOMException `QuotaExceededError` when there is no room: see {@link isFull}. */
  append(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#do(signal, () => this.#buffer.appendBuffer(bytes as Uint8Array<ArrayBuffer>));
  }

  /** Where the next fragment begins, for formats whose fragments do not know it; undefined: they know. */
  place(startSeconds: number | undefined, signal: AbortSignal): Promise<void> {
    return this.#do(signal, () => {
      if (startSeconds === undefined && this.#buffer.timestampOffset === 0 && this.#buffer.mode === 'segments') return;
      this.#buffer.abort();
      // A buffer that was of the other kind keeps the other mode.
      if (startSeconds === undefined) this.#buffer.mode = 'segments';
      this.#buffer.timestampOffset = startSeconds ?? 0;
    });
  }

  remove(startSeconds: number, endSeconds: number, signal: AbortSignal): Promise<void> {
    return this.#do(signal, () => {
      if (endSeconds > startSeconds) this.#buffer.remove(startSeconds, endSeconds);
    });
  }

  changeType(mimeType: string, signal: AbortSignal): Promise<void> {
    return this.#do(signal, () => {
      this.#buffer.changeType(mimeType);
      this.#mimeType = mimeType;
    });
  }

  /** Resolves when everything asked for so far is done, well or not. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  #do(signal: AbortSignal, operation: () => void): Promise<void> {
    const done = this.#turn(this.#tail, signal, operation);
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async #turn(before: Promise<unknown>, signal: AbortSignal, operation: () => void): Promise<void> {
    await before;
    signal.throwIfAborted();
    try {
      operation();
    } catch (cause) {
      throw isFull(cause) ? cause : new BufferError('The browser refused what it was given to play.', { cause });
    }
    if (this.#buffer.updating) await this.#updated();
  }

  #updated(): Promise<void> {
    const listening = new AbortController();
    return new Promise<void>((resolve, reject) => {
      const { signal } = listening;
      const timer = setTimeout(() => reject(new BufferError('The browser did not take what it was given to play.')), OPERATION_LIMIT_MS);
      signal.addEventListener('abort', () => clearTimeout(timer));
      this.#buffer.addEventListener('updateend', () => resolve(), { signal });
      this.#buffer.addEventListener('error', () => reject(new BufferError('The browser cannot read a part of this video.')), { signal });
    }).finally(() => listening.abort());
  }
}

export function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}
