/** An appliance's HTTP as a source: one range request a span, cut into whole pieces as the bytes come. */
import type { Clock } from '../platform/clock.ts';
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { pieceSpan } from '../protocol/pieces.ts';
import { GRANT_HEADER } from '../protocol/signalling.ts';
import { CdnRefusal, refusalOf } from './cdn-refusal.ts';
import { PieceCutter } from './piece-cutter.ts';
import type { FetchedPiece, FetchOptions, PieceSpan, Source } from './source.ts';

/** No byte for this long, and the stream is given up. The schedule has turned to others long before. */
const STALL_MS = 3_000;

export interface CdnSourceComponents {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
}

export interface CdnSourceOptions {
  /** The appliance's base URL. */
  readonly base: string;
  readonly manifest: Manifest;
  readonly stallMs?: number;
}

/** A Source of unverified pieces; verified-source.ts wraps it. */
export class CdnSource implements Source {
  readonly kind = 'cdn';
  readonly id: string;
  readonly #parts: CdnSourceComponents;
  readonly #manifest: Manifest;
  readonly #url: string;
  readonly #stallMs: number;

  constructor(components: CdnSourceComponents, options: CdnSourceOptions) {
    this.#parts = components;
    this.id = options.base;
    this.#manifest = options.manifest;
    this.#url = `${options.base.replace(/\/+$/, '')}/videos/${options.manifest.contentId}/content`;
    this.#stallMs = options.stallMs ?? STALL_MS;
  }

  async *fetch(span: PieceSpan, options: FetchOptions): AsyncGenerator<FetchedPiece> {
    const stop = new AbortController();
    const abort = (): void => stop.abort(new SwitchError('aborted', 'The request was given up.'));
    if (options.signal.aborted) abort();
    options.signal.addEventListener('abort', abort, { once: true });
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    const cutter = new PieceCutter(this.#manifest, span);
    try {
      reader = await this.#open(span, options.grant, stop);
      options.onProgress?.(0);
      while (!cutter.isDone) {
        const { done, value } = await this.#limited(reader.read(), stop);
        if (done) throw new CdnRefusal('cdn-down', `${this.id} ended the stream too early.`);
        options.onProgress?.(value.length);
        yield* cutter.push(value);
      }
    } catch (error) {
      throw this.#explain(error, stop.signal);
    } finally {
      // One more read sees the end of the body; without it a complete answer is cut, and with it the connection for the next window.
      if (cutter.isDone && reader !== undefined) await this.#limited(reader.read(), stop).catch(() => undefined);
      options.signal.removeEventListener('abort', abort);
      // Whatever is left of the body is not read: without this its connection would stay, and hold the slot. Not waited for,
      // as a connection that hangs may hang in this too.
      stop.abort();
      reader?.cancel().catch(() => undefined);
    }
  }

  async #open(span: PieceSpan, grant: string | undefined, stop: AbortController): Promise<ReadableStreamDefaultReader<Uint8Array>> {
    const first = pieceSpan(this.#manifest, span.first).start;
    const last = pieceSpan(this.#manifest, span.last).end - 1;
    const headers: Record<string, string> = { range: `bytes=${first}-${last}` };
    if (grant !== undefined) headers[GRANT_HEADER] = grant;
    const { fetch } = this.#parts;
    // `no-store`: the browser would else keep, and wait for, a copy of every window in its own cache.
    const response = await this.#limited(fetch(this.#url, { headers, signal: stop.signal, cache: 'no-store' }), stop);
    const isWhole = response.status === 200 && first === 0;
    if ((response.status !== 206 && !isWhole) || response.body === null) throw await this.#limited(refusalOf(response, this.id), stop);
    const problem = misfit(response, { first, last, sizeBytes: this.#manifest.sizeBytes, contentId: this.#manifest.contentId });
    if (problem !== undefined) {
      await response.body.cancel().catch(() => undefined);
      throw new CdnRefusal('cdn-down', `${this.id} answered with ${problem}.`);
    }
    return response.body.getReader();
  }

  /** `promise`, or the end of the stream when that is stopped, or takes longer than the stall limit. */
  async #limited<Value>(promise: Promise<Value>, stop: AbortController): Promise<Value> {
    const stopped = Promise.withResolvers<never>();
    const end = (): void => stopped.reject(stop.signal.reason);
    if (stop.signal.aborted) end();
    stop.signal.addEventListener('abort', end, { once: true });
    const cancel = this.#parts.clock.after(this.#stallMs, () => {
      stop.abort(new SwitchError('timeout', `${this.id} gave no byte for ${this.#stallMs} ms.`));
    });
    try {
      return await Promise.race([promise, stopped.promise]);
    } finally {
      cancel();
      stop.signal.removeEventListener('abort', end);
    }
  }

  /** `fetch` and its reader reject with many kinds of errors; the reason we stopped it for comes first. */
  #explain(error: unknown, stopped: AbortSignal): SwitchError {
    if (stopped.aborted && stopped.reason instanceof SwitchError) return stopped.reason;
    if (error instanceof SwitchError) return error;
    return new CdnRefusal('cdn-down', `${this.id} cannot be reached.`, { cause: error });
  }
}

/** What is wrong with the answer, in words. Headers that a page of another origin may not read are not judged: the hashes are. */
function misfit(
  response: Response, asked: { readonly first: number; readonly last: number; readonly sizeBytes: number; readonly contentId: string },
): string | undefined {
  const etag = response.headers.get('etag');
  if (etag !== null && etag !== `"${asked.contentId}"`) return `another content (ETag ${etag})`;
  const range = response.headers.get('content-range');
  const expected = `bytes ${asked.first}-${asked.last}/${asked.sizeBytes}`;
  if (response.status === 206 && range !== null && range !== expected) return `another range (${range} for ${expected})`;
  return undefined;
}
