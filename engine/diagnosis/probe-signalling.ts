/** The steps `websocket` and `signalling`, and after them the way by which offer, answer and candidates of the tries go. */
import { webrtc } from '#webrtc';
import { PROBE_CONTENT_ID } from '../protocol/probe-content.ts';
import type { IceServer, ServerMessage, Signal } from '../protocol/signalling.ts';
import { SignallingClient, type SignallingListener } from '../swarm/signalling-client.ts';
import { signallingUrl } from '../open-network.ts';
import type { SignallingSeen } from './observations.ts';
import { atMost } from './waiting.ts';

/** Through a sleeping disk and a slow proxy; what works takes milliseconds. */
const OPEN_LIMIT_MS = 5_000;
const WELCOME_LIMIT_MS = 5_000;
const PEERS_LIMIT_MS = 5_000;

/** The seeder comes to the swarm when its first viewer is there: some milliseconds, more on a loaded Raspberry Pi. */
const SEEDER_LIMIT_MS = 5_000;

const WANTED_PEERS = 16;

type Message = Parameters<SignallingListener['onMessage']>[0];

export class ProbeSignalling {
  readonly #client: SignallingClient;
  readonly #opened = Promise.withResolvers<boolean>();
  readonly #joined = Promise.withResolvers<SignallingSeen>();
  readonly #seeder = Promise.withResolvers<string>();
  readonly #listeners = new Set<(message: Extract<ServerMessage, { readonly type: 'signal' }>) => void>();
  #welcome = false;
  #ended = false;

  constructor(base: string) {
    this.#client = new SignallingClient({ connect: (url) => this.#connect(url), now: () => performance.now(), random: Math.random }, { url: signallingUrl(base) });
  }

  get iceServers(): readonly IceServer[] {
    return this.#client.iceServers;
  }

  /** SwitchError `aborted`. */
  async open(signal: AbortSignal): Promise<{ readonly kind: 'open' } | { readonly kind: 'refused' } | { readonly kind: 'timeout'; readonly limitMs: number }> {
    this.#client.start({
      onState: (state) => { if (state === 'connected') this.#onWelcome(); },
      onMessage: (message) => this.#onMessage(message),
    });
    const open = await atMost(this.#opened.promise, OPEN_LIMIT_MS, signal);
    return open === undefined ? { kind: 'timeout', limitMs: OPEN_LIMIT_MS } : { kind: open ? 'open' : 'refused' };
  }

  /** SwitchError `aborted`. */
  async join(signal: AbortSignal): Promise<SignallingSeen> {
    const limitMs = WELCOME_LIMIT_MS + PEERS_LIMIT_MS;
    const seen = await atMost(this.#joined.promise, limitMs, signal);
    return seen ?? { kind: 'timeout', limitMs, waitedFor: this.#welcome ? 'peers' : 'welcome' };
  }

  /** The peer id of the node's own peer; undefined when it does not come. SwitchError `aborted`. */
  async seeder(signal: AbortSignal): Promise<{ readonly peerId: string | undefined; readonly limitMs: number }> {
    return { peerId: await atMost(this.#seeder.promise, SEEDER_LIMIT_MS, signal), limitMs: SEEDER_LIMIT_MS };
  }

  signal(to: string, connectionId: string, signal: Signal): void {
    this.#client.signal(to, connectionId, signal);
  }

  /** Returns the unsubscriber. */
  onSignal(listener: (message: Extract<ServerMessage, { readonly type: 'signal' }>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#ended = true;
    this.#listeners.clear();
    this.#client.stop();
  }

  /** Only the first socket is looked at; the client makes others when that is lost, until it is closed. */
  #connect(url: string): WebSocket {
    const socket = new WebSocket(url);
    socket.addEventListener('open', () => this.#opened.resolve(true), { once: true });
    socket.addEventListener('error', () => this.#opened.resolve(false), { once: true });
    socket.addEventListener('close', ({ code }) => {
      this.#opened.resolve(false);
      this.#joined.resolve({ kind: 'closed', code });
    }, { once: true });
    return socket;
  }

  #onWelcome(): void {
    this.#welcome = true;
    webrtc.prepare(this.iceServers);
    if (!this.#ended) this.#client.join(PROBE_CONTENT_ID, 0, WANTED_PEERS);
  }

  #onMessage(message: Message): void {
    if (message.type === 'error' && message.re !== 'signal') this.#joined.resolve({ kind: 'error', message: message.message });
    else if (message.type === 'signal') for (const listener of this.#listeners) listener(message);
    else if (message.type === 'peers' && message.contentId === PROBE_CONTENT_ID) {
      this.#joined.resolve({ kind: 'joined', helpers: this.iceServers.map(({ urls }) => urls) });
      const seeder = message.peers.find(({ role }) => role === 'seeder');
      if (seeder !== undefined) this.#seeder.resolve(seeder.peerId);
    }
  }
}
