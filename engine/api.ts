/** The public surface of the engine as types. `createEngine` in index.ts makes one. */
import type { DownloadFigures, Policy } from './figures.ts';
import type { Manifest } from './protocol/manifest.ts';
import type { PieceStore } from './piece-store/piece-store.ts';

/** Where an engine gets contents from, and how much it gives to others. */
export interface EngineOptions {
  /** Base URLs of appliances, most wanted first, e.g. `http://192.168.1.10:8080`. Each is a CDN source; the first signals. */
  readonly appliances: readonly string[];
  /** Bound of what is sent to others, over all swarms. 0 is unlimited. Default 0. */
  readonly maxUploadMbps?: number;
  /** Bound of peer connections. Default 32. */
  readonly maxPeers?: number;
  /** Peers served at the same time, fewer where `maxUploadMbps` is less than 3 for each; others are refused and ask again. Default 4. */
  readonly maxUploadSlots?: number;
  /** The appliance's own proof that it is a seeder. Nobody else has it. */
  readonly seederProof?: string;
  /** Hands different pieces to different peers first. For seeders. Default false. */
  readonly spreadPieces?: boolean;
  /**
   * Node only; browsers choose their ports themselves. One UDP port for all peer connections, to be published by a container or
   * forwarded by a router, held until `stop`. STUN works on it, TURN does not. 0, the default: any, another for each connection.
   */
  readonly udpPort?: number;
  /** See {@link Announce}. For programs behind address translation that know how they are reached. */
  readonly announce?: Announce;
}

/** An address and a UDP port under which a program is reached from outside. */
export interface AnnouncedAddress {
  /** IPv4 or IPv6, without brackets. */
  readonly ip: string;
  readonly port: number;
}

/**
 * Asked once for each attempt to connect: where this peer is to find us. Each address is told in place of all addresses of our
 * own, the first as the best, {@link MAX_ANNOUNCED_ADDRESSES} at most. None: our own are told. Must not throw.
 */
export type Announce = (peerId: string) => readonly AnnouncedAddress[];

/** A house has a few addresses (LAN, router, IPv6); a peer tries every one. */
export const MAX_ANNOUNCED_ADDRESSES = 16;

/** Everything (a download), or only what `read` and `readAhead` ask for (a player). */
export type Wants = 'everything' | 'what-is-read';

/** Runs that `Download.readAhead` takes at most: a player has a picture, a sound, and a place it may jump to. */
export const MAX_READ_AHEAD_RUNS = 8;

/** How one content is fetched, kept and shared. */
export interface OpenOptions {
  /** Kept pieces. The engine opens and closes it. */
  readonly store: PieceStore;
  /** Default `cdn-first`. */
  readonly policy?: Policy;
  /** Default `everything`. */
  readonly wants?: Wants;
  /** With `what-is-read`: how far beyond the last read to fetch before anybody asks. Default one CDN window. */
  readonly readAheadBytes?: number;
  /** Give up when no verified byte came from anybody for this long. 0 waits for ever. Default 0. */
  readonly timeoutMs?: number;
  /** Serve others meanwhile and afterwards. Default true. */
  readonly share?: boolean;
  readonly signal?: AbortSignal;
}

/** How urgent a read is, and how it is given up. */
export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** When the bytes are needed, from now: the schedule takes what is due first, and spares the CDN for what can wait. Default 0. */
  readonly dueInMs?: number;
}

/** Bytes that will be read soon: `start` by `dueInMs` from now, and the rest at `bytesPerSecond` after it. */
export interface ReadAheadRun {
  readonly start: number;
  readonly end: number;
  readonly dueInMs: number;
  readonly bytesPerSecond: number;
}

/** One content being fetched, shared, or both, until `close`. */
export interface Download {
  readonly manifest: Manifest;
  figures(): DownloadFigures;
  /** Called after changes, at most every 100 ms, and at once when the state changes. Returns the unsubscriber. */
  subscribe(listener: (figures: DownloadFigures) => void): () => void;
  /** Resolves when every piece is held and the store completed; rejects with SwitchError (`nobody-serves`, `store-failed`, `aborted`…). */
  readonly finished: Promise<void>;
  /** Verified bytes `start` to `end` (exclusive), waiting for them. */
  read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array>;
  /**
   * What will be read next, in place of what was said before; what is in no run, and nobody reads, is given up at once. Runs are
   * clipped to the content, empty ones ignored. RangeError: more than {@link MAX_READ_AHEAD_RUNS}, or `bytesPerSecond` not above 0.
   * Who never says so has `readAheadBytes` after each read fetched instead; once said, that is off for good.
   *
   * Say it as often as you like: while a run goes on, its end moves on only by a CDN window (16 MiB) or half the run at a time,
   * whichever is less, and at the end of the content at once. So what is held ahead swings between half of what is said and all
   * of it, and a CDN is asked for that much at a time. Say 30 to 60 s: below 10 s what is left may become urgent (due within 4 s),
   * which every source may then serve.
   */
  readAhead(runs: readonly ReadAheadRun[]): void;
  /** From a download to only what is read, and back. What is held stays. */
  setWants(wants: Wants): void;
  setSharing(on: boolean): void;
  setPolicy(policy: Policy): void;
  /** Stops fetching and keeps what is held; `resume` goes on. */
  pause(): void;
  resume(): void;
  /** Stops fetching and sharing, closes the store. What is held stays in it. */
  close(): Promise<void>;
}

/** What finds contents by their ids and opens them; `createEngine` makes one. */
export interface Engine {
  /** From an appliance, else from the swarm, checked against the content id. SwitchError `no-such-video`, `nobody-serves`. */
  manifest(contentId: string, options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number }): Promise<Manifest>;
  /** Joins the swarm and starts fetching what the store lacks. A store that holds everything makes a seed. */
  open(manifest: Manifest, options: OpenOptions): Promise<Download>;
  /** In place of `EngineOptions.maxUploadMbps` from now on, for what is being sent too. 0 is unlimited. */
  setMaxUploadMbps(maxUploadMbps: number): void;
  stop(): Promise<void>;
}
