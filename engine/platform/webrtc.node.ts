/**
 * WebRTC in Node: node-datachannel behind the browser's interface. Its `cleanup()` is never called: it crashes or hangs the
 * process after many peers, and without it a process whose peers are all closed ends by itself.
 */
import { RTCPeerConnection } from 'node-datachannel/polyfill';
import type { IceServer } from '../protocol/signalling.ts';
import type { WebRtc } from './webrtc.ts';

/** mDNS names stand for a browser's hidden addresses. Nothing here resolves them; the browser's own checks arrive all the same. */
const isMdns = (candidate: string): boolean => /\s[^\s]+\.local\s/i.test(candidate);

export const webrtc: WebRtc = {
  // The declared types differ from the DOM's in an event class only; its fields are the same.
  connect: (iceServers: readonly IceServer[]) => new RTCPeerConnection({ iceServers: [...iceServers] }) as unknown as globalThis.RTCPeerConnection,
  readOffer: (sdp) => sdp.split('\r\n').filter((line) => !(line.startsWith('a=candidate:') && isMdns(line))).join('\r\n'),
  /**
   * The answerer is the DTLS client. Were its ICE connected first, its ClientHello would reach an offerer that still drops it, and
   * DTLS repeats only after 999 ms. Without our candidates it checks nothing: we check first, with its candidates, and are ready when
   * it is. Making the offerer the client instead (an offer read as `active`) brings another race: libdatachannel hands the answer to
   * ICE before it knows the fingerprint in it, and one open in a hundred ends with "unknown CA".
   */
  candidatesAwaitAnswer: true,
  isUsable: (candidate) => !isMdns(candidate),
};
