/** One client of a signalling server: it joins a swarm and meets others there, each in the words of its server. */
import { randomBytes } from 'node:crypto';
import type { ClientMessage, ServerMessage } from '../../engine/index.ts';
import { type RawWebSocket, textFrame } from './raw-websocket.ts';

/** A data channel's, with three candidates: the same for both. */
const SDP = [
  'v=0', 'o=- 7641519803240113563 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0', 'a=msid-semantic: WMS', 'a=ice-options:trickle',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=sendrecv', 'a=sctp-port:5000', 'a=max-message-size:262144',
  'a=setup:actpass', 'a=ice-ufrag:Yb2x', 'a=ice-pwd:5h0tdZ3JkuuOeX8ZcTqk1p9b',
  'a=fingerprint:sha-256 8C:71:B3:8D:A5:38:FD:8F:A4:2E:A2:65:6C:86:52:BC:E0:6E:94:F2:9F:7C:4D:B5:DF:AF:AA:6F:44:90:8D:F4',
  ...[1, 2, 3].map((n) => `a=candidate:${n} 1 UDP ${2_122_317_823 - n} 192.168.1.${n} 5${n}210 typ host`), '',
].join('\r\n');

/** What bittorrent-tracker's own client asks for at most: "max offers to generate in each announce". */
export const OFFERS = 5;
/** What the engine asks for while the swarm serves. */
const WANT_PEERS = 12;

export interface Member {
  readonly peerId: string;
  /** Resolves when the server told that we are in. */
  join(): Promise<void>;
  /** {@link OFFERS} offers out, as many answers back: twice as many relays. */
  meet(others: readonly Member[]): Promise<void>;
}

/** What resolves `join` and `meet`. */
class Waits {
  joined: () => void = () => undefined;
  readonly #answered = new Map<string, () => void>();

  /** Resolves when each of `ids` was answered. */
  answers(ids: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      let left = ids.length;
      for (const id of ids) {
        this.#answered.set(id, () => {
          left -= 1;
          if (left === 0) resolve();
        });
      }
    });
  }

  answered(id: string): void {
    this.#answered.get(id)?.();
    this.#answered.delete(id);
  }
}

export class OurMember implements Member {
  peerId = '';
  readonly #socket: RawWebSocket;
  readonly #contentId: string;
  readonly #waits = new Waits();

  constructor(socket: RawWebSocket, swarm: number) {
    this.#socket = socket;
    this.#contentId = swarm.toString(16).padStart(64, '0');
    socket.onText = (text) => this.#take(JSON.parse(text));
  }

  join(): Promise<void> {
    return new Promise((resolve) => {
      this.#waits.joined = resolve;
      this.#say({ type: 'hello', version: 1 });
    });
  }

  meet(others: readonly Member[]): Promise<void> {
    const offers = others.map(({ peerId }) => ({ to: peerId, connectionId: randomBytes(16).toString('base64url') }));
    const answers = this.#waits.answers(offers.map(({ connectionId }) => connectionId));
    this.#say(...offers.map(({ to, connectionId }) => ({ type: 'signal', to, connectionId, signal: { kind: 'offer', sdp: SDP } }) as const));
    return answers;
  }

  #say(...messages: ClientMessage[]): void {
    this.#socket.send(...messages.map((message) => textFrame(JSON.stringify(message))));
  }

  #take(message: ServerMessage): void {
    if (message.type === 'welcome') {
      this.peerId = message.peerId;
      this.#say({ type: 'join', contentId: this.#contentId, havePermille: 0, wantPeers: WANT_PEERS });
    } else if (message.type === 'peers') this.#waits.joined();
    else if (message.type === 'ping') this.#say({ type: 'pong' });
    else if (message.type === 'error') throw new Error(`The appliance refused a message of the bench: ${message.message}`);
    else if (message.type === 'signal') {
      const { from, connectionId, signal } = message;
      if (signal.kind === 'offer') this.#say({ type: 'signal', to: from, connectionId, signal: { kind: 'answer', sdp: SDP } });
      else this.#waits.answered(connectionId);
    }
  }
}

/** What the tracker sends, and is sent: https://github.com/webtorrent/bittorrent-tracker, lib/client/websocket-tracker.js. */
interface Announce {
  readonly offer?: object;
  readonly answer?: object;
  readonly offer_id?: string;
  readonly peer_id?: string;
  readonly 'failure reason'?: string;
}

export class RivalMember implements Member {
  readonly peerId = `-WW0300-${randomBytes(6).toString('hex')}`;
  readonly #socket: RawWebSocket;
  readonly #infoHash: string;
  readonly #waits = new Waits();

  constructor(socket: RawWebSocket, swarm: number) {
    this.#socket = socket;
    this.#infoHash = swarm.toString(16).padStart(20, '0');
    socket.onText = (text) => this.#take(JSON.parse(text));
  }

  join(): Promise<void> {
    return new Promise((resolve) => {
      this.#waits.joined = resolve;
      this.#announce({ event: 'started', numwant: 0, uploaded: 0, downloaded: 0, left: 1 });
    });
  }

  /** The tracker chooses whom it passes the offers to. */
  meet(): Promise<void> {
    const offers = Array.from({ length: OFFERS }, () => ({ offer: { type: 'offer', sdp: SDP }, offer_id: randomBytes(10).toString('hex') }));
    const answers = this.#waits.answers(offers.map((offer) => offer.offer_id));
    this.#announce({ numwant: OFFERS, uploaded: 0, downloaded: 0, left: 1, offers });
    return answers;
  }

  #announce(message: object): void {
    this.#socket.send(textFrame(JSON.stringify({ action: 'announce', info_hash: this.#infoHash, peer_id: this.peerId, ...message })));
  }

  #take(message: Announce): void {
    const { offer, answer, offer_id: offerId = '', peer_id: from } = message;
    if (message['failure reason'] !== undefined) throw new Error(`The tracker refused a message of the bench: ${message['failure reason']}`);
    if (offer !== undefined) this.#announce({ to_peer_id: from, answer: { type: 'answer', sdp: SDP }, offer_id: offerId });
    else if (answer !== undefined) this.#waits.answered(offerId);
    else this.#waits.joined();
  }
}
