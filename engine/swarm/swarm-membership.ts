/** Our membership in one swarm: which peers we know and want, what they are shown, and what the signalling server is told. */
import { Bitfield } from '../protocol/bitfield.ts';
import { pieceCount } from '../protocol/pieces.ts';
import type { PeerSummary } from '../protocol/signalling.ts';
import { Backoff } from './backoff.ts';
import type { LocalSwarm, ShownPeer } from './local-swarm.ts';
import { PieceSpread } from './piece-spread.ts';
import type { SignallingClient } from './signalling-client.ts';
import type { PieceProvider, SwarmEvents, SwarmMembership } from './swarm.ts';
import { MAX_KNOWN_PEERS, type SwarmTimings } from './timings.ts';

/** The network as a membership uses it. */
interface MembershipHost {
  /** Connects to the peer, or opens the swarm on the connection there is. `later`: not now; `never`: it is banned or was tried enough. */
  reach(peer: PeerSummary, contentId: string): 'started' | 'later' | 'never';
  isConnecting(peerId: string): boolean;
  isBanned(peerId: string): boolean;
  onLeft(contentId: string): void;
}

export interface MembershipComponents {
  readonly host: MembershipHost;
  readonly signalling: SignallingClient;
  readonly now: () => number;
  readonly random: () => number;
}

export interface MembershipOptions {
  readonly contentId: string;
  readonly spreadPieces: boolean;
  readonly timings: SwarmTimings;
}

/** Haves are gathered this long, so that a fast download is not a message a piece to every peer. */
const HAVE_BATCH_MS = 20;

/** How often a seeder looks who waits for more. */
const SPREAD_MS = 125;

export class Membership implements SwarmMembership, LocalSwarm {
  readonly contentId: string;
  readonly provider: PieceProvider;
  readonly #parts: MembershipComponents;
  readonly #events: SwarmEvents;
  readonly #timings: SwarmTimings;
  readonly #peers = new Map<string, ShownPeer>();
  readonly #known = new Map<string, PeerSummary>();
  readonly #spread: PieceSpread<string> | undefined;
  readonly #find: Backoff;
  #findAtMs = 0;
  #sharing = true;
  #wanted = 0;
  #hasFoundPeers = false;
  #unsaid: number[] = [];
  #haveTimer: ReturnType<typeof setTimeout> | undefined;
  #spreadTimer: ReturnType<typeof setInterval> | undefined;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;
  #reportTimer: ReturnType<typeof setTimeout> | undefined;
  #left = false;

  constructor(components: MembershipComponents, provider: PieceProvider, events: SwarmEvents, options: MembershipOptions) {
    this.contentId = options.contentId;
    this.provider = provider;
    this.#parts = components;
    this.#events = events;
    this.#timings = options.timings;
    this.#spread = options.spreadPieces ? new PieceSpread(components, options.timings) : undefined;
    this.#find = new Backoff(components.random, { firstMs: options.timings.findFirstMs, capMs: options.timings.findCapMs });
  }

  get peers(): ReadonlyMap<string, ShownPeer> { return this.#peers; }
  get sharing(): boolean { return this.#sharing; }
  get hasFoundPeers(): boolean { return this.#hasFoundPeers; }

  /** Joins at the server and tells the owner how things stand. */
  start(): void {
    if (this.#left) return;
    this.#parts.signalling.join(this.contentId, this.#havePermille(), this.#wanted);
    this.#findAtMs = this.#parts.now() + this.#timings.findFirstMs;
    this.#events.onSignalling(this.#parts.signalling.state);
    this.#lookTimer = setInterval(() => this.look(), this.#timings.lookMs);
    if (this.#spread !== undefined) this.#spreadTimer = setInterval(() => this.#showAllMore(), SPREAD_MS);
  }

  knows(peerId: string): boolean {
    return this.#known.has(peerId);
  }

  announceHave(piece: number): void {
    this.#unsaid.push(piece);
    this.#haveTimer ??= setTimeout(() => this.#sayHaves(), HAVE_BATCH_MS);
    this.#reportTimer ??= setTimeout(() => {
      this.#reportTimer = undefined;
      this.#parts.signalling.update(this.contentId, this.#havePermille());
    }, this.#timings.reportMs);
  }

  setSharing(on: boolean): void {
    if (this.#sharing === on || this.#left) return;
    this.#sharing = on;
    for (const peer of this.#peers.values()) {
      if (!on) peer.stopServing();
      this.#spread?.close(peer.peerId);
      peer.showAll(this.shownTo(peer));
      this.#showMore(peer);
    }
    this.#parts.signalling.update(this.contentId, this.#havePermille());
  }

  setWantedPeers(count: number): void {
    const more = count > this.#wanted;
    this.#wanted = count;
    if (more) this.look();
  }

  waitForCdn(): void {
    this.#parts.signalling.waitForCdn(this.contentId);
  }

  stopWaitingForCdn(): void {
    this.#parts.signalling.stopWaiting(this.contentId);
    this.#events.onQueued(null);
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    clearTimeout(this.#haveTimer);
    clearTimeout(this.#reportTimer);
    clearInterval(this.#lookTimer);
    clearInterval(this.#spreadTimer);
    this.#parts.signalling.leave(this.contentId);
    this.#parts.host.onLeft(this.contentId);
    this.#peers.clear();
    this.#known.clear();
  }

  /** Looks for more peers where fewer are open than wanted. */
  look(): void {
    if (this.#left) return;
    let missing = this.#wanted - this.#peers.size;
    for (const peerId of this.#known.keys()) if (!this.#peers.has(peerId) && this.#parts.host.isConnecting(peerId)) missing -= 1;
    if (missing <= 0) return;
    for (const peer of this.#candidates()) {
      if (missing <= 0) break;
      const outcome = this.#parts.host.reach(peer, this.contentId);
      if (outcome === 'started') missing -= 1;
      else if (outcome === 'never') this.#known.delete(peer.peerId);
    }
    if (missing > 0 && this.#parts.now() >= this.#findAtMs) this.#findMore(missing);
  }

  // What the signalling server tells.

  onPeers(peers: readonly PeerSummary[]): void {
    // A banned peer is no news: it is named again at every asking, and would have us ask for ever at full pace.
    const usable = peers.filter((peer) => !this.#parts.host.isBanned(peer.peerId));
    const fresh = usable.some((peer) => !this.#known.has(peer.peerId));
    for (const peer of usable) {
      this.#known.delete(peer.peerId);
      this.#known.set(peer.peerId, peer);
    }
    for (const peerId of this.#known.keys()) {
      if (this.#known.size <= MAX_KNOWN_PEERS) break;
      this.#known.delete(peerId);
    }
    if (usable.length > 0) this.#hasFoundPeers = true;
    if (fresh) this.#find.reset();
    this.look();
  }

  onUnreachable(peerId: string): void {
    this.#known.delete(peerId);
  }

  onQueued(position: number | null): void {
    this.#events.onQueued(position);
  }

  onGrant(token: string, expiresInMs: number): void {
    this.#events.onGrant({ token, expiresAtMs: this.#parts.now() + expiresInMs });
  }

  onSignalling(state: 'connected' | 'connecting' | 'off'): void {
    if (state !== 'connected') this.#events.onQueued(null);
    this.#events.onSignalling(state);
  }

  // What the connections tell.

  shownTo(peer: ShownPeer): Bitfield {
    if (!this.#sharing) return new Bitfield();
    if (this.#spread === undefined) return this.#held();
    this.#spread.open(peer.peerId);
    this.#spread.onHave(peer.peerId, peer.held);
    return new Bitfield();
  }

  onPeerOpen(peer: ShownPeer): void {
    this.#peers.set(peer.peerId, peer);
    this.#showMore(peer);
    this.#events.onPeerOpen(peer);
  }

  onPeerGone(peer: ShownPeer, reason: string): void {
    this.#spread?.close(peer.peerId);
    if (this.#peers.get(peer.peerId) === peer) this.#peers.delete(peer.peerId);
    this.#events.onPeerGone(peer, reason);
  }

  onPeerHave(peer: ShownPeer, pieces: Iterable<number>): void {
    this.#spread?.onHave(peer.peerId, pieces);
    this.#showMore(peer);
    this.#events.onPeerHave(peer);
  }

  onPeerActive(peer: ShownPeer): void {
    this.#spread?.onActive(peer.peerId);
  }

  #sayHaves(): void {
    this.#haveTimer = undefined;
    const pieces = this.#unsaid;
    this.#unsaid = [];
    if (!this.#sharing) return;
    for (const peer of this.#peers.values()) {
      if (this.#spread === undefined) peer.show(pieces);
      else this.#showMore(peer);
    }
  }

  #showAllMore(): void {
    for (const peer of this.#peers.values()) this.#showMore(peer);
  }

  #showMore(peer: ShownPeer): void {
    if (this.#spread === undefined || !this.#sharing) return;
    const pieces = this.#spread.show(peer.peerId, this.#held());
    if (pieces.length > 0) peer.show(pieces);
  }

  #findMore(missing: number): void {
    this.#findAtMs = this.#parts.now() + this.#timings.findFirstMs / 2 + this.#find.next();
    this.#parts.signalling.find(this.contentId, missing);
  }

  /** Known and not open, the fullest first, with a little chance so that not all go to the same. */
  #candidates(): PeerSummary[] {
    const weight = (peer: PeerSummary): number => peer.havePermille + this.#parts.random() * 250;
    return [...this.#known.values()].filter((peer) => !this.#peers.has(peer.peerId) && !this.#parts.host.isConnecting(peer.peerId))
      .map((peer) => ({ peer, weight: weight(peer) })).sort((a, b) => b.weight - a.weight).map(({ peer }) => peer);
  }

  #held(): Bitfield {
    const { manifest } = this.provider;
    if (manifest === undefined) return new Bitfield();
    const held = new Bitfield(pieceCount(manifest));
    for (let piece = 0; piece < held.length; piece += 1) if (this.provider.has(piece)) held.add(piece);
    return held;
  }

  #havePermille(): number {
    if (!this.#sharing) return 0;
    const held = this.#held();
    return held.length === 0 ? 0 : Math.floor((held.count * 1000) / held.length);
  }
}
