/**
 * One attempt to connect to one peer: offer, answer and trickled candidates, up to an open data channel. Ends in exactly one of
 * `onOpen` and `onFailed`, within the limit. Candidates that come later still reach the connection, until it is closed.
 */
import type { WebRtc } from '../platform/webrtc.ts';
import type { IceServer, Signal } from '../protocol/signalling.ts';
import { RtcChannel } from './rtc-channel.ts';

export interface HandshakeComponents {
  readonly webrtc: WebRtc;
  readonly sendSignal: (signal: Signal) => void;
  readonly onOpen: (channel: RtcChannel) => void;
  /** `reason` is a clause for people. */
  readonly onFailed: (reason: string) => void;
}

export interface HandshakeOptions {
  readonly role: 'offerer' | 'answerer';
  readonly iceServers: readonly IceServer[];
  /** See {@link ConnectOptions}. */
  readonly udpPort?: number;
  readonly limitMs: number;
}

/** A host has a handful of addresses, each with a few candidates; more is a flood. */
const MAX_CANDIDATES = 64;

/**
 * Our candidates wait this long for our own checks to get through, where those are to be first: ten times what they take in a local
 * network. A peer whose router lets in nobody it did not call needs our candidates for any path at all.
 */
const HEAD_START_MS = 30;

/** What signalling carries; the usual has 100 characters. */
const MAX_CANDIDATE_LENGTH = 1_024;

export class RtcHandshake {
  readonly #parts: HandshakeComponents;
  readonly #connection: RTCPeerConnection;
  /** Listeners of the attempt, and those that stay as long as the connection. */
  readonly #attempt = new AbortController();
  readonly #life = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  #headStart: ReturnType<typeof setTimeout> | undefined;
  /** Candidates of ours wait for our description to be sent (or for the head start of our checks), those of the peer for its description. */
  #localReady = false;
  #remoteReady = false;
  #localEarly: Signal[] = [];
  #remoteEarly: RTCIceCandidateInit[] = [];
  #remoteCandidates = 0;
  #channel: RTCDataChannel | undefined;
  #done = false;
  #failed = false;

  /** Throws what the platform throws when it can make no connection. */
  constructor(components: HandshakeComponents, options: HandshakeOptions) {
    this.#parts = components;
    const connection = components.webrtc.connect(options.iceServers, options);
    this.#connection = connection;
    this.#timer = setTimeout(() => this.fail('it did not answer in time'), options.limitMs);
    connection.addEventListener('icecandidate', (event) => this.#offerCandidate(event.candidate), { signal: this.#life.signal });
    connection.addEventListener('connectionstatechange', () => {
      if (connection.connectionState === 'failed' || connection.connectionState === 'closed') this.fail('no path to it was found');
    }, { signal: this.#attempt.signal });
    if (options.role === 'offerer') {
      this.#watch(connection.createDataChannel('switch', { ordered: true }));
      void this.#offer();
    } else {
      // A second channel is not in the protocol: it is closed, and the first goes on.
      connection.addEventListener('datachannel', (event) => {
        if (this.#done || this.#channel !== undefined) event.channel.close();
        else this.#watch(event.channel);
      }, { signal: this.#life.signal });
    }
  }

  /** A signal of the peer for this attempt. */
  accept(signal: Signal): void {
    if (signal.kind === 'refuse') this.fail(`it refused: ${signal.reason}`);
    else if (signal.kind === 'candidate') this.#acceptCandidate(signal);
    else if (!this.#done && !this.#remoteReady) void this.#acceptDescription(signal.kind, signal.sdp);
  }

  /** Gives up and closes, unless it is open: then the channel owns the connection. */
  fail(reason: string): void {
    if (this.#done) return;
    this.#failed = true;
    this.#finish();
    this.#life.abort();
    // In Node a channel that was never opened keeps the process alive unless it is closed itself.
    this.#channel?.close();
    this.#connection.close();
    this.#parts.onFailed(reason);
  }

  async #offer(): Promise<void> {
    try {
      const offer = await this.#connection.createOffer();
      await this.#connection.setLocalDescription(offer);
      this.#described({ kind: 'offer', sdp: offer.sdp ?? '' });
    } catch {
      this.fail('no offer could be made');
    }
  }

  async #acceptDescription(kind: 'offer' | 'answer', sdp: string): Promise<void> {
    try {
      await this.#connection.setRemoteDescription({ type: kind, sdp: kind === 'offer' ? this.#parts.webrtc.readOffer(sdp) : sdp });
      this.#remoteReady = true;
      const early = this.#remoteEarly;
      this.#remoteEarly = [];
      for (const candidate of early) await this.#addCandidate(candidate);
      if (kind === 'answer') return this.#giveHeadStart();
      const answer = await this.#connection.createAnswer();
      await this.#connection.setLocalDescription(answer);
      this.#described({ kind: 'answer', sdp: answer.sdp ?? '' });
    } catch {
      this.fail('its description could not be read');
    }
  }

  #described(description: Signal): void {
    if (this.#failed) return;
    this.#parts.sendSignal(description);
    if (description.kind === 'answer' || !this.#parts.webrtc.offererChecksFirst) this.#sendCandidates();
  }

  /** The answer was read: our checks begin with the first candidate of the peer. */
  #giveHeadStart(): void {
    if (this.#localReady || this.#done) return;
    this.#headStart = setTimeout(() => this.#sendCandidates(), HEAD_START_MS);
    this.#connection.addEventListener('iceconnectionstatechange', () => {
      if (this.#connection.iceConnectionState === 'connected') this.#sendCandidates();
    }, { signal: this.#attempt.signal });
  }

  #sendCandidates(): void {
    if (this.#localReady || this.#failed) return;
    clearTimeout(this.#headStart);
    this.#localReady = true;
    for (const signal of this.#localEarly) this.#parts.sendSignal(signal);
    this.#localEarly = [];
  }

  #offerCandidate(candidate: RTCIceCandidate | null): void {
    if (candidate === null || candidate.candidate === '' || candidate.candidate.length > MAX_CANDIDATE_LENGTH) return;
    const signal: Signal = { kind: 'candidate', candidate: candidate.candidate, mid: candidate.sdpMid ?? '0' };
    if (this.#localReady) this.#parts.sendSignal(signal);
    else if (this.#localEarly.length < MAX_CANDIDATES) this.#localEarly.push(signal);
  }

  #acceptCandidate(signal: Extract<Signal, { readonly kind: 'candidate' }>): void {
    this.#remoteCandidates += 1;
    if (this.#remoteCandidates > MAX_CANDIDATES) return;
    if (!this.#parts.webrtc.isUsable(signal.candidate)) {
      // A peer that hides its addresses cannot be checked first, and comes to us.
      if (this.#headStart !== undefined) this.#sendCandidates();
      return;
    }
    const candidate = { candidate: signal.candidate, sdpMid: signal.mid };
    if (this.#remoteReady) void this.#addCandidate(candidate);
    else this.#remoteEarly.push(candidate);
  }

  /** A candidate that cannot be used is one path fewer, not a failure. */
  async #addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    await this.#connection.addIceCandidate(candidate).catch(() => undefined);
  }

  #watch(channel: RTCDataChannel): void {
    this.#channel = channel;
    const open = (): void => {
      if (this.#done) return;
      this.#finish();
      this.#parts.onOpen(new RtcChannel(this.#connection, channel, () => this.#life.abort()));
    };
    if (channel.readyState === 'open') open();
    else {
      channel.addEventListener('open', open, { signal: this.#attempt.signal });
      channel.addEventListener('close', () => this.fail('its channel closed'), { signal: this.#attempt.signal });
    }
  }

  #finish(): void {
    this.#done = true;
    this.#attempt.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#headStart);
    this.#remoteEarly = [];
  }
}
