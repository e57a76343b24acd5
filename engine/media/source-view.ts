/**
 * One demuxer's sight of the file. mediabunny knows no AbortSignal and no names for its reads, so each demuxer has a source of
 * its own: what is read through it belongs to whoever uses the demuxer at that moment, and ends with their signal.
 */
import { CustomSource } from 'mediabunny';
import type { UnitSource } from './unit-reader.ts';

const STREAM_CACHE_BYTES = 1024 * 1024;

export interface SourceViewOptions {
  /** Where the file begins, for this sight of it. */
  readonly base?: number;
  /** Frames lie in packets or behind headers one after the other, without an index. */
  readonly isStream?: boolean;
}

export class SourceView {
  readonly source: CustomSource;
  signal: AbortSignal;
  /** Called when bytes are not at hand. */
  onWait: (() => void) | undefined;
  #lastEnd = 0;
  #reads = 0;

  constructor(units: UnitSource, signal: AbortSignal, { base = 0, isStream = false }: SourceViewOptions = {}) {
    this.signal = signal;
    this.source = new CustomSource({
      getSize: () => units.sizeBytes - base,
      read: async (start, end) => {
        this.#reads += 1;
        this.#lastEnd = base + end;
        return await units.read(base + start, base + end, { signal: this.signal, onWait: () => this.onWait?.() });
      },
      // The units are the cache: one more would hide which bytes a frame lies in. But a stream is read in steps of a few bytes.
      maxCacheSize: isStream ? STREAM_CACHE_BYTES : 0,
      prefetchProfile: isStream ? 'fileSystem' : 'none',
      // A read without a waiter belonged to somebody who gave up.
      handleUnhandledError: () => undefined,
    });
  }

  /** How many reads were made, and where the last one ended: a frame read alone ends there. */
  position(): { readonly reads: number; readonly end: number } {
    return { reads: this.#reads, end: this.#lastEnd };
  }
}
