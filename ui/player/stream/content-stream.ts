/** A download, or a part of it, as a plain ReadableStream: for whoever saves, hashes, counts or plays bytes by their own means. */
import { SwitchError, type Download } from '../../../engine/index.ts';

/** One window of the CDN: enough to keep every source busy while the reader works on a chunk. */
const DEFAULT_READ_AHEAD_BYTES = 16 * 1024 * 1024;

/** A hash or a disk takes bytes as fast as they come: what matters is their order, one piece due soon after the other. */
const READER_BYTES_PER_SECOND = 8 * 1024 * 1024;

/** What is read ahead is wanted soon, and not before what somebody already waits for. */
const AHEAD_DUE_IN_MS = 1_000;

/** What {@link contentStream} reads from: an engine's {@link Download} fits. */
export type StreamedDownload = Pick<Download, 'manifest' | 'read' | 'readAhead'>;

/** Which bytes {@link contentStream} gives, and how it asks for them. */
export interface ContentStreamOptions {
  /** First byte. Default 0. */
  readonly start?: number;
  /** After the last byte. Default: the end of the content. */
  readonly end?: number;
  /** Aborting it ends the stream with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * How far beyond the reader the engine is told to fetch (`Download.readAhead`). Default 16 MiB. 0 tells it nothing: for a download
   * that a player shares, whose own read-ahead then stays as it is.
   */
  readonly readAheadBytes?: number;
}

/**
 * The verified bytes `start` to `end` in order, in chunks of at most one piece (256 KiB mostly), each read when the reader asks for
 * it: a slow reader slows the download of what it alone wants. Cancelling the stream, or aborting `signal`, gives up what is being
 * fetched for it; the download itself stays open. Throws SwitchError `bad-range`; the stream fails with what `Download.read` throws.
 */
export function contentStream(download: StreamedDownload, options: ContentStreamOptions = {}): ReadableStream<Uint8Array> {
  const { sizeBytes } = download.manifest;
  const { start = 0, end = sizeBytes, signal } = options;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start > end || end > sizeBytes) {
    throw new SwitchError('bad-range', `There are no bytes ${start} to ${end} in ${download.manifest.name}, which has ${sizeBytes}.`);
  }
  const source = new ContentSource(download, { start, end, signal, readAheadBytes: options.readAheadBytes ?? DEFAULT_READ_AHEAD_BYTES });
  // Nothing is queued here: what is ahead of the reader waits in the download's store, verified.
  return new ReadableStream(source, { highWaterMark: 0 });
}

interface ContentSourceOptions {
  readonly start: number;
  readonly end: number;
  readonly signal: AbortSignal | undefined;
  readonly readAheadBytes: number;
}

class ContentSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #download: StreamedDownload;
  readonly #options: ContentSourceOptions;
  readonly #stop = new AbortController();
  #position: number;
  #onAbort: (() => void) | undefined;

  constructor(download: StreamedDownload, options: ContentSourceOptions) {
    this.#download = download;
    this.#options = options;
    this.#position = options.start;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { start, end, signal } = this.#options;
    if (signal?.aborted === true) return controller.error(signal.reason);
    if (start === end) return controller.close();
    this.#onAbort = () => {
      controller.error(signal?.reason);
      this.#give(signal?.reason);
    };
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const { end } = this.#options;
    const { pieceLengthBytes } = this.#download.manifest;
    const chunkEnd = Math.min(end, (Math.floor(this.#position / pieceLengthBytes) + 1) * pieceLengthBytes);
    try {
      this.#tellAhead(chunkEnd);
      const bytes = await this.#download.read(this.#position, chunkEnd, { signal: this.#stop.signal });
      if (this.#stop.signal.aborted) return;
      this.#position = chunkEnd;
      controller.enqueue(bytes);
      if (chunkEnd < end) return;
      controller.close();
      this.#give(undefined);
    } catch (error) {
      // Whoever stopped the stream has been told already.
      if (this.#stop.signal.aborted) return;
      this.#give(error);
      throw error;
    }
  }

  cancel(reason: unknown): void {
    this.#give(reason);
  }

  #tellAhead(from: number): void {
    const { end, readAheadBytes } = this.#options;
    if (readAheadBytes === 0) return;
    const until = Math.min(end, from + readAheadBytes);
    this.#download.readAhead(from < until ? [{ start: from, end: until, dueInMs: AHEAD_DUE_IN_MS, bytesPerSecond: READER_BYTES_PER_SECOND }] : []);
  }

  /** Nothing more is read; once. */
  #give(reason: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort(reason);
    if (this.#onAbort !== undefined) this.#options.signal?.removeEventListener('abort', this.#onAbort);
    if (this.#options.readAheadBytes > 0) this.#download.readAhead([]);
  }
}
