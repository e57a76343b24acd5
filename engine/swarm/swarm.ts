/**
 * The contract between the swarm (channels, wire messages, signalling) and what uses it (sources, schedule, download).
 * PeerNetwork implements it over WebRTC. Everything here speaks of pieces; blocks stay below.
 */
import type { Manifest } from '../protocol/manifest.ts';
import type { PeerRole } from '../protocol/signalling.ts';
import type { PeerFigures } from '../figures.ts';

/** One peer in one swarm, its topic open on both sides. Gone for good once `peer-gone` was told. */
export interface SwarmPeer {
  readonly peerId: string;
  readonly role: PeerRole;
  has(piece: number): boolean;
  /** Whole piece, not yet verified, in one buffer. Several may be in flight; they are answered in the order asked.
   *  Rejects with SwitchError: `peer-gone`, `cdn-busy` never, `aborted` (the peer is told to stop), `timeout` (no byte
   *  of it for the stall limit), `bad-message` (it refused: `refusedUntilMs` then says when to ask it again). */
  request(piece: number, options: { readonly signal: AbortSignal }): Promise<Uint8Array>;
  /** The manifest as the peer has it, checked against the content id. */
  requestManifest(options: { readonly signal: AbortSignal }): Promise<Manifest>;
  /** Bytes received for requests that were then aborted or came late; grows only. */
  readonly wastedBytes: number;
  /** On the clock of the engine (`now()`): do not ask before this. 0 when it never refused. */
  readonly refusedUntilMs: number;
  figures(): PeerFigures;
  /** Drops the connection and refuses the peer for this engine's life. */
  ban(reason: string): void;
}

/** What a swarm is served from: the pieces that were verified and kept. */
export interface PieceProvider {
  readonly manifest: Manifest | undefined;
  has(piece: number): boolean;
  /** undefined when the piece is not held after all. */
  read(piece: number): Promise<Uint8Array | undefined>;
}

export interface SwarmEvents {
  onPeerOpen(peer: SwarmPeer): void;
  onPeerGone(peer: SwarmPeer, reason: string): void;
  /** The peer holds more pieces than before. */
  onPeerHave(peer: SwarmPeer): void;
  /** The CDN reserved a slot; `expiresAtMs` on the engine's clock. */
  onGrant(grant: { readonly token: string; readonly expiresAtMs: number }): void;
  /** Place in the CDN's queue, from 1; null when not queued any more (socket lost, told to stop). */
  onQueued(position: number | null): void;
  onSignalling(state: 'connected' | 'connecting' | 'off'): void;
}

/** Our membership in one swarm. Held by one owner, who leaves it. */
export interface SwarmMembership {
  readonly contentId: string;
  readonly peers: ReadonlyMap<string, SwarmPeer>;
  /** Whether others were ever found in the swarm, connected or not. */
  readonly hasFoundPeers: boolean;
  /** Tells every peer about one more held piece, and now and then the signalling server about the share held. */
  announceHave(piece: number): void;
  /** Whether others are served from our provider; off: we still download. */
  setSharing(on: boolean): void;
  /** How many open peers to strive for; connecting goes on in the background, bounded, with jittered retries. */
  setWantedPeers(count: number): void;
  waitForCdn(): void;
  stopWaitingForCdn(): void;
  leave(): void;
}

export interface PeerNetwork {
  /** `provider` is asked for what others want of us. */
  join(contentId: string, provider: PieceProvider, events: SwarmEvents): SwarmMembership;
  /** Bounds what is sent to all peers together from now on. 0 is unlimited. */
  setMaxUploadMbps(maxUploadMbps: number): void;
  /** Closes every channel and socket. */
  stop(): Promise<void>;
}
