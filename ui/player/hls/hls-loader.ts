/** hls.js's Loader over a virtual presentation. What is not ours goes to hls.js's own loader. */
import type { HlsConfig, Loader, LoaderCallbacks, LoaderConfiguration, LoaderContext, LoaderStats } from 'hls.js';
import type { Chunk, VirtualHls } from './virtual-hls.ts';

/** The class for `new Hls({ loader })`. */
export type HlsLoaderClass = new (config: HlsConfig) => Loader<LoaderContext>;

export interface HlsLoaderClassOptions {
  /** Addresses of the presentation begin with it. */
  readonly base: string;
  readonly defaultLoader: HlsLoaderClass;
}

export function hlsLoaderClass(hls: VirtualHls, options: HlsLoaderClassOptions): HlsLoaderClass {
  return class extends VirtualLoader {
    constructor(config: HlsConfig) {
      super(hls, options, config);
    }
  };
}

/** What {@link LoaderContext} has besides for a segment: hls.js gives the fragment it will put the bytes into. */
interface WithFragment {
  readonly frag?: { setStart(seconds: number): void };
}

class VirtualLoader implements Loader<LoaderContext> {
  context: LoaderContext | null = null;
  stats: LoaderStats = freshStats();
  readonly #hls: VirtualHls;
  readonly #options: HlsLoaderClassOptions;
  readonly #config: HlsConfig;
  readonly #stop = new AbortController();
  #other: Loader<LoaderContext> | undefined;
  #callbacks: LoaderCallbacks<LoaderContext> | undefined;

  constructor(hls: VirtualHls, options: HlsLoaderClassOptions, config: HlsConfig) {
    this.#hls = hls;
    this.#options = options;
    this.#config = config;
  }

  load(context: LoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<LoaderContext>): void {
    this.context = context;
    if (context.url.startsWith(this.#options.base)) {
      this.#callbacks = callbacks;
      this.stats.loading.start = performance.now();
      void this.#answer(context, callbacks);
      return;
    }
    this.#other = new this.#options.defaultLoader(this.#config);
    // hls.js has taken these as the fragment's own already.
    this.#other.stats = this.stats;
    this.#other.load(context, config, callbacks);
  }

  abort(): void {
    if (this.#other !== undefined) return this.#other.abort();
    if (this.#isOver) return;
    this.stats.aborted = true;
    this.#stop.abort();
    if (this.context !== null) this.#callbacks?.onAbort?.(this.stats, this.context, null);
  }

  destroy(): void {
    const other = this.#other;
    // It may tell of its end, upon which hls.js destroys us again.
    this.#other = undefined;
    this.#callbacks = undefined;
    if (other === undefined) this.abort();
    else other.destroy();
    this.context = null;
  }

  getCacheAge(): number | null {
    return this.#other?.getCacheAge?.() ?? null;
  }

  getResponseHeader(name: string): string | null {
    return this.#other?.getResponseHeader?.(name) ?? null;
  }

  get #isOver(): boolean {
    return this.#stop.signal.aborted || this.stats.loading.end > 0;
  }

  /** Never rejects. */
  async #answer(context: LoaderContext, callbacks: LoaderCallbacks<LoaderContext>): Promise<void> {
    // Answered within the call, hls.js stays stopped: it notes the request only after it was made.
    await new Promise((resolve) => { setTimeout(resolve, 0); });
    if (this.#isOver) return;
    try {
      const name = context.url.slice(this.#options.base.length);
      const data = this.#text(name) ?? await this.#bytes(name, context, callbacks);
      if (this.#isOver) return;
      this.stats.loading.end = Math.max(performance.now(), this.stats.loading.first);
      if (data === undefined) callbacks.onError({ code: 404, text: `There is no ${name}.` }, context, null, this.stats);
      else callbacks.onSuccess({ url: context.url, data, code: 200 }, this.stats, context, null);
    } catch (error) {
      if (this.#isOver) return;
      this.stats.loading.end = performance.now();
      callbacks.onError({ code: 0, text: error instanceof Error ? error.message : String(error) }, context, null, this.stats);
    }
  }

  #text(name: string): string | undefined {
    const text = this.#hls.text(name);
    if (text !== undefined) this.#count(text.length);
    return text;
  }

  async #bytes(name: string, context: LoaderContext, callbacks: LoaderCallbacks<LoaderContext>): Promise<ArrayBuffer | undefined> {
    const made = this.#hls.chunks(name, this.#stop.signal);
    if (made === undefined) return undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of made) {
      if (this.#stop.signal.aborted) return undefined;
      if (this.stats.chunkCount === 0) tellTrueStart(context, chunk);
      this.#count(chunk.bytes.length);
      this.stats.chunkCount += 1;
      // With `progressive: true` hls.js takes the parts as they come, and nothing at the end.
      if (callbacks.onProgress === undefined) chunks.push(chunk.bytes);
      else callbacks.onProgress(this.stats, context, joined([chunk.bytes]), null);
    }
    this.stats.total = this.stats.loaded;
    return joined(chunks);
  }

  #count(bytes: number): void {
    if (this.stats.loading.first === 0) this.stats.loading.first = Math.max(performance.now(), this.stats.loading.start);
    this.stats.loaded += bytes;
    this.stats.total = Math.max(this.stats.total, this.stats.loaded);
  }
}

/**
 * hls.js takes the first segment that it loads to begin where the playlist says, and moves the whole timeline by the difference.
 * Where the playlist could only say it roughly, the segment is told the truth first.
 */
function tellTrueStart(context: LoaderContext, { startSeconds }: Chunk): void {
  if (startSeconds !== null) (context as WithFragment).frag?.setStart(startSeconds);
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.buffer;
}

function freshStats(): LoaderStats {
  return {
    aborted: false, loaded: 0, retry: 0, total: 0, chunkCount: 0, bwEstimate: 0,
    loading: { start: 0, first: 0, end: 0 }, parsing: { start: 0, end: 0 }, buffering: { start: 0, first: 0, end: 0 },
  };
}
