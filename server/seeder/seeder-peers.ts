/** Who the seeder is connected to: one connection a peer, whatever number of videos goes over it. */
import type { PeerFigures } from '../../engine/index.ts';

export interface SeederPeer {
  /** `relay` when a TURN server stands between; null until it is known. */
  readonly path: 'direct' | 'relay' | null;
  readonly protocol: 'udp' | 'tcp' | null;
  readonly sentBytes: number;
  readonly sendMbps: number;
  readonly roundTripMs: number | null;
}

/** By peer id, from the figures of each video. */
export function seederPeers(figures: Iterable<readonly PeerFigures[]>): ReadonlyMap<string, SeederPeer> {
  const peers = new Map<string, SeederPeer>();
  for (const ofOneVideo of figures) {
    for (const { peerId, state, path, bytesSent, sendMbps, roundTripMs } of ofOneVideo) {
      if (state !== 'open') continue;
      const known = peers.get(peerId);
      peers.set(peerId, {
        path: path === null ? known?.path ?? null : path.localType === 'relay' || path.remoteType === 'relay' ? 'relay' : 'direct',
        protocol: path?.protocol ?? known?.protocol ?? null,
        sentBytes: bytesSent + (known?.sentBytes ?? 0), sendMbps: sendMbps + (known?.sendMbps ?? 0), roundTripMs: roundTripMs ?? known?.roundTripMs ?? null,
      });
    }
  }
  return peers;
}
