/** The pieces being sent right now, so that a piece leaves storage once for its blocks and for several peers. */
import type { PieceProvider } from './swarm.ts';

export interface PieceCacheOptions {
  readonly maxPieces: number;
  readonly maxBytes: number;
}

/** A storage that does not answer this long does not answer. */
const READ_LIMIT_MS = 10_000;

interface Entry {
  readonly bytes: Promise<Uint8Array | undefined>;
  length: number;
}

export class PieceCache {
  readonly #options: PieceCacheOptions;
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(options: PieceCacheOptions) {
    this.#options = options;
  }

  /** The piece; undefined when the provider has it not, fails, or does not answer in time. */
  read(contentId: string, piece: number, provider: PieceProvider): Promise<Uint8Array | undefined> {
    const key = `${contentId}/${piece}`;
    const found = this.#entries.get(key);
    if (found !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, found);
      return found.bytes;
    }
    const entry: Entry = { bytes: readWithin(provider, piece), length: 0 };
    this.#entries.set(key, entry);
    this.#trim();
    void this.#weigh(key, entry);
    return entry.bytes;
  }

  /** Drops what is kept of one content. */
  forget(contentId: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(`${contentId}/`)) this.#drop(key);
  }

  async #weigh(key: string, entry: Entry): Promise<void> {
    const bytes = await entry.bytes;
    if (this.#entries.get(key) !== entry) return;
    if (bytes === undefined) {
      this.#entries.delete(key);
      return;
    }
    entry.length = bytes.length;
    this.#bytes += bytes.length;
    this.#trim();
  }

  #trim(): void {
    for (const key of this.#entries.keys()) {
      const fits = this.#entries.size <= this.#options.maxPieces && this.#bytes <= this.#options.maxBytes;
      if (fits || this.#entries.size === 1) return;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#entries.get(key)?.length ?? 0;
    this.#entries.delete(key);
  }
}

async function readWithin(provider: PieceProvider, piece: number): Promise<Uint8Array | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), READ_LIMIT_MS);
  });
  try {
    return await Promise.race([provider.read(piece), late]);
  } catch {
    // The provider's owner sees its own failures; to a peer it is a piece that is not held.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
