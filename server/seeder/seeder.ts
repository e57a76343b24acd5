/**
 * The appliance's own peer: an ordinary engine client of this very appliance, in the swarms that have viewers, serving the
 * library's pieces within its own caps. It can be off; viewers then still serve each other.
 */
import { PROBE_CONTENT_ID, type Announce, type Engine, type EngineOptions } from '../../engine/index.ts';
import type { SignallingHub } from '../signalling/hub.ts';
import { withProbe } from './probe.ts';
import { Seed, type SeedComponents } from './seed.ts';
import { seederPeers, type SeederPeer } from './seeder-peers.ts';

export interface SeederComponents extends Omit<SeedComponents, 'engine'> {
  readonly createEngine: (options: EngineOptions) => Engine;
  readonly hub: Pick<SignallingHub, 'onRoomActive' | 'onRoomIdle' | 'activeRooms'>;
  /** What a peer is told in place of this machine's own addresses. */
  readonly announce?: Announce;
  /** Milliseconds; never goes back. */
  readonly now: () => number;
}

export interface SeederOptions {
  /** Where this appliance listens, as seen from itself. */
  readonly url: string;
  /** The proof the hub was given. */
  readonly seederProof: string;
  readonly maxPeers: number;
  /** 0 is unlimited. */
  readonly maxMbps: number;
  /** Of all its connections. 0, the default: any, another for each. */
  readonly udpPort?: number;
  /** Swarms it is in at the same time. Default 256: each keeps a manifest in memory, up to 4 MiB for the largest videos. */
  readonly maxSwarms?: number;
  /** How long it stays in a swarm without viewers. Default 60 s: viewers who reload a page find it there. */
  readonly idleMs?: number;
}

export interface SeederFigures {
  readonly enabled: true;
  /** Videos offered to their swarms. */
  readonly videos: number;
  /** Different peers it is connected to. */
  readonly peers: number;
  /** Since the start. */
  readonly sentBytes: number;
  readonly maxPeers: number;
  readonly maxMbps: number;
}

const DEFAULT_MAX_SWARMS = 256;
const DEFAULT_IDLE_MS = 60_000;

/** Its line is better than a viewer's, and each piece it gives is passed on. */
const UPLOAD_SLOTS = 8;
/** How often idle swarms are left and failed ones tried again. */
const MAX_SWEEP_INTERVAL_MS = 5_000;

/** Started once, after the appliance listens; stopped before it closes. */
export class Seeder {
  readonly #components: SeederComponents;
  readonly #options: SeederOptions;
  readonly #maxSwarms: number;
  readonly #idleMs: number;
  readonly #seeds = new Map<string, Seed>();
  /** Since when an open swarm has no viewer, the longest idle first. */
  readonly #idleSince = new Map<string, number>();
  /** Swarms with viewers whose video is not in the library: not asked for again until it is added. */
  readonly #absent = new Set<string>();
  readonly #unsubscribe: (() => void)[] = [];
  #engine: Engine | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;
  #sentByEnded = 0;

  constructor(components: SeederComponents, options: SeederOptions) {
    this.#components = components;
    this.#options = options;
    this.#maxSwarms = options.maxSwarms ?? DEFAULT_MAX_SWARMS;
    this.#idleMs = options.idleMs ?? DEFAULT_IDLE_MS;
  }

  /** SwitchError `udp-port-taken`. */
  start(): void {
    const { createEngine, hub, announce } = this.#components;
    const { url, seederProof, maxPeers, maxMbps, udpPort = 0 } = this.#options;
    this.#engine = createEngine({
      appliances: [url], seederProof, maxPeers, maxUploadMbps: maxMbps, maxUploadSlots: UPLOAD_SLOTS, spreadPieces: true, udpPort, ...(announce === undefined ? {} : { announce }),
    });
    this.#unsubscribe.push(
      hub.onRoomActive((contentId) => this.#viewersCame(contentId)),
      hub.onRoomIdle((contentId) => this.#viewersLeft(contentId)),
    );
    this.#sweepTimer = setInterval(() => this.sweep(), Math.min(MAX_SWEEP_INTERVAL_MS, this.#idleMs / 2));
    this.#sweepTimer.unref();
    this.sweep();
  }

  /** Leaves every swarm. */
  async stop(): Promise<void> {
    clearInterval(this.#sweepTimer);
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    const engine = this.#engine;
    this.#engine = undefined;
    const ends = [...this.#seeds.values()].map(async (seed) => {
      seed.close();
      await seed.ended;
    });
    await Promise.all(ends);
    await engine?.stop();
  }

  /** A video came into the library: its swarm may be waiting for it. */
  added(contentId: string): void {
    if (this.#absent.delete(contentId)) this.sweep();
  }

  /** A video was deleted, or is about to be: resolves when the seeder is out of its swarm. */
  async forget(contentId: string): Promise<void> {
    const seed = this.#seeds.get(contentId);
    if (this.#isActive(contentId)) this.#absent.add(contentId);
    seed?.close();
    await seed?.ended;
  }

  figures(): SeederFigures {
    const peers = new Set<string>();
    let sentBytes = this.#sentByEnded;
    for (const seed of this.#videoSeeds()) {
      sentBytes += seed.sentBytes;
      for (const { peerId, state } of seed.figures()?.peers ?? []) if (state === 'open') peers.add(peerId);
    }
    const { maxPeers, maxMbps } = this.#options;
    return { enabled: true, videos: this.#videoSeeds().length, peers: peers.size, sentBytes, maxPeers, maxMbps };
  }

  /** By peer id. */
  peers(): ReadonlyMap<string, SeederPeer> {
    return seederPeers(Array.from(this.#seeds.values(), (seed) => seed.figures()?.peers ?? []));
  }

  /** What the timer does: leaves swarms that were idle for long, and joins those with viewers that it is not in. */
  sweep(): void {
    const before = this.#components.now() - this.#idleMs;
    for (const [contentId, sinceMs] of this.#idleSince) {
      if (sinceMs > before) break;
      this.#leaveIdle(contentId);
    }
    for (const contentId of this.#components.hub.activeRooms()) this.#open(contentId);
  }

  /** All but the probe content, which is no video: a diagnosis is not to show in the figures. */
  #videoSeeds(): Seed[] {
    return [...this.#seeds.values()].filter(({ contentId }) => contentId !== PROBE_CONTENT_ID);
  }

  #viewersCame(contentId: string): void {
    this.#idleSince.delete(contentId);
    this.#open(contentId);
  }

  #viewersLeft(contentId: string): void {
    this.#absent.delete(contentId);
    if (this.#seeds.has(contentId)) this.#idleSince.set(contentId, this.#components.now());
  }

  #leaveIdle(contentId: string): void {
    this.#idleSince.delete(contentId);
    this.#seeds.get(contentId)?.close();
  }

  #open(contentId: string): void {
    const engine = this.#engine;
    if (!engine || this.#seeds.has(contentId) || this.#absent.has(contentId)) return;
    if (this.#seeds.size >= this.#maxSwarms) {
      // Makes room for this one, which the next sweep or the end of the idle one lets in.
      const [idlest] = this.#idleSince.keys();
      if (idlest !== undefined) this.#leaveIdle(idlest);
      return;
    }
    const seed = new Seed({ engine, log: this.#components.log, ...withProbe(this.#components) }, contentId);
    this.#seeds.set(contentId, seed);
    void this.#watch(seed);
  }

  async #watch(seed: Seed): Promise<void> {
    const { contentId } = seed;
    const end = await seed.ended;
    this.#seeds.delete(contentId);
    this.#idleSince.delete(contentId);
    if (contentId !== PROBE_CONTENT_ID) this.#sentByEnded += seed.sentBytes;
    if (end.why === 'no-such-video') {
      // Bounded by the rooms there are: forgotten when the last viewer leaves.
      if (this.#isActive(contentId)) this.#absent.add(contentId);
    } else if (end.why === 'failed') {
      // Tried again by the next sweep, not at once.
      this.#components.log.warn({ err: end.error, contentId }, 'cannot seed a video');
    } else if (this.#engine) this.sweep();
  }

  #isActive(contentId: string): boolean {
    return this.#components.hub.activeRooms().includes(contentId);
  }
}
