/** What the swarm needs of WebRTC, the same in a browser and in Node; `#webrtc` resolves to the one that fits. */
import type { IceServer } from '../protocol/signalling.ts';

export interface ConnectOptions {
  /** The one port of all connections, one that is held; 0, the default: any, another for each. Browsers pay no heed to it. */
  readonly udpPort?: number;
}

export interface WebRtc {
  /** A new connection. Its maker closes it, also when it reports `closed` by itself. */
  connect(iceServers: readonly IceServer[], options?: ConnectOptions): RTCPeerConnection;
  /** Begins what takes time before these can be used, such as to look up their names; waits for nothing. A connection made before does without them. */
  prepare(iceServers: readonly IceServer[], options?: ConnectOptions): void;
  /**
   * Takes a UDP port for all connections that name it, until the answer is called: between two peers, too, nobody else gets it.
   * SwitchError `udp-port-taken`. A browser chooses its ports itself: there, nothing happens.
   */
  holdUdpPort(udpPort: number): () => void;
  /** A received offer in the form this platform should read. The offer on the wire stays standard. */
  readOffer(sdp: string): string;
  /** Whether the offerer must be connected before the answerer is: its candidates then leave only when its own checks have had a head start. */
  readonly offererChecksFirst: boolean;
  /** Whether a received candidate can be used here at all. */
  isUsable(candidate: string): boolean;
}
