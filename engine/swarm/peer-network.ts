/**
 * All peers of an engine over WebRTC: one connection a peer, whatever is shared with it, made through the signalling server and kept
 * when that is lost.
 */
import type { Announce } from '../api.ts';
import type { WebRtc } from '../platform/webrtc.ts';
import { SwitchError } from '../protocol/errors.ts';
import type { PeerRole, PeerSummary, Signal } from '../protocol/signalling.ts';
import { AnnouncedCandidates } from './announced-candidates.ts';
import { Backoff } from './backoff.ts';
import type { LocalSwarm } from './local-swarm.ts';
import { PeerSession } from './peer-session.ts';
import type { RtcChannel } from './rtc-channel.ts';
import { RtcHandshake } from './rtc-handshake.ts';
import type { SignallingClient, SignallingListener, SignallingState } from './signalling-client.ts';
import { Membership } from './swarm-membership.ts';
import type { PeerNetwork, PieceProvider, SwarmEvents, SwarmMembership } from './swarm.ts';
import { DEFAULT_TIMINGS, MAX_BANNED_PEERS, MAX_HANDSHAKES, type SwarmTimings } from './timings.ts';
import { UploadDesk } from './upload-desk.ts';

export interface PeerNetworkComponents {
  /** Not started yet; the network starts it with the first swarm, and stops it. */
  readonly signalling: SignallingClient;
  readonly webrtc: WebRtc;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

export interface PeerNetworkOptions {
  readonly maxPeers: number;
  readonly maxUploadSlots: number;
  /** 0 is unlimited. */
  readonly maxUploadMbps: number;
  readonly spreadPieces: boolean;
  /** See `EngineOptions`. Default 0. */
  readonly udpPort?: number;
  readonly announce?: Announce;
  readonly timings?: Partial<SwarmTimings>;
}

/** A peer we connect with or are connected to. */
interface Link {
  readonly peerId: string;
  readonly role: PeerRole;
  readonly connectionId: string;
  readonly offered: boolean;
  readonly handshake: RtcHandshake;
  session: PeerSession | undefined;
}

interface Dial {
  readonly backoff: Backoff;
  retryAtMs: number;
}

export class WebRtcPeerNetwork implements PeerNetwork {
  readonly #parts: PeerNetworkComponents;
  readonly #options: PeerNetworkOptions;
  readonly #timings: SwarmTimings;
  readonly #udpPort: number;
  readonly #freeUdpPort: (() => void) | undefined;
  readonly #desk: UploadDesk;
  readonly #swarms = new Map<string, Membership>();
  readonly #links = new Map<string, Link>();
  readonly #dials = new Map<string, Dial>();
  readonly #banned = new Set<string>();
  /** Connections on their way out: `stop` waits for them. */
  readonly #releasing = new Set<Promise<void>>();
  #started = false;
  #stopped = false;

  /** SwitchError `udp-port-taken`. */
  constructor(components: PeerNetworkComponents, options: PeerNetworkOptions) {
    this.#parts = components;
    this.#options = options;
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.#udpPort = options.udpPort ?? 0;
    this.#freeUdpPort = this.#udpPort === 0 ? undefined : components.webrtc.holdUdpPort(this.#udpPort);
    this.#desk = new UploadDesk(components.now, { ...options, turnMs: this.#timings.turnMs });
  }

  /** SwitchError `closed` after `stop`, and for a swarm that has a membership already. */
  join(contentId: string, provider: PieceProvider, events: SwarmEvents): SwarmMembership {
    if (this.#stopped) throw new SwitchError('closed', 'The peer network has been stopped.');
    if (this.#swarms.has(contentId)) throw new SwitchError('closed', 'The swarm has been joined already: it has one owner, who leaves it.');
    const { signalling, now, random } = this.#parts;
    const membership = new Membership({ host: this.#host, signalling, now, random }, provider, events,
      { contentId, spreadPieces: this.#options.spreadPieces, timings: this.#timings });
    this.#swarms.set(contentId, membership);
    // A tick later, so that the caller holds the membership, and has said how many peers it wants, before anything is told.
    queueMicrotask(() => this.#enter(membership));
    return membership;
  }

  setMaxUploadMbps(maxUploadMbps: number): void {
    this.#desk.setMaxUploadMbps(maxUploadMbps);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const membership of this.#swarms.values()) membership.leave();
    for (const link of this.#links.values()) {
      if (link.session === undefined) this.#abandon(link, 'stopped');
      else this.#release(link.session.close('shutting-down', 'the peer has stopped'));
    }
    this.#parts.signalling.stop();
    this.#desk.close();
    await Promise.all(this.#releasing);
    this.#freeUdpPort?.();
  }

  #enter(membership: Membership): void {
    if (this.#stopped) return;
    if (!this.#started) {
      this.#started = true;
      this.#parts.signalling.start({ onState: (state) => this.#onSignalling(state), onMessage: (message) => this.#onMessage(message) });
    }
    membership.start();
    if (this.#swarms.get(membership.contentId) !== membership) return;
    for (const { session } of this.#links.values()) if (session?.isOpenBy(membership.contentId) === true) session.openTopic(membership.contentId);
  }

  readonly #host = {
    reach: (peer: PeerSummary, contentId: string) => this.#reach(peer, contentId),
    isConnecting: (peerId: string): boolean => {
      const link = this.#links.get(peerId);
      return link !== undefined && link.session === undefined;
    },
    isBanned: (peerId: string): boolean => this.#banned.has(peerId),
    onLeft: (contentId: string): void => {
      this.#swarms.delete(contentId);
      this.#desk.pieces.forget(contentId);
      for (const { session } of this.#links.values()) session?.closeTopic(contentId);
    },
    swarm: (contentId: string): LocalSwarm | undefined => this.#swarms.get(contentId),
    onSessionClosed: (session: PeerSession, _reason: string, abuse: boolean): void => {
      const link = this.#links.get(session.peerId);
      if (link?.session === session) this.#links.delete(session.peerId);
      if (abuse) this.#ban(session.peerId);
      else this.#delay(session.peerId);
      this.#release(session.close('other', ''));
    },
  };

  #reach(peer: PeerSummary, contentId: string): 'started' | 'later' | 'never' {
    const { peerId } = peer;
    if (this.#banned.has(peerId) || peerId === this.#parts.signalling.peerId) return 'never';
    const link = this.#links.get(peerId);
    if (link !== undefined) {
      link.session?.openTopic(contentId);
      return 'later';
    }
    const dial = this.#dials.get(peerId);
    if (dial !== undefined && dial.backoff.tries >= this.#timings.connectTries) {
      this.#dials.delete(peerId);
      return 'never';
    }
    if (this.#parts.signalling.state !== 'connected' || this.#isFull() || (dial !== undefined && this.#parts.now() < dial.retryAtMs)) return 'later';
    return this.#connect(peer, newConnectionId(this.#parts.random), true) === undefined ? 'later' : 'started';
  }

  /** Whether no more can be connected. Who shares nothing with us any more makes room. */
  #isFull(): boolean {
    const links = [...this.#links.values()];
    if (links.filter((link) => link.session === undefined).length >= MAX_HANDSHAKES) return true;
    if (links.length < this.#options.maxPeers) return false;
    const idle = links.find((link) => link.session?.isIdle === true)?.session;
    void idle?.close('idle', 'another peer needs the place');
    return idle === undefined;
  }

  #connect(peer: { readonly peerId: string; readonly role: PeerRole }, connectionId: string, offered: boolean): Link | undefined {
    const { peerId, role } = peer;
    const { signalling, webrtc } = this.#parts;
    const ours = new AnnouncedCandidates(this.#options.announce?.(peerId) ?? []);
    try {
      const link: Link = { peerId, role, connectionId, offered, session: undefined, handshake: new RtcHandshake({
        webrtc,
        sendSignal: (signal) => {
          for (const sent of ours.rewrite(signal)) signalling.signal(peerId, connectionId, sent);
        },
        onOpen: (channel) => this.#onOpen(link, channel),
        onFailed: () => this.#onFailed(link),
      }, { role: offered ? 'offerer' : 'answerer', iceServers: signalling.iceServers, udpPort: this.#udpPort, limitMs: this.#timings.connectLimitMs }) };
      this.#links.set(peerId, link);
      return link;
    } catch {
      // The platform makes no more connections (a tab may open 500 in its life): the ones there are go on.
      return undefined;
    }
  }

  #onOpen(link: Link, channel: RtcChannel): void {
    if (this.#links.get(link.peerId) !== link || this.#stopped) {
      this.#release(channel.close('not wanted any more'));
      return;
    }
    this.#dials.delete(link.peerId);
    const session = new PeerSession({ channel, desk: this.#desk, host: this.#host, now: this.#parts.now },
      { peerId: link.peerId, role: link.role, offered: link.offered, timings: this.#timings });
    link.session = session;
    session.start();
    for (const [contentId, membership] of this.#swarms) if (membership.knows(link.peerId)) session.openTopic(contentId);
  }

  #onFailed(link: Link): void {
    if (this.#links.get(link.peerId) !== link) return;
    this.#links.delete(link.peerId);
    this.#delay(link.peerId);
    for (const membership of this.#swarms.values()) membership.look();
  }

  /** Ends an attempt without looking for another. */
  #abandon(link: Link, reason: string): void {
    this.#links.delete(link.peerId);
    link.handshake.fail(reason);
  }

  #onSignalling(state: SignallingState): void {
    if (state === 'connected') this.#parts.webrtc.prepare(this.#parts.signalling.iceServers, { udpPort: this.#udpPort });
    for (const membership of this.#swarms.values()) membership.onSignalling(state);
  }

  #onMessage(message: Parameters<SignallingListener['onMessage']>[0]): void {
    switch (message.type) {
      case 'peers': this.#swarms.get(message.contentId)?.onPeers(message.peers); break;
      case 'queued': this.#swarms.get(message.contentId)?.onQueued(message.position); break;
      case 'grant': this.#swarms.get(message.contentId)?.onGrant(message.token, message.expiresInMs); break;
      case 'signal': this.#onSignal(message.from, message.role, message.connectionId, message.signal); break;
      case 'error':
        if (message.code === 'peer-gone' && message.to !== undefined) this.#onUnreachable(message.to);
        // Not queued after all: whoever waits is to know, and asks again when it likes.
        if (message.re === 'wait-for-cdn' && message.contentId !== undefined) this.#swarms.get(message.contentId)?.onQueued(null);
        break;
    }
  }

  #onUnreachable(peerId: string): void {
    for (const membership of this.#swarms.values()) membership.onUnreachable(peerId);
    const link = this.#links.get(peerId);
    if (link !== undefined && link.session === undefined) link.handshake.fail('it is gone');
  }

  #onSignal(from: string, role: PeerRole, connectionId: string, signal: Signal): void {
    const link = this.#links.get(from);
    if (signal.kind !== 'offer') {
      if (link?.connectionId === connectionId) link.handshake.accept(signal);
      return;
    }
    if (link !== undefined && link.session === undefined && link.offered && (this.#parts.signalling.peerId ?? '') < from) return;
    const refusal = this.#refusal(from, link !== undefined);
    if (refusal !== undefined) {
      this.#parts.signalling.signal(from, connectionId, { kind: 'refuse', reason: refusal });
      return;
    }
    // A peer that offers while connected has lost the connection and knows it before we do.
    if (link?.session !== undefined) void link.session.close('other', 'it connected anew');
    else if (link !== undefined) this.#abandon(link, 'it made an offer too');
    this.#connect({ peerId: from, role }, connectionId, false)?.handshake.accept(signal);
  }

  #refusal(from: string, known: boolean): string | undefined {
    if (this.#banned.has(from)) return 'banned';
    if (this.#swarms.size === 0) return 'not in a swarm';
    return !known && this.#isFull() ? 'full' : undefined;
  }

  #ban(peerId: string): void {
    this.#banned.add(peerId);
    for (const oldest of this.#banned) {
      if (this.#banned.size <= MAX_BANNED_PEERS) break;
      this.#banned.delete(oldest);
    }
  }

  /** The next try at the peer is a jittered while away. */
  #delay(peerId: string): void {
    const dial = this.#dials.get(peerId) ?? { retryAtMs: 0,
      backoff: new Backoff(this.#parts.random, { firstMs: this.#timings.connectRetryFirstMs, capMs: this.#timings.connectRetryCapMs }) };
    dial.retryAtMs = this.#parts.now() + dial.backoff.next();
    this.#dials.delete(peerId);
    this.#dials.set(peerId, dial);
    for (const oldest of this.#dials.keys()) {
      if (this.#dials.size <= MAX_BANNED_PEERS) break;
      this.#dials.delete(oldest);
    }
  }

  #release(released: Promise<void>): void {
    this.#releasing.add(released);
    void released.finally(() => this.#releasing.delete(released));
  }
}

/** Unlike any other of this pair of peers, which is all it must be. */
function newConnectionId(random: () => number): string {
  return Array.from({ length: 4 }, () => Math.floor(random() * 0x1_0000_0000).toString(16).padStart(8, '0')).join('');
}
