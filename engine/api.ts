/** The public surface of the engine as types. `createEngine` in index.ts makes one. */
import type { DownloadFigures, Policy } from './figures.ts';
import type { Manifest } from './protocol/manifest.ts';
import type { PieceStore } from './piece-store/piece-store.ts';

export interface EngineOptions {
  /** Base URLs of appliances, most wanted first, e.g. `http://192.168.1.10:8080`. Each is a CDN source; the first signals. */
  readonly appliances: readonly string[];
  /** Bound of what is sent to others, over all swarms. 0 is unlimited. Default 0. */
  readonly maxUploadMbps?: number;
  /** Bound of peer connections. Default 32. */
  readonly maxPeers?: number;
  /** Peers served at the same time; others are refused and ask again. Default 8. */
  readonly maxUploadSlots?: number;
  /** The appliance's own proof that it is a seeder. Nobody else has it. */
  readonly seederProof?: string;
  /** Hands different pieces to different peers first. For seeders. Default false. */
  readonly spreadPieces?: boolean;
}

export interface OpenOptions {
  /** Kept pieces. The engine opens and closes it. */
  readonly store: PieceStore;
  /** Default `cdn-first`. */
  readonly policy?: Policy;
  /** Fetch everything (a download, default) or only what `read` asks for. */
  readonly wants?: 'everything' | 'what-is-read';
  /** With `what-is-read`: how far beyond the last read to fetch before anybody asks. Default one CDN window. */
  readonly readAheadBytes?: number;
  /** Give up when no verified byte came from anybody for this long. 0 waits for ever. Default 0. */
  readonly timeoutMs?: number;
  /** Serve others meanwhile and afterwards. Default true. */
  readonly share?: boolean;
  readonly signal?: AbortSignal;
}

/** One content being fetched, shared, or both, until `close`. */
export interface Download {
  readonly manifest: Manifest;
  figures(): DownloadFigures;
  /** Called after changes, at most every 100 ms, and at once when the state changes. Returns the unsubscriber. */
  subscribe(listener: (figures: DownloadFigures) => void): () => void;
  /** Resolves when every piece is held and the store completed; rejects with SwitchError (`nobody-serves`, `store-failed`, `aborted`…). */
  readonly finished: Promise<void>;
  /** Verified bytes `start` to `end` (exclusive), waiting for them; moves the playhead there. */
  read(start: number, end: number, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  setSharing(on: boolean): void;
  setPolicy(policy: Policy): void;
  /** Stops fetching and keeps what is held; `resume` goes on. */
  pause(): void;
  resume(): void;
  /** Stops fetching and sharing, closes the store. What is held stays in it. */
  close(): Promise<void>;
}

export interface Engine {
  /** From an appliance, else from the swarm, checked against the content id. SwitchError `no-such-video`, `nobody-serves`. */
  manifest(contentId: string, options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number }): Promise<Manifest>;
  /** Joins the swarm and starts fetching what the store lacks. A store that holds everything makes a seed. */
  open(manifest: Manifest, options: OpenOptions): Promise<Download>;
  stop(): Promise<void>;
}
