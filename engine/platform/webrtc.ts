/** What the swarm needs of WebRTC, the same in a browser and in Node; `#webrtc` resolves to the one that fits. */
import type { IceServer } from '../protocol/signalling.ts';

export interface WebRtc {
  /** A new connection. Its maker closes it, also when it reports `closed` by itself. */
  connect(iceServers: readonly IceServer[]): RTCPeerConnection;
  /** A received offer in the form this platform should read. The offer on the wire stays standard. */
  readOffer(sdp: string): string;
  /** Whether the offerer's candidates may leave only after the answer was read. */
  readonly candidatesAwaitAnswer: boolean;
  /** Whether a received candidate can be used here at all. */
  isUsable(candidate: string): boolean;
}
