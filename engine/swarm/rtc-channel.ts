/** A data channel and the RTCPeerConnection under it as a PeerChannel. Owns both from here on. */
import type { PeerPath } from '../figures.ts';
import { MAX_WIRE_MESSAGE_BYTES, SEND_HIGH_WATER_BYTES, SEND_LOW_WATER_BYTES } from '../protocol/limits.ts';
import { candidatePath } from './candidate-path.ts';
import type { PeerChannel, PeerChannelListener } from './peer-channel.ts';

/** How long the last messages, a goodbye among them, may take to arrive. A peer closes when it reads a goodbye, and so ends the wait. */
const FLUSH_LIMIT_MS = 250;

/** A channel says at once, or a round trip later, that it is closed. */
const CLOSE_LIMIT_MS = 250;

/** Control messages come on top of bulk data. A peer that lets this much pile up is not reading. */
const MAX_UNSENT_BYTES = 8 * SEND_HIGH_WATER_BYTES;

/** Messages kept for the moment between the channel's opening and `listen`. */
const MAX_EARLY_MESSAGES = 64;

export class RtcChannel implements PeerChannel {
  readonly #connection: RTCPeerConnection;
  readonly #channel: RTCDataChannel;
  readonly #listening = new AbortController();
  readonly #onReleased: () => void;
  #listener: PeerChannelListener | undefined;
  #early: Uint8Array[] = [];
  #ended: string | undefined;
  #released: Promise<void> | undefined;

  /** `channel` is open. `onReleased` is called when both are closed. */
  constructor(connection: RTCPeerConnection, channel: RTCDataChannel, onReleased: () => void) {
    this.#connection = connection;
    this.#channel = channel;
    this.#onReleased = onReleased;
    const { signal } = this.#listening;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = SEND_LOW_WATER_BYTES;
    channel.addEventListener('message', (event) => this.#receive(event.data), { signal });
    channel.addEventListener('bufferedamountlow', () => this.#listener?.onWritable(), { signal });
    channel.addEventListener('close', () => this.#endAfterMessages('the peer closed the connection'), { signal });
    channel.addEventListener('error', () => this.#endAfterMessages('the data channel failed'), { signal });
    connection.addEventListener('connectionstatechange', () => {
      // `disconnected` may heal by itself; these do not.
      const state = connection.connectionState;
      if (state === 'failed' || state === 'closed') this.#endAfterMessages('the connection was lost');
    }, { signal });
  }

  get writable(): boolean {
    return this.#ended === undefined && this.#channel.bufferedAmount < SEND_HIGH_WATER_BYTES;
  }

  listen(listener: PeerChannelListener): void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    for (const message of early) if (this.#ended === undefined) listener.onMessage(message);
    if (this.#ended !== undefined) listener.onClosed(this.#ended);
  }

  async path(): Promise<PeerPath | null> {
    return this.#ended === undefined ? candidatePath(this.#connection) : null;
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.#ended !== undefined) return;
    try {
      if (this.#channel.bufferedAmount > MAX_UNSENT_BYTES) this.#end('the peer does not read what it is sent');
      else this.#channel.send(message);
    } catch {
      this.#end('the data channel failed');
    }
  }

  close(reason: string): Promise<void> {
    this.#end(reason);
    return this.#released ?? Promise.resolve();
  }

  drop(reason: string): Promise<void> {
    this.#end(reason, false);
    return this.#released ?? Promise.resolve();
  }

  #receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return this.#end('the peer sent text, which the protocol has not');
    if (data.byteLength > MAX_WIRE_MESSAGE_BYTES) return this.#end(`the peer sent a message of ${data.byteLength} bytes`);
    const message = new Uint8Array(data);
    if (this.#listener !== undefined) this.#listener.onMessage(message);
    else if (this.#early.length < MAX_EARLY_MESSAGES) this.#early.push(message);
    else this.#end('the peer sent too much too early');
  }

  /** In Node the end and the messages before it come by different ways, and the end may be told first: give them a turn. */
  #endAfterMessages(reason: string): void {
    setTimeout(() => this.#end(reason), 0);
  }

  #end(reason: string, flushes = true): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#early = [];
    this.#listening.abort();
    this.#released = this.#release(flushes);
    this.#listener?.onClosed(reason);
  }

  async #release(flushes: boolean): Promise<void> {
    if (flushes && this.#channel.readyState === 'open' && this.#connection.connectionState === 'connected') await this.#flush();
    // One after the other, and not in the same moment as the peer: else libdatachannel 0.24.5 sometimes never says that the channel is
    // closed, and keeps the process alive for it.
    await this.#closeChannel();
    this.#connection.close();
    this.#onReleased();
  }

  #closeChannel(): Promise<void> {
    if (this.#channel.readyState === 'closed') return Promise.resolve();
    const closed = this.#closed(CLOSE_LIMIT_MS);
    this.#channel.close();
    return closed;
  }

  /** Closing drops what is on its way: libdatachannel counts it as sent when it is handed on, not when it arrived. */
  #flush(): Promise<void> {
    return this.#closed(FLUSH_LIMIT_MS);
  }

  /** Until the channel is closed, or for so long. */
  #closed(limitMs: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#channel.addEventListener('close', () => {
        clearTimeout(timer);
        resolve();
      }, { once: true });
    });
  }
}
