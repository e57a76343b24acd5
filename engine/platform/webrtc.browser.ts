/** WebRTC as the browser has it. */
import type { IceServer } from '../protocol/signalling.ts';
import type { WebRtc } from './webrtc.ts';

export const webrtc: WebRtc = {
  connect: (iceServers: readonly IceServer[]) => new globalThis.RTCPeerConnection({ iceServers: [...iceServers] }),
  prepare: () => undefined,
  holdUdpPort: () => () => undefined,
  readOffer: (sdp) => sdp,
  offererChecksFirst: false,
  isUsable: () => true,
};
