/**
 * Puts announced addresses in the place of our own (RFC 8839: candidates; RFC 8445, section 5.1.2: priorities). Behind address
 * translation our own host addresses lead nowhere, and libdatachannel cannot be told others; but a peer's checks that arrive by an
 * announced one are answered as any. Server-reflexive and relay candidates stay.
 */
import { type AnnouncedAddress, MAX_ANNOUNCED_ADDRESSES } from '../api.ts';
import type { Signal } from '../protocol/signalling.ts';

/** Type preference of a host candidate, and the component's share, there being one component. */
const HOST_PREFERENCE = 126;
const MAX_LOCAL_PREFERENCE = 65_535;
const COMPONENT_SHARE = 255;

/** Foundations tell apart where candidates come from: beyond those that libjuice and browsers count out. */
const FIRST_FOUNDATION = 9_001;

const HOST_CANDIDATE = /^(?:a=)?candidate:\S+ \d+ \S+ \d+ \S+ \d+ typ host(?:\s|$)/i;

/** For one attempt to connect: the first host candidate of ours is replaced by all the announced ones, the others go. */
export class AnnouncedCandidates {
  readonly #addresses: readonly AnnouncedAddress[];
  #told = false;

  constructor(addresses: readonly AnnouncedAddress[]) {
    this.#addresses = addresses.slice(0, MAX_ANNOUNCED_ADDRESSES);
  }

  /** What to send for a signal of ours. Nothing announced: the signal itself. */
  rewrite(signal: Signal): readonly Signal[] {
    if (this.#addresses.length === 0) return [signal];
    // Those in a description are trickled as well, when the peer should have them.
    if (signal.kind === 'offer' || signal.kind === 'answer') return [{ kind: signal.kind, sdp: withoutHosts(signal.sdp) }];
    if (signal.kind !== 'candidate' || !HOST_CANDIDATE.test(signal.candidate)) return [signal];
    if (this.#told) return [];
    this.#told = true;
    return this.#addresses.map((address, at) => ({ kind: 'candidate', candidate: hostCandidate(address, at), mid: signal.mid }));
  }
}

function withoutHosts(sdp: string): string {
  return sdp.split('\r\n').filter((line) => !HOST_CANDIDATE.test(line) && line !== 'a=end-of-candidates').join('\r\n');
}

function hostCandidate({ ip, port }: AnnouncedAddress, at: number): string {
  const priority = HOST_PREFERENCE * 2 ** 24 + (MAX_LOCAL_PREFERENCE - at) * 2 ** 8 + COMPONENT_SHARE;
  return `candidate:${FIRST_FOUNDATION + at} 1 UDP ${priority} ${ip} ${port} typ host`;
}
