/** One end of the bench `open`, in a child process or in a page: peers of the engine that dial, or wait to be dialled, over a real hub. */
import { webrtc } from '#webrtc';
import { WebRtcPeerNetwork } from '../../engine/swarm/peer-network.ts';
import { SignallingClient } from '../../engine/swarm/signalling-client.ts';
import type { PieceProvider, SwarmEvents } from '../../engine/swarm/swarm.ts';
import { offerCalls } from './callable.ts';

export interface OpenEnd {
  readonly url: string;
  /** From sending a message until it leaves. */
  readonly delayMs: number;
}

/** An open that takes longer ends the bench: the engine itself gives up after 10 s and tries anew. */
const LIMIT_MS = 30_000;

const NOTHING: PieceProvider = { manifest: undefined, has: () => false, read: async () => undefined };
const UNHEARD: SwarmEvents = {
  onPeerOpen: () => undefined, onPeerGone: () => undefined, onPeerHave: () => undefined, onGrant: () => undefined, onQueued: () => undefined,
  onSignalling: () => undefined,
};

const now = (): number => performance.now();
const swarmOf = (index: number): string => index.toString(16).padStart(64, '0');

/** Says everything later, in order: timers of one length end in the order of their beginning. */
function slowSocket(url: string, delayMs: number): WebSocket {
  const socket = new WebSocket(url);
  const send = socket.send.bind(socket);
  if (delayMs > 0) socket.send = (data) => void setTimeout(() => send(data), delayMs);
  return socket;
}

function networkOf({ url, delayMs }: OpenEnd, onDial: () => void): WebRtcPeerNetwork {
  const signalling = new SignallingClient({ connect: (to) => slowSocket(to, delayMs), now, random: Math.random }, { url: `${url.replace('http', 'ws')}/signalling` });
  const connect: typeof webrtc.connect = (...given) => {
    onDial();
    return webrtc.connect(...given);
  };
  return new WebRtcPeerNetwork({ signalling, webrtc: { ...webrtc, connect }, now, random: Math.random },
    { maxPeers: 4, maxUploadSlots: 1, maxUploadMbps: 0, spreadPieces: false });
}

const waiting: WebRtcPeerNetwork[] = [];

/** From the first call on WebRTC, of the first try, to a peer that can be asked for pieces. */
async function dial(end: OpenEnd, swarm: number): Promise<number> {
  let dialledAtMs: number | undefined;
  const opened = Promise.withResolvers<number>();
  const network = networkOf(end, () => { dialledAtMs ??= now(); });
  const limit = setTimeout(() => opened.reject(new Error(`No peer was open within ${LIMIT_MS} ms.`)), LIMIT_MS);
  try {
    network.join(swarmOf(swarm), NOTHING, { ...UNHEARD, onPeerOpen: () => opened.resolve(now() - (dialledAtMs ?? Number.NaN)) }).setWantedPeers(1);
    return await opened.promise;
  } finally {
    clearTimeout(limit);
    await network.stop();
  }
}

const calls = {
  /** Waits in `swarms` swarms, with a peer of its own in each. */
  async wait({ swarms, ...end }: OpenEnd & { readonly swarms: number }): Promise<void> {
    await Promise.all(Array.from({ length: swarms }, (_, index) => new Promise<void>((resolve) => {
      const network = networkOf(end, () => undefined);
      waiting.push(network);
      network.join(swarmOf(index), NOTHING, { ...UNHEARD, onSignalling: (state) => { if (state === 'connected') resolve(); } });
    })));
  },
  /** `atOnce` connections at the same time, and again when all are closed, until there were `connections`. ms. */
  async dial({ connections, atOnce, ...end }: OpenEnd & { readonly connections: number; readonly atOnce: number }): Promise<number[]> {
    const tookMs: number[] = [];
    while (tookMs.length < connections) {
      tookMs.push(...await Promise.all(Array.from({ length: Math.min(atOnce, connections - tookMs.length) }, (_, swarm) => dial(end, swarm))));
    }
    return tookMs;
  },
  async leave(): Promise<void> {
    await Promise.all(waiting.splice(0).map((network) => network.stop()));
  },
};

export type OpenCalls = typeof calls;

offerCalls(calls);
