/**
 * The peer protocol on one channel: hello, topics, pings, and who may do what. Knows nothing of WebRTC. Whatever breaks the protocol
 * ends it; whatever a later version may add is skipped.
 */
import type { PeerPath } from '../figures.ts';
import { contentIdFromBytes, contentIdToBytes } from '../protocol/content-id.ts';
import { SwitchError } from '../protocol/errors.ts';
import { PEER_PROTOCOL_VERSION } from '../protocol/limits.ts';
import type { PeerRole } from '../protocol/signalling.ts';
import { decodeWire, encodeWire, type GoodbyeCode, type OutgoingMessage, type WireMessage } from '../protocol/wire.ts';
import { Greeting } from './greeting.ts';
import type { LocalSwarm } from './local-swarm.ts';
import type { PeerChannel } from './peer-channel.ts';
import { MAX_MESSAGES_PER_S, MAX_STRIKES, type SwarmTimings } from './timings.ts';
import { TopicPeer, type TopicLink } from './topic-peer.ts';
import { TopicTable } from './topic-table.ts';
import type { UploadDesk } from './upload-desk.ts';
import { Uploader } from './uploader.ts';

export interface SessionHost {
  /** Our membership, where we are in the swarm. */
  swarm(contentId: string): LocalSwarm | undefined;
  /** `abuse`: the peer broke the protocol and is not to come back. */
  onSessionClosed(session: PeerSession, reason: string, abuse: boolean): void;
}

export interface SessionComponents {
  readonly channel: PeerChannel;
  readonly desk: UploadDesk;
  readonly host: SessionHost;
  readonly now: () => number;
}

export interface SessionOptions {
  readonly peerId: string;
  readonly role: PeerRole;
  /** Whether we made the offer. */
  readonly offered: boolean;
  readonly timings: SwarmTimings;
}

/** Strikes older than this are forgiven. */
const STRIKE_SPAN_MS = 10_000;

/** Pings without any message in return before the peer counts as dead. */
const SILENT_PINGS = 3;

/** How many seconds' worth of messages may come at once. */
const MESSAGE_BURST_S = 2;

export class PeerSession implements TopicLink {
  readonly peerId: string;
  readonly role: PeerRole;
  readonly uploader: Uploader;
  readonly desk: UploadDesk;
  readonly #channel: PeerChannel;
  readonly #host: SessionHost;
  readonly #now: () => number;
  readonly #timings: SwarmTimings;
  readonly #greeting: Greeting;
  readonly #table = new TopicTable();
  readonly #topics = new Map<string, TopicPeer>();
  #closed = false;
  #released: Promise<void> = Promise.resolve();
  #roundTripMs: number | null = null;
  #path: PeerPath | null = null;
  #pingSent: { readonly token: number; readonly atMs: number } | undefined;
  #pings = 0;
  #silentPings = 0;
  #strikes = 0;
  #strikesSinceMs = 0;
  #messages = 0;
  #messagesAtMs: number;
  #pingTimer: ReturnType<typeof setTimeout> | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(components: SessionComponents, options: SessionOptions) {
    this.peerId = options.peerId;
    this.role = options.role;
    this.desk = components.desk;
    this.#channel = components.channel;
    this.#host = components.host;
    this.#now = components.now;
    this.#timings = options.timings;
    this.#messagesAtMs = components.now();
    this.#greeting = new Greeting((message) => this.#channel.send(encodeWire(message)), { speaksFirst: options.offered });
    this.uploader = new Uploader(components.channel, components.desk);
  }

  get roundTripMs(): number | null {
    return this.#roundTripMs;
  }

  /** Looked up with each ping: a connection may find a better way later. */
  get path(): PeerPath | null {
    return this.#path;
  }

  /** From the first hello on. */
  start(): void {
    this.#greeting.start();
    this.#pingTimer = setTimeout(() => this.#end('protocol-violation', 'it did not say hello', false), this.#timings.helloLimitMs);
    this.#watchIdle();
    this.#channel.listen({
      onMessage: (message) => this.#receive(message),
      onWritable: () => this.uploader.onWritable(),
      onClosed: (reason) => this.#over(reason, false),
    });
  }

  now(): number {
    return this.#now();
  }

  /** No swarm is shared on it at present. */
  get isIdle(): boolean {
    return this.#topics.size === 0;
  }

  isOpenBy(contentId: string): boolean {
    return this.#table.isRemoteOpen(contentId);
  }

  /** Offers the peer a swarm we are in. */
  openTopic(contentId: string): void {
    if (this.#closed) return;
    try {
      const topic = this.#table.openLocal(contentId);
      if (topic === undefined) return;
      this.send({ type: 'topic-open', topic, version: PEER_PROTOCOL_VERSION, swarmId: contentIdToBytes(contentId) });
      this.#share(contentId);
    } catch (error) {
      this.#end('shutting-down', error instanceof Error ? error.message : 'no topic could be opened', false);
    }
  }

  /** We have left the swarm: nobody is told, and the peer's requests in it come to nothing. */
  closeTopic(contentId: string): void {
    const topic = this.#table.closeLocal(contentId);
    if (topic === undefined) return;
    this.send({ type: 'topic-close', topic });
    this.#topics.get(contentId)?.onGone('the swarm was left');
    this.#topics.delete(contentId);
    this.#watchIdle();
  }

  send(message: OutgoingMessage): void {
    this.#greeting.send(message);
  }

  strike(what: string): void {
    const now = this.#now();
    if (now - this.#strikesSinceMs > STRIKE_SPAN_MS) {
      this.#strikes = 0;
      this.#strikesSinceMs = now;
    }
    this.#strikes += 1;
    if (this.#strikes > MAX_STRIKES) this.#end('flood', `it ${what}, again and again`, true);
  }

  ban(reason: string): void {
    this.#end('banned', reason, true);
  }

  /** Says goodbye and closes. Resolves when the channel is released. */
  close(code: GoodbyeCode, reason: string): Promise<void> {
    this.#end(code, reason, false);
    return this.#released;
  }

  #receive(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#silentPings = 0;
    if (this.#isFlood()) return this.#end('flood', 'it sent too many messages', true);
    try {
      this.#dispatch(decodeWire(bytes));
    } catch (error) {
      if (!(error instanceof SwitchError)) throw error;
      this.#end('protocol-violation', error.message, true);
    }
  }

  #dispatch(message: WireMessage): void {
    if (!this.#greeting.isHeard && message.type !== 'hello' && message.type !== 'goodbye') throw new SwitchError('bad-message', 'The first message is hello.');
    switch (message.type) {
      case 'hello': this.#onHello(message.version); break;
      case 'goodbye': this.#over(message.reason === '' ? message.code : message.reason, false, 'drop'); break;
      case 'topic-open': this.#onTopicOpen(message.topic, message.version, contentIdFromBytes(message.swarmId)); break;
      case 'topic-close': this.#onTopicClose(message.topic); break;
      case 'ping': this.send({ type: 'pong', token: message.token }); break;
      case 'pong': this.#onPong(message.token); break;
      case 'unknown': break;
      default: {
        // What is still on its way to a topic that was closed comes to nothing.
        const contentId = this.#table.swarmOf(message.topic);
        if (contentId !== undefined) this.#topics.get(contentId)?.onMessage(message);
      }
    }
  }

  #onHello(version: number): void {
    if (!this.#greeting.hear(version)) {
      return this.#end('unsupported-version', `version ${version} is not spoken here, ${PEER_PROTOCOL_VERSION} is`, false);
    }
    clearTimeout(this.#pingTimer);
    this.#ping();
  }

  #onTopicOpen(topic: number, version: number, contentId: string): void {
    // A swarm in a later version of the protocol is one we do not share; the connection serves the others.
    if (version !== PEER_PROTOCOL_VERSION) return;
    this.#table.openRemote(topic, contentId);
    if (this.#host.swarm(contentId) === undefined) return;
    this.openTopic(contentId);
    this.#share(contentId);
  }

  #onTopicClose(topic: number): void {
    const contentId = this.#table.closeRemote(topic);
    const peer = contentId === undefined ? undefined : this.#topics.get(contentId);
    if (contentId === undefined || peer === undefined) return;
    this.#topics.delete(contentId);
    this.#gone(contentId, peer, 'it left the swarm');
    this.#watchIdle();
  }

  /** Makes the peer of a swarm that both have open now. */
  #share(contentId: string): void {
    const remoteTopic = this.#table.shared(contentId);
    const swarm = this.#host.swarm(contentId);
    if (remoteTopic === undefined || swarm === undefined || this.#topics.has(contentId)) return;
    const peer = new TopicPeer(this, swarm, { remoteTopic, stallMs: this.#timings.stallMs });
    this.#topics.set(contentId, peer);
    this.#watchIdle();
    const shown = swarm.shownTo(peer);
    if (shown.count > 0) peer.showAll(shown);
    swarm.onPeerOpen(peer);
  }

  #gone(contentId: string, peer: TopicPeer, reason: string): void {
    peer.onGone(reason);
    this.#host.swarm(contentId)?.onPeerGone(peer, reason);
  }

  #ping(): void {
    if (this.#silentPings >= SILENT_PINGS) return this.#end('other', 'it went silent', false);
    this.#silentPings += 1;
    this.#pings = (this.#pings + 1) % 0xffff_ffff;
    this.#pingSent = { token: this.#pings, atMs: this.#now() };
    this.send({ type: 'ping', token: this.#pings });
    void this.#lookAtPath();
    this.#pingTimer = setTimeout(() => this.#ping(), this.#timings.pingMs);
  }

  async #lookAtPath(): Promise<void> {
    this.#path = await this.#channel.path();
  }

  #onPong(token: number): void {
    if (this.#pingSent?.token !== token) return;
    this.#roundTripMs = this.#now() - this.#pingSent.atMs;
    this.#pingSent = undefined;
  }

  #isFlood(): boolean {
    const now = this.#now();
    this.#messages = Math.max(0, this.#messages - ((now - this.#messagesAtMs) * MAX_MESSAGES_PER_S) / 1_000) + 1;
    this.#messagesAtMs = now;
    return this.#messages > MAX_MESSAGES_PER_S * MESSAGE_BURST_S;
  }

  #watchIdle(): void {
    if (this.#topics.size > 0) {
      clearTimeout(this.#idleTimer);
      this.#idleTimer = undefined;
    } else if (!this.#closed) {
      this.#idleTimer ??= setTimeout(() => this.#end('idle', 'no swarm is shared any more', false), this.#timings.idleMs);
    }
  }

  #end(code: GoodbyeCode, reason: string, abuse: boolean): void {
    if (this.#closed) return;
    this.send({ type: 'goodbye', code, reason });
    this.#over(reason, abuse);
  }

  #over(reason: string, abuse: boolean, how: 'close' | 'drop' = 'close'): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#pingTimer);
    clearTimeout(this.#idleTimer);
    this.uploader.close();
    this.#released = this.#channel[how](reason);
    const topics = [...this.#topics];
    this.#topics.clear();
    for (const [contentId, peer] of topics) this.#gone(contentId, peer, reason);
    this.#host.onSessionClosed(this, reason, abuse);
  }
}
