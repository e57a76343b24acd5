/** The peer network of an engine as it is outside tests: WebRTC, introduced by the first appliance's signalling. */
import { webrtc } from '#webrtc';
import type { EngineOptions } from './api.ts';
import type { Clock } from './platform/clock.ts';
import { WebRtcPeerNetwork } from './swarm/peer-network.ts';
import { SignallingClient } from './swarm/signalling-client.ts';
import type { PeerNetwork } from './swarm/swarm.ts';

export interface NetworkComponents {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
}

const DEFAULT_MAX_PEERS = 32;

/** What a home line of 10 Mb/s serves well. */
export const DEFAULT_UPLOAD_SLOTS = 4;

/** undefined where there is nobody to introduce us, or where the platform has no WebSocket: the CDN then serves alone. SwitchError `udp-port-taken`. */
export function openNetwork({ clock, random }: NetworkComponents, options: EngineOptions): PeerNetwork | undefined {
  const [first] = options.appliances;
  if (first === undefined || typeof WebSocket !== 'function') return undefined;
  const now = (): number => clock.now();
  const signalling = new SignallingClient({ connect: (url) => new WebSocket(url), now, random }, {
    url: signallingUrl(first), ...(options.seederProof === undefined ? {} : { seederProof: options.seederProof }),
  });
  return new WebRtcPeerNetwork({ signalling, webrtc, now, random }, {
    maxPeers: options.maxPeers ?? DEFAULT_MAX_PEERS, maxUploadSlots: options.maxUploadSlots ?? DEFAULT_UPLOAD_SLOTS,
    maxUploadMbps: options.maxUploadMbps ?? 0, spreadPieces: options.spreadPieces ?? false,
    udpPort: options.udpPort ?? 0, ...(options.announce === undefined ? {} : { announce: options.announce }),
  });
}

/** `http` becomes `ws`, `https` becomes `wss`. */
export function signallingUrl(base: string): string {
  return `${base.replace(/^http/i, 'ws').replace(/\/+$/, '')}/signalling`;
}
