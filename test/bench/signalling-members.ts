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

/** Written once, and not by each client for each message: what is measured is the server. */
const SDP_JSON = JSON.stringify(SDP);

/** What arrived, without the description, which must be there as it was sent. */
function readWithoutSdp(text: string): unknown {
  const at = text.indexOf(SDP_JSON);
  return JSON.parse(at === -1 ? text : `${text.slice(0, at)}""${text.slice(at + SDP_JSON.length)}`);
}

let idsMade = 0;

/** As long as those of the server's own client; no two alike. */
function makeId(chars: number): string {
  idsMade += 1;
  return idsMade.toString(36).padStart(chars, '0');
}

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
    socket.onText = (text) => this.#take(readWithoutSdp(text) as ServerMessage);
  }

  join(): Promise<void> {
    return new Promise((resolve) => {
      this.#waits.joined = resolve;
      this.#say({ type: 'hello', version: 1 });
    });
  }

  meet(others: readonly Member[]): Promise<void> {
    const offers = others.map(({ peerId }) => ({ to: peerId, connectionId: makeId(22) }));
    const answers = this.#waits.answers(offers.map(({ connectionId }) => connectionId));
    this.#socket.send(...offers.map(({ to, connectionId }) => signalFrame('offer', to, connectionId)));
    return answers;
  }

  #say(message: ClientMessage): void {
    this.#socket.send(textFrame(JSON.stringify(message)));
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
      if (!('sdp' in signal) || signal.sdp !== '') throw new Error('The appliance changed a description on its way.');
      if (signal.kind === 'offer') this.#socket.send(signalFrame('answer', from, connectionId));
      else this.#waits.answered(connectionId);
    }
  }
}

/** As the engine writes it. */
function signalFrame(kind: 'offer' | 'answer', to: string, connectionId: string): string {
  return textFrame(`{"type":"signal","to":"${to}","connectionId":"${connectionId}","signal":{"kind":"${kind}","sdp":${SDP_JSON}}}`);
}

/** What the tracker sends, and is sent: https://github.com/webtorrent/bittorrent-tracker, lib/client/websocket-tracker.js. */
interface Announce {
  readonly offer?: { readonly sdp: string };
  readonly answer?: { readonly sdp: string };
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
    socket.onText = (text) => this.#take(readWithoutSdp(text) as Announce);
  }

  join(): Promise<void> {
    return new Promise((resolve) => {
      this.#waits.joined = resolve;
      this.#announce('"event":"started","numwant":0,"uploaded":0,"downloaded":0,"left":1');
    });
  }

  /** The tracker chooses whom it passes the offers to. */
  meet(): Promise<void> {
    const ids = Array.from({ length: OFFERS }, () => makeId(20));
    const answers = this.#waits.answers(ids);
    const offers = ids.map((id) => `{"offer":{"type":"offer","sdp":${SDP_JSON}},"offer_id":"${id}"}`);
    this.#announce(`"numwant":${OFFERS},"uploaded":0,"downloaded":0,"left":1,"offers":[${offers.join(',')}]`);
    return answers;
  }

  #announce(members: string): void {
    this.#socket.send(textFrame(`{"action":"announce","info_hash":"${this.#infoHash}","peer_id":"${this.peerId}",${members}}`));
  }

  #take(message: Announce): void {
    const { offer, answer, offer_id: offerId = '', peer_id: from = '' } = message;
    if (message['failure reason'] !== undefined) throw new Error(`The tracker refused a message of the bench: ${message['failure reason']}`);
    if (((offer ?? answer)?.sdp ?? '') !== '') throw new Error('The tracker changed a description on its way.');
    if (offer !== undefined) this.#announce(`"to_peer_id":"${from}","answer":{"type":"answer","sdp":${SDP_JSON}},"offer_id":"${offerId}"`);
    else if (answer !== undefined) this.#waits.answered(offerId);
    else this.#waits.joined();
  }
}
