/** A manifest out of one peer's parts, checked against the content id before anybody sees it. */
import { SwitchError, type SwitchErrorCode } from '../protocol/errors.ts';
import { MAX_PIECES } from '../protocol/limits.ts';
import { decodeManifest } from '../protocol/manifest-codec.ts';
import type { Manifest } from '../protocol/manifest.ts';

/** The hashes of the most pieces there can be, and room for the rest: bounds what is held before it can be checked. */
const MAX_MANIFEST_BYTES = MAX_PIECES * 32 + 256 * 1024;

export class ManifestFetch {
  readonly #contentId: string;
  readonly #stallMs: number;
  readonly #send: () => void;
  #waiters: PromiseWithResolvers<Manifest> | undefined;
  #buffer: Uint8Array | undefined;
  #received = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `send` asks the peer. */
  constructor(send: () => void, options: { readonly contentId: string; readonly stallMs: number }) {
    this.#send = send;
    this.#contentId = options.contentId;
    this.#stallMs = options.stallMs;
  }

  /** One question for all who ask meanwhile. SwitchError `aborted`, `timeout`, `bad-manifest`, `bad-message` (it has none). */
  async request(signal: AbortSignal): Promise<Manifest> {
    if (signal.aborted) throw new SwitchError('aborted', 'The request for the manifest was given up.');
    const asked = this.#waiters ?? this.#ask();
    const { promise, reject } = Promise.withResolvers<never>();
    const abort = (): void => reject(new SwitchError('aborted', 'The request for the manifest was given up.'));
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([asked.promise, promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** A part; parts come in order. SwitchError `bad-message` when it fits nothing that was asked for. */
  onPart(totalBytes: number, offset: number, bytes: Uint8Array): void {
    if (this.#waiters === undefined) return;
    if (totalBytes === 0) return this.#end('bad-message', 'The peer has no manifest yet.');
    if (totalBytes > MAX_MANIFEST_BYTES) throw new SwitchError('bad-message', `A manifest of ${totalBytes} bytes is too large.`);
    this.#buffer ??= new Uint8Array(totalBytes);
    if (totalBytes !== this.#buffer.length || offset !== this.#received || bytes.length === 0 || offset + bytes.length > totalBytes) {
      throw new SwitchError('bad-message', 'The parts of the manifest do not fit together.');
    }
    this.#buffer.set(bytes, offset);
    this.#received += bytes.length;
    this.#watch();
    if (this.#received === totalBytes) this.#finish(this.#buffer);
  }

  close(code: SwitchErrorCode, message: string): void {
    this.#end(code, message);
  }

  #ask(): PromiseWithResolvers<Manifest> {
    const waiters = Promise.withResolvers<Manifest>();
    // Whoever asked may have given up meanwhile; then nobody is left to be told.
    waiters.promise.catch(() => undefined);
    this.#waiters = waiters;
    this.#watch();
    this.#send();
    return waiters;
  }

  #finish(bytes: Uint8Array): void {
    try {
      const manifest = decodeManifest(bytes);
      if (manifest.contentId !== this.#contentId) throw new SwitchError('bad-manifest', 'The peer sent the manifest of another content.');
      this.#waiters?.resolve(manifest);
      this.#reset();
    } catch (error) {
      const message = error instanceof SwitchError ? error.message : 'The manifest could not be read.';
      this.#end('bad-manifest', message);
      throw new SwitchError('bad-message', message, { cause: error });
    }
  }

  #end(code: SwitchErrorCode, message: string): void {
    this.#waiters?.reject(new SwitchError(code, message));
    this.#reset();
  }

  #reset(): void {
    clearTimeout(this.#timer);
    this.#waiters = undefined;
    this.#buffer = undefined;
    this.#received = 0;
  }

  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end('timeout', `The peer sent no manifest for ${this.#stallMs} ms.`), this.#stallMs);
  }
}
