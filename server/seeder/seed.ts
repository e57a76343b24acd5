/** One video offered to its swarm, from the first step into it until the last out of it. */
import type { Download, DownloadFigures, Engine } from '../../engine/index.ts';
import type { PieceCache } from '../storage/piece-cache.ts';
import type { VideoStore } from '../storage/video-store.ts';
import { LibraryPieceStore } from './library-piece-store.ts';

export interface SeedComponents {
  readonly engine: Pick<Engine, 'open'>;
  readonly videos: Pick<VideoStore, 'manifest'>;
  readonly cache: Pick<PieceCache, 'piece'>;
  readonly log: { warn(details: object, message: string): void };
}

/** How a seed ended: closed by its owner, without such a video in the library, or failed. */
export type SeedEnd = { readonly why: 'closed' | 'no-such-video' } | { readonly why: 'failed'; readonly error: unknown };

export class Seed {
  readonly contentId: string;
  /** Resolves once it is out of the swarm and everything is closed. Never rejects. */
  readonly ended: Promise<SeedEnd>;
  readonly #closing = new AbortController();
  #download: Download | undefined;
  #sentBytes = 0;

  constructor(components: SeedComponents, contentId: string) {
    this.contentId = contentId;
    this.ended = this.#run(components);
  }

  /** What it sent, growing until it ended. */
  get sentBytes(): number {
    return Math.max(this.#sentBytes, this.#download?.figures().bytesSent ?? 0);
  }

  figures(): DownloadFigures | undefined {
    return this.#download?.figures();
  }

  /** Begins to leave; `ended` tells when that is done. */
  close(): void {
    this.#closing.abort();
  }

  async #run({ engine, videos, cache, log }: SeedComponents): Promise<SeedEnd> {
    const { signal } = this.#closing;
    const { contentId } = this;
    let saidDamaged = false;
    const onDamaged = (piece: number): void => {
      if (!saidDamaged) log.warn({ contentId, piece }, 'a video is damaged in the library and cannot be seeded whole; upload it again');
      saidDamaged = true;
    };
    try {
      const manifest = await videos.manifest(contentId);
      if (signal.aborted) return { why: 'closed' };
      if (!manifest) return { why: 'no-such-video' };
      const download = await engine.open(manifest, { store: new LibraryPieceStore({ cache, onDamaged }), share: true, signal });
      this.#download = download;
      try {
        await Promise.race([aborted(signal), failure(download)]);
        return { why: 'closed' };
      } finally {
        this.#sentBytes = download.figures().bytesSent;
        this.#download = undefined;
        await download.close();
      }
    } catch (error) {
      return signal.aborted ? { why: 'closed' } : { why: 'failed', error };
    }
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Never resolves: everything is held from the start, so that a download `finished` is the normal case. */
async function failure(download: Download): Promise<never> {
  await download.finished;
  return new Promise(() => undefined);
}
