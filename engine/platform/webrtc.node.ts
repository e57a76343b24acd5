/**
 * WebRTC in Node: node-datachannel behind the browser's interface. Its `cleanup()` is never called: it crashes or hangs the
 * process after many peers, and without it a process whose peers are all closed ends by itself.
 */
import { RTCPeerConnection } from 'node-datachannel/polyfill';
import type { IceServer } from '../protocol/signalling.ts';
import type { WebRtc } from './webrtc.ts';

export interface NodeWebRtcOptions {
  /** Every peer on this one UDP port (libdatachannel's ICE mux), so that a container needs to publish only one. Default: any free ports. */
  readonly udpPort?: number;
}

/** mDNS names stand for a browser's hidden addresses. Nothing here resolves them; the browser's own checks arrive all the same. */
const isMdns = (candidate: string): boolean => /\s[^\s]+\.local\s/i.test(candidate);

export function nodeWebRtc(options: NodeWebRtcOptions = {}): WebRtc {
  const { udpPort } = options;
  const mux = udpPort === undefined ? {} : { enableIceUdpMux: true, portRangeBegin: udpPort, portRangeEnd: udpPort };
  return {
    // The declared types differ from the DOM's in an event class only; its fields are the same.
    connect: (iceServers: readonly IceServer[]) => new RTCPeerConnection({ iceServers: [...iceServers], ...mux }) as unknown as globalThis.RTCPeerConnection,
    /**
     * The answerer of libdatachannel is the DTLS client by default and its ICE is connected first: its first ClientHello reaches an
     * offerer that still drops it, and DTLS repeats after 999 ms. With the offerer as client, fewer than 2 % of opens wait.
     */
    readOffer: (sdp) => sdp.replaceAll('a=setup:actpass', 'a=setup:active')
      .split('\r\n').filter((line) => !(line.startsWith('a=candidate:') && isMdns(line))).join('\r\n'),
    isUsable: (candidate) => !isMdns(candidate),
  };
}

export const webrtc: WebRtc = nodeWebRtc();
