/** One try at a connection to the node's own peer, as one of the plans has it, up to a pair that works and then an open channel. */
import { webrtc } from '#webrtc';
import type { WebRtc } from '../platform/webrtc.ts';
import type { Signal } from '../protocol/signalling.ts';
import { selectedPair } from '../swarm/candidate-path.ts';
import type { RtcChannel } from '../swarm/rtc-channel.ts';
import { RtcHandshake } from '../swarm/rtc-handshake.ts';
import { DEFAULT_UDP_PORT, readCandidate, writeHostCandidate } from './addresses.ts';
import type { Endpoint, PathPlan, PathTry } from './observations.ts';
import type { ProbeSignalling } from './probe-signalling.ts';
import { atMost } from './waiting.ts';

/** Ten times what a far connection takes; a node that is there answers the first or second check. Three tries are to end in patience. */
const ANSWER_LIMIT_MS = 5_000;
const PAIR_LIMIT_MS = 4_000;
const CHANNEL_LIMIT_MS = 5_000;

/** The only section of our descriptions. */
const DATA_MID = '0';

export interface PathProbeOptions {
  readonly plan: PathPlan;
  /** The seeder's. */
  readonly peerId: string;
  /** Stands in for the node's addresses in the plan `host`. */
  readonly httpAddress: string;
}

export class PathProbe {
  readonly channelLimitMs = CHANNEL_LIMIT_MS;
  readonly #options: PathProbeOptions;
  readonly #handshake: RtcHandshake;
  readonly #unsubscribe: () => void;
  readonly #announced: Endpoint[] = [];
  readonly #targets: Endpoint[] = [];
  readonly #answer = Promise.withResolvers<'answered' | { readonly refusal: string }>();
  readonly #paired = Promise.withResolvers<boolean>();
  readonly #channel = Promise.withResolvers<RtcChannel | undefined>();
  #connection: RTCPeerConnection | undefined;
  #closed = false;

  /** Throws what the platform throws when it can make no connection. */
  constructor(signalling: ProbeSignalling, options: PathProbeOptions) {
    this.#options = options;
    const connectionId = `probe-${options.plan}-${Math.random().toString(36).slice(2)}`;
    this.#handshake = new RtcHandshake({
      webrtc: { ...webrtc, connect: (servers) => this.#watched(webrtc.connect(servers)) } satisfies WebRtc,
      sendSignal: (signal) => {
        const told = this.#told(signal);
        if (told !== undefined) signalling.signal(options.peerId, connectionId, told);
      },
      onOpen: (channel) => this.#onOpen(channel),
      onFailed: () => this.#onFailed(),
    }, { role: 'offerer', iceServers: signalling.iceServers, limitMs: ANSWER_LIMIT_MS + PAIR_LIMIT_MS + CHANNEL_LIMIT_MS });
    this.#unsubscribe = signalling.onSignal((message) => {
      if (message.from === options.peerId && message.connectionId === connectionId) this.#hear(message.signal);
    });
  }

  /** Where the node says it is, as far as it has said. */
  get announced(): readonly Endpoint[] {
    return this.#announced;
  }

  /** SwitchError `aborted`. */
  async answer(signal: AbortSignal): Promise<'answered' | { readonly refusal: string } | { readonly limitMs: number }> {
    return await atMost(this.#answer.promise, ANSWER_LIMIT_MS, signal) ?? { limitMs: ANSWER_LIMIT_MS };
  }

  /** SwitchError `aborted`. */
  async pair(signal: AbortSignal): Promise<PathTry> {
    const paired = await atMost(this.#paired.promise, PAIR_LIMIT_MS, signal);
    const pair = paired === true && this.#connection !== undefined ? await selectedPair(this.#connection) : undefined;
    // A platform that does not tell the pair has one all the same.
    const known = pair ?? (paired === true ? UNKNOWN_PAIR : undefined);
    return { plan: this.#options.plan, targets: [...this.#targets], limitMs: PAIR_LIMIT_MS, pair: known };
  }

  /** Undefined when it did not open. SwitchError `aborted`. */
  channel(signal: AbortSignal): Promise<RtcChannel | undefined> {
    return atMost(this.#channel.promise, CHANNEL_LIMIT_MS, signal);
  }

  /** Ends the try, its channel included. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unsubscribe();
    this.#handshake.fail('the diagnosis is over');
    await (await this.#channel.promise)?.close('the diagnosis is over');
  }

  #watched(connection: RTCPeerConnection): RTCPeerConnection {
    this.#connection = connection;
    connection.addEventListener('iceconnectionstatechange', () => {
      const state = connection.iceConnectionState;
      if (state === 'connected' || state === 'completed') this.#paired.resolve(true);
    });
    return connection;
  }

  /** What of our side goes to the node: in the strict plans nothing by which it could come to us. */
  #told(signal: Signal): Signal | undefined {
    if (this.#options.plan === 'usual') return signal;
    if (signal.kind === 'candidate') return undefined;
    return 'sdp' in signal ? { kind: signal.kind, sdp: withoutCandidates(signal.sdp).sdp } : signal;
  }

  #hear(signal: Signal): void {
    if (signal.kind === 'refuse') {
      this.#answer.resolve({ refusal: signal.reason });
      this.#handshake.accept(signal);
    } else if (signal.kind === 'candidate') this.#onCandidate(signal);
    else if (signal.kind === 'answer') {
      const { sdp, candidates } = withoutCandidates(signal.sdp);
      this.#handshake.accept({ kind: 'answer', sdp });
      for (const candidate of candidates) this.#onCandidate({ kind: 'candidate', candidate, mid: DATA_MID });
      if (this.#options.plan === 'host') this.#goToHost(DEFAULT_UDP_PORT, DATA_MID);
      this.#answer.resolve('answered');
    }
  }

  #onCandidate(signal: Extract<Signal, { readonly kind: 'candidate' }>): void {
    const announced = readCandidate(signal.candidate);
    if (announced === undefined) return;
    if (!this.#announced.some((one) => one.address === announced.address && one.port === announced.port)) this.#announced.push(announced);
    if (this.#options.plan !== 'host') {
      this.#targets.push(announced);
      this.#handshake.accept(signal);
      return;
    }
    if (announced.type !== 'relay') this.#goToHost(announced.port, signal.mid);
  }

  #goToHost(port: number, mid: string): void {
    const address = this.#options.httpAddress;
    if (this.#targets.some((target) => target.port === port)) return;
    this.#targets.push({ address, port, type: 'host' });
    this.#handshake.accept({ kind: 'candidate', candidate: writeHostCandidate(address, port, this.#targets.length), mid });
  }

  #onOpen(channel: RtcChannel): void {
    this.#paired.resolve(true);
    this.#channel.resolve(channel);
    if (this.#closed) void channel.close('the diagnosis is over');
  }

  #onFailed(): void {
    this.#paired.resolve(false);
    this.#channel.resolve(undefined);
  }
}

const UNKNOWN: Endpoint = { address: '', port: 0, type: 'host' };
const UNKNOWN_PAIR = { local: UNKNOWN, remote: UNKNOWN };

/** The description without the candidates in it, and those. */
function withoutCandidates(sdp: string): { readonly sdp: string; readonly candidates: readonly string[] } {
  const lines = sdp.split('\r\n');
  return {
    sdp: lines.filter((line) => !isCandidate(line) && line !== 'a=end-of-candidates').join('\r\n'),
    candidates: lines.filter(isCandidate).map((line) => line.slice('a='.length)),
  };
}

function isCandidate(line: string): boolean {
  return line.startsWith('a=candidate:');
}
