/** One signalling socket: what it may send, what it is in, and what it is sent. It knows no other client. */
import type { PeerRole, ServerMessage, SignallingErrorCode } from '../../engine/index.ts';
import type { Waiter } from '../cdn/admission.ts';
import { FewMap } from './few-map.ts';
import type { Membership } from './room.ts';

/** What the hub needs of a WebSocket; the `ws` library's has it. */
export interface SignallingSocket {
  /** As the browser's: 1 is open. */
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Cuts the connection without a goodbye. */
  terminate(): void;
}

export interface ClientLimits {
  readonly messagesPerSecond: number;
  /** What may come at once after a silence: a client joins all its swarms when it connects. */
  readonly messageBurst: number;
  /** Bad messages a minute before the socket is closed. */
  readonly maxFaultsPerMinute: number;
  /** A client that does not take what it is sent is cut above this. */
  readonly maxBufferedBytes: number;
}

/** RFC 6455 section 7.4.1, and the registry it opened. */
export const CLOSE_POLICY = 1008;
export const CLOSE_RESTART = 1012;
export const CLOSE_TRY_LATER = 1013;

const OPEN = 1;
const MINUTE_MS = 60_000;
const MILLI = 1000;
/** A long frame costs as much as several short ones: parsing and relaying it does. */
const BYTES_PER_TOKEN = 4096;

/** Made by the hub, which also ends it. Whole numbers throughout: V8 keeps a fraction in an object of its own. */
export class SignallingClient {
  /** Empty until the client said hello. */
  peerId = '';
  role: PeerRole = 'viewer';
  /** Where its socket comes from; null where nobody told. */
  readonly address: string | null;
  /** The `Host` it asked for; null where nobody told. */
  readonly host: string | null;
  /** When it was last told the ICE servers. */
  iceServersAtMs: number;
  readonly connectedAtMs: number;
  lastHeardMs: number;
  lastPingMs: number;
  /** No more is sent or taken; the hub has forgotten it. */
  ended = false;
  readonly memberships = new FewMap<Membership<SignallingClient>>();
  /** Places in the CDN's queue, by content; undefined while the library is asked whether it has the content. */
  readonly waits = new FewMap<Waiter | undefined>();
  readonly #socket: SignallingSocket;
  readonly #limits: ClientLimits;
  readonly #onOverflow: (client: SignallingClient) => void;
  #milliTokens: number;
  #tokensAtMs: number;
  #faults = 0;
  #faultsSinceMs: number;

  constructor(
    { socket, address, host }: { readonly socket: SignallingSocket; readonly address: string | null; readonly host: string | null },
    limits: ClientLimits, nowMs: number, onOverflow: (client: SignallingClient) => void,
  ) {
    this.#socket = socket;
    this.address = address;
    this.host = host;
    this.iceServersAtMs = nowMs;
    this.connectedAtMs = nowMs;
    this.#limits = limits;
    this.#onOverflow = onOverflow;
    this.#milliTokens = limits.messageBurst * MILLI;
    this.#tokensAtMs = nowMs;
    this.#faultsSinceMs = nowMs;
    this.lastHeardMs = nowMs;
    this.lastPingMs = nowMs;
  }

  /** False once either side began to close, before the end itself is seen. */
  get isOpen(): boolean {
    return !this.ended && this.#socket.readyState === OPEN;
  }

  get saidHello(): boolean {
    return this.peerId !== '';
  }

  /** False when the client sends more than it may. */
  takeToken(frameBytes: number, nowMs: number): boolean {
    const refilled = this.#milliTokens + (nowMs - this.#tokensAtMs) * this.#limits.messagesPerSecond;
    this.#milliTokens = Math.min(this.#limits.messageBurst * MILLI, refilled);
    this.#tokensAtMs = nowMs;
    const cost = MILLI * (1 + Math.floor(frameBytes / BYTES_PER_TOKEN));
    if (this.#milliTokens < cost) return false;
    this.#milliTokens -= cost;
    return true;
  }

  /** Counts one bad message. False when it was one too many. */
  countFault(nowMs: number): boolean {
    if (nowMs - this.#faultsSinceMs >= MINUTE_MS) {
      this.#faultsSinceMs = nowMs;
      this.#faults = 0;
    }
    this.#faults += 1;
    return this.#faults <= this.#limits.maxFaultsPerMinute;
  }

  send(message: ServerMessage): void {
    this.sendText(JSON.stringify(message));
  }

  /** A `ServerMessage` that is JSON already. */
  sendText(json: string): void {
    if (this.ended) return;
    this.#socket.send(json);
    if (this.#socket.bufferedAmount > this.#limits.maxBufferedBytes) this.#onOverflow(this);
  }

  refuse(code: SignallingErrorCode, message: string, about: { re?: string; field?: string; to?: string; contentId?: string } = {}): void {
    this.send({ type: 'error', code, message, ...about });
  }

  /** Whether somebody else's words may still be sent to it: a flood by others must not be what gets it cut. */
  get takesRelays(): boolean {
    return this.#socket.bufferedAmount <= this.#limits.maxBufferedBytes / 2;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}
