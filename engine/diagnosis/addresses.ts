/** Addresses as ICE writes them: candidates read and written, and what an address tells about who can reach it. */
import type { CandidateType } from '../figures.ts';
import type { Endpoint } from './observations.ts';

const TYPES: ReadonlySet<string> = new Set<CandidateType>(['host', 'srflx', 'prflx', 'relay']);

/** RFC 8839, section 5.1: foundation, component, transport, priority, address, port, "typ", type. Undefined for what is not one over UDP. */
export function readCandidate(line: string): Endpoint | undefined {
  const [, , transport = '', , address = '', port = '', , type = ''] = line.replace(/^a=/, '').split(' ');
  if (transport.toLowerCase() !== 'udp' || !/^\d{1,5}$/.test(port) || !isType(type)) return undefined;
  return { address, port: Number(port), type };
}

/** SWITCH_UDP_PORT as it is when nobody sets it. */
export const DEFAULT_UDP_PORT = 9_000;

/** Priority of a host candidate of full preference: (126 << 24) + (65535 << 8) + 255. */
const HOST_PRIORITY = 2_130_706_431;

export function writeHostCandidate(address: string, port: number, foundation: number): string {
  return `candidate:${foundation} 1 UDP ${HOST_PRIORITY} ${address} ${port} typ host`;
}

function isType(type: string): type is CandidateType {
  return TYPES.has(type);
}

/** `192.168.1.10:9000`, `[fe80::1]:9000`. */
export function formatEndpoint({ address, port }: Pick<Endpoint, 'address' | 'port'>): string {
  if (address === '') return `a hidden address, port ${port}`;
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** The host of an http address without brackets. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

export function isLiteral(host: string): boolean {
  return host.includes(':') || /^\d{1,3}(\.\d{1,3}){3}$/.test(host);
}

/**
 * Who reaches an address. `machine`: only the machine itself. `container`: usually only the host of a container (Docker's bridges
 * take 172.16.0.0/12). `nobody`: reserved for examples (RFC 5737, RFC 3849), or a link's own.
 */
export type Reach = 'machine' | 'container' | 'nobody' | 'others';

const REACHES: readonly (readonly [RegExp, Reach])[] = [
  [/^(127\.|0\.|::1$|localhost$)/i, 'machine'],
  [/^172\.(1[6-9]|2\d|3[01])\./, 'container'],
  [/^(192\.0\.2|198\.51\.100|203\.0\.113|169\.254)\.|^2001:db8:|^fe[89ab][0-9a-f]:/i, 'nobody'],
];

export function reachOf(address: string): Reach {
  return REACHES.find(([pattern]) => pattern.test(address))?.[1] ?? 'others';
}
