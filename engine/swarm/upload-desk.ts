/** What all peers are served from together: the common rate, the slots, and the pieces being sent. */
import { PieceCache } from './piece-cache.ts';
import { TokenBucket } from './token-bucket.ts';
import { UploadSlots } from './upload-slots.ts';

export interface UploadOptions {
  readonly maxUploadSlots: number;
  /** 0 is unlimited. */
  readonly maxUploadMbps: number;
  readonly turnMs: number;
}

/**
 * Useful for one who is served: a piece of 256 KiB is with him in less than a second, and he can pass it on. At a crawl
 * they wait in our queue, where nobody else can have them from him: in the simulation of 50 clients with 10 Mb/s each, 3 slots
 * take 1.15 times the bound and 8 take 1.33.
 */
const USEFUL_SLOT_MBPS = 3;

/**
 * With one alone a peer that takes its time would keep the line idle. On less than this a piece takes so long that a second peer would
 * be better off with whoever has got it meanwhile, and would take us for stalled.
 */
const MIN_SLOTS = 2;
const TWO_SLOTS_MBPS = 1.5;

/** Pieces held for one slot: the one being sent and the next. */
const PIECES_PER_SLOT = 2;

/** Held pieces in all: four of the largest, or sixteen slots' worth of the usual. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

export class UploadDesk {
  readonly now: () => number;
  readonly bucket: TokenBucket;
  /** Keyed by uploader: one a peer. */
  readonly slots: UploadSlots<object>;
  readonly pieces: PieceCache;

  readonly #maxUploadSlots: number;

  constructor(now: () => number, options: UploadOptions) {
    const { maxUploadMbps, maxUploadSlots, turnMs } = options;
    this.now = now;
    this.#maxUploadSlots = maxUploadSlots;
    this.bucket = new TokenBucket(now, maxUploadMbps);
    this.slots = new UploadSlots(now, { slots: usefulSlots(maxUploadSlots, maxUploadMbps), turnMs });
    this.pieces = new PieceCache({ maxPieces: Math.max(1, maxUploadSlots) * PIECES_PER_SLOT, maxBytes: MAX_HELD_BYTES });
  }

  /** 0 is unlimited. Who is served now goes on, at the new pace. */
  setMaxUploadMbps(maxUploadMbps: number): void {
    this.bucket.setRate(maxUploadMbps);
    this.slots.setSlots(usefulSlots(this.#maxUploadSlots, maxUploadMbps));
  }

  close(): void {
    this.bucket.close();
  }
}

/** `maxUploadMbps` 0 is unlimited. */
export function usefulSlots(maxUploadSlots: number, maxUploadMbps: number): number {
  if (maxUploadMbps === 0) return maxUploadSlots;
  const useful = maxUploadMbps < TWO_SLOTS_MBPS ? 1 : Math.max(MIN_SLOTS, Math.floor(maxUploadMbps / USEFUL_SLOT_MBPS));
  return Math.min(maxUploadSlots, useful);
}
