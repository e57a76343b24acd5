/**
 * Our end of the signalling socket: one for all swarms. It keeps what we want of the server (swarms joined, queues waited in) and
 * says it again after every reconnection, so that a lost socket or a restarted appliance costs nobody more than a moment.
 */
import { CLOSE_REPLACED, type ClientMessage, type IceServer, type ServerMessage, type Signal } from '../protocol/signalling.ts';
import { MAX_SIGNALLING_MESSAGE_BYTES, SIGNALLING_PROTOCOL_VERSION } from '../protocol/limits.ts';
import { SwitchError } from '../protocol/errors.ts';
import { Backoff } from './backoff.ts';
import { JoinedSwarms } from './joined-swarms.ts';
import { readServerMessage } from './signalling-messages.ts';

/** The part of a WebSocket that is used; the global one of browsers and of Node fits. */
export type SignallingSocket = Pick<WebSocket, 'send' | 'close' | 'bufferedAmount' | 'addEventListener'>;

export interface SignallingComponents {
  readonly connect: (url: string) => SignallingSocket;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly random: () => number;
}

export interface SignallingOptions {
  readonly url: string;
  readonly seederProof?: string;
}

export type SignallingState = 'connected' | 'connecting' | 'off';

/** What the server tells; `error`s included, what is between the server and this client alone excluded. */
export interface SignallingListener {
  onState(state: SignallingState): void;
  onMessage(message: Exclude<ServerMessage, { readonly type: 'ping' | 'welcome' | 'closing' | 'ice-servers' }>): void;
}

/** First retry within a quarter of a second: most losses are a proxy's or a restart's. */
const RETRY = { firstMs: 250, capMs: 5_000 };

/** From dialling to `welcome`. */
const WELCOME_LIMIT_MS = 10_000;

/** A socket that lived this long was sound: the next loss is retried at once again. */
const SOUND_AFTER_MS = 5_000;

/** Silence of this many ping intervals is a dead socket. */
const SILENCE_INTERVALS = 2.5;

/** Before a refused join is tried again, up to twice this. */
const REJOIN_MS = 2_000;

/** Messages kept for the moment the socket is back. Only signals are kept; everything else is said anew. */
const MAX_QUEUED_SIGNALS = 256;

/** A server that takes nothing is as good as gone. */
const MAX_UNSENT_BYTES = 64 * MAX_SIGNALLING_MESSAGE_BYTES;

export class SignallingClient {
  readonly #parts: SignallingComponents;
  readonly #options: SignallingOptions;
  readonly #swarms = new JoinedSwarms();
  readonly #backoff: Backoff;
  #listener: SignallingListener | undefined;
  #state: SignallingState = 'off';
  #socket: SignallingSocket | undefined;
  #listening = new AbortController();
  readonly #rejoin = new Set<string>();
  #rejoinTimer: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #queued: ClientMessage[] = [];
  #session: string | undefined;
  #peerId: string | undefined;
  #iceServers: readonly IceServer[] = [];
  #silenceLimitMs = WELCOME_LIMIT_MS;
  #connectedAtMs = 0;
  #retryAfterMs = 0;

  constructor(components: SignallingComponents, options: SignallingOptions) {
    this.#parts = components;
    this.#options = options;
    this.#backoff = new Backoff(components.random, RETRY);
  }

  get state(): SignallingState {
    return this.#state;
  }

  /** Ours, as others see it; undefined before the first welcome. A server that lost its sessions gives another. */
  get peerId(): string | undefined {
    return this.#peerId;
  }

  get iceServers(): readonly IceServer[] {
    return this.#iceServers;
  }

  /** Connects, and stays connected until `stop`. */
  start(listener: SignallingListener): void {
    if (this.#listener !== undefined) throw new SwitchError('closed', 'The signalling client has been started already.');
    this.#listener = listener;
    this.#dial();
  }

  join(contentId: string, havePermille: number, wantPeers: number): void {
    this.#say(this.#swarms.join(contentId, havePermille, wantPeers));
  }

  update(contentId: string, havePermille: number): void {
    this.#say(this.#swarms.update(contentId, havePermille));
  }

  /** Asks for more peers of a swarm that was joined. */
  find(contentId: string, wantPeers: number): void {
    this.#say(this.#swarms.find(contentId, wantPeers));
  }

  leave(contentId: string): void {
    this.#say(this.#swarms.leave(contentId));
  }

  waitForCdn(contentId: string): void {
    this.#say(this.#swarms.waitForCdn(contentId));
  }

  stopWaiting(contentId: string): void {
    this.#say(this.#swarms.stopWaiting(contentId));
  }

  /** To one peer, now or as soon as the socket is back under the same peer id. */
  signal(to: string, connectionId: string, signal: Signal): void {
    const message: ClientMessage = { type: 'signal', to, connectionId, signal };
    if (this.#state === 'connected') this.#say(message);
    else if (this.#state === 'connecting' && this.#queued.length < MAX_QUEUED_SIGNALS) this.#queued.push(message);
  }

  /** Closes the socket for good. */
  stop(): void {
    this.#hangUp();
    clearTimeout(this.#rejoinTimer);
    this.#swarms.clear();
    this.#queued = [];
    this.#setState('off');
  }

  #dial(): void {
    this.#setState('connecting');
    let socket: SignallingSocket;
    try {
      socket = this.#parts.connect(this.#options.url);
    } catch {
      this.#retryLater();
      return;
    }
    this.#socket = socket;
    this.#silenceLimitMs = WELCOME_LIMIT_MS;
    this.#watchSilence();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    socket.addEventListener('open', () => this.#hello(), { signal });
    socket.addEventListener('message', (event) => {
      if (this.#state === 'connected') this.#watchSilence();
      const message = readServerMessage(event.data);
      if (message !== undefined) this.#read(message);
    }, { signal });
    socket.addEventListener('close', (event) => {
      // Another client has our session: with it we would only take turns at pushing each other out.
      if (event.code === CLOSE_REPLACED) this.#session = undefined;
      this.#lost();
    }, { signal });
    socket.addEventListener('error', () => this.#lost(), { signal });
  }

  #hello(): void {
    const { seederProof } = this.#options;
    this.#write({ type: 'hello', version: SIGNALLING_PROTOCOL_VERSION,
      ...(this.#session === undefined ? {} : { session: this.#session }), ...(seederProof === undefined ? {} : { seederProof }) });
  }

  #read(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome': this.#welcome(message); break;
      case 'ice-servers': this.#iceServers = message.iceServers; break;
      case 'ping': this.#write({ type: 'pong' }); break;
      case 'closing': this.#retryAfterMs = message.retryAfterMs; break;
      case 'error':
        // Said once before the server closes: asking again at once would be answered the same.
        if (message.code === 'unsupported-version') this.#retryAfterMs = RETRY.capMs;
        if (message.contentId !== undefined) this.#refused(message.contentId, message.re);
        this.#listener?.onMessage(message);
        break;
      default:
        if (message.type === 'grant' || (message.type === 'queued' && message.position === null)) this.#swarms.waitedOut(message.contentId);
        this.#listener?.onMessage(message);
    }
  }

  #welcome(message: Extract<ServerMessage, { readonly type: 'welcome' }>): void {
    if (this.#peerId !== message.peerId) this.#queued = [];
    this.#peerId = message.peerId;
    this.#session = message.session;
    this.#iceServers = message.iceServers;
    this.#silenceLimitMs = Math.max(1_000, message.pingIntervalMs * SILENCE_INTERVALS);
    this.#connectedAtMs = this.#parts.now();
    this.#watchSilence();
    this.#setState('connected');
    for (const wish of this.#swarms.again()) this.#say(wish);
    const queued = this.#queued;
    this.#queued = [];
    for (const signal of queued) this.#say(signal);
  }

  /** A join that was refused for now is tried again, with whatever hung on it; a wait is the caller's to repeat. */
  #refused(contentId: string, re: string | undefined): void {
    if (re === 'wait-for-cdn') this.#swarms.waitedOut(contentId);
    if (!this.#swarms.has(contentId) || (re !== 'join' && re !== 'find' && re !== 'update')) return;
    this.#rejoin.add(contentId);
    this.#rejoinTimer ??= setTimeout(() => this.#joinAgain(), REJOIN_MS * (1 + this.#parts.random()));
  }

  #joinAgain(): void {
    this.#rejoinTimer = undefined;
    for (const contentId of this.#rejoin) for (const wish of this.#swarms.again(contentId)) this.#say(wish);
    this.#rejoin.clear();
  }

  /** What is not said now is said on the next welcome, from `#swarms`. */
  #say(message: ClientMessage | undefined): void {
    if (message !== undefined && this.#state === 'connected') this.#write(message);
  }

  #write(message: ClientMessage): void {
    if (this.#socket === undefined) return;
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES) {
      this.#lost();
      return;
    }
    try {
      this.#socket.send(JSON.stringify(message));
    } catch {
      this.#lost();
    }
  }

  #watchSilence(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(), this.#silenceLimitMs);
  }

  #lost(): void {
    if (this.#state === 'off') return;
    if (this.#state === 'connected' && this.#parts.now() - this.#connectedAtMs >= SOUND_AFTER_MS) this.#backoff.reset();
    this.#hangUp();
    this.#setState('connecting');
    this.#retryLater();
  }

  #retryLater(): void {
    clearTimeout(this.#timer);
    const waitMs = this.#retryAfterMs * (1 + this.#parts.random()) + this.#backoff.next();
    this.#retryAfterMs = 0;
    this.#timer = setTimeout(() => this.#dial(), waitMs);
  }

  #hangUp(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#listening.abort();
    socket?.close();
  }

  #setState(state: SignallingState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#listener?.onState(state);
  }
}
