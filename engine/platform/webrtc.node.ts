/**
 * WebRTC in Node: node-datachannel behind the browser's interface. Its `cleanup()` is never called: it crashes or hangs the
 * process after many peers, and without it a process whose peers are all closed ends by itself.
 */
import { RTCPeerConnection } from 'node-datachannel/polyfill';
import { SwitchError } from '../protocol/errors.ts';
import type { IceServer } from '../protocol/signalling.ts';
import { libjuiceServers } from './ice-servers.node.ts';
import { ServerAddresses } from './server-addresses.node.ts';
import type { ConnectOptions, WebRtc } from './webrtc.ts';

/** mDNS names stand for a browser's hidden addresses. Nothing here resolves them; the browser's own checks arrive all the same. */
const isMdns = (candidate: string): boolean => /\s[^\s]+\.local\s/i.test(candidate);

/** Of all engines in this process: they ask for the same few names. */
const serverAddresses = new ServerAddresses();

const usable = (iceServers: readonly IceServer[], udpPort: number): IceServer[] =>
  libjuiceServers(iceServers, { shared: udpPort !== 0, addressOf: (host) => serverAddresses.of(host) });

function connect(iceServers: readonly IceServer[], { udpPort = 0 }: ConnectOptions = {}): globalThis.RTCPeerConnection {
  // What the declared type does not know is handed on as it is to libdatachannel, which does.
  const onePort = udpPort === 0 ? {} : { enableIceUdpMux: true, portRangeBegin: udpPort, portRangeEnd: udpPort };
  const configuration = { ...onePort, iceServers: usable(iceServers, udpPort) };
  // The declared types differ from the DOM's in an event class only; its fields are the same.
  return new RTCPeerConnection(configuration) as unknown as globalThis.RTCPeerConnection;
}

/**
 * By a connection that waits for nobody, for libjuice gives a port back with the last connection on it. Its IceUdpMuxListener, meant for
 * this, sometimes does not let go: libdatachannel 0.24.5 leaves `mStopped` without a first value.
 */
function holdUdpPort(udpPort: number): () => void {
  const holder = connect([], { udpPort });
  try {
    // Only with a channel is there something to negotiate, and so a socket.
    const channel = holder.createDataChannel('');
    return () => {
      channel.close();
      holder.close();
    };
  } catch (cause) {
    holder.close();
    throw new SwitchError('udp-port-taken', `UDP port ${udpPort} cannot be had: another program has it, or this one lacks the right to it.`, { cause });
  }
}

export const webrtc: WebRtc = {
  connect,
  prepare: (iceServers, { udpPort = 0 } = {}) => void usable(iceServers, udpPort),
  holdUdpPort,
  readOffer: (sdp) => sdp.split('\r\n').filter((line) => !(line.startsWith('a=candidate:') && isMdns(line))).join('\r\n'),
  /**
   * The answerer is the DTLS client. Were its ICE connected first, its ClientHello would reach an offerer that is not ready: libdatachannel
   * 0.24.5 keeps it, but when it takes it out of there, a thread that finds the transport not quite started lets it lie, one time in three,
   * and DTLS repeats only after 999 ms. Without our candidates it checks nothing: our own checks, with its candidates, get through first,
   * and by the one it sends in return, 50 ms later, it is connected when we have long been. Making the offerer the client instead (an
   * offer read as `active`) brings another race: libdatachannel hands the answer to ICE before it knows the fingerprint in it, and one
   * open in a hundred ends with "unknown CA".
   */
  offererChecksFirst: true,
  isUsable: (candidate) => !isMdns(candidate),
};
