/** The addresses this program sees itself at, and whether they are only those of a container's bridge, which nobody outside its host reaches. */
import { existsSync } from 'node:fs';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

export interface OwnAddresses {
  /** Without the loopback's and without those valid on one cable only; IPv4 first. */
  readonly addresses: readonly string[];
  readonly isBridgeOnly: boolean;
}

interface Surroundings {
  readonly exists?: (path: string) => boolean;
  readonly interfaces?: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
}

/** Docker makes the first, Podman and others the second, in every container. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];

/**
 * What container engines hand out by default: Docker 172.17/16 to 172.31/16, then /20s of 192.168/16; Podman 10.88/16, then /24s from
 * 10.89; user-mode networks 10.0.2/24. The width counts: a house has a /24 of the same addresses, and on the host's network or on a
 * macvlan a container has the house's.
 */
const BRIDGES: readonly RegExp[] = [
  /^172\.(1[6-9]|2\d|3[01])\.\d+\.\d+\/16$/,
  /^192\.168\.\d+\.\d+\/20$/,
  /^10\.88\.\d+\.\d+\/16$/,
  /^10\.(89|9\d)\.\d+\.\d+\/24$/,
  /^10\.0\.2\.\d+\/24$/,
];

/** Asked anew each time: addresses come and go. */
export function ownAddresses({ exists = existsSync, interfaces = networkInterfaces }: Surroundings = {}): OwnAddresses {
  const found = Object.values(interfaces()).flatMap((addresses) => addresses ?? []).filter((address) => !address.internal);
  const ipv4 = found.filter(({ family }) => family === 'IPv4');
  const ipv6 = found.filter(({ family, address }) => family === 'IPv6' && !/^fe[89ab]/i.test(address));
  return {
    addresses: [...ipv4, ...ipv6].map(({ address }) => address),
    isBridgeOnly: ipv4.length > 0 && ipv4.every(({ cidr }) => BRIDGES.some((range) => range.test(cidr ?? ''))) && CONTAINER_MARKS.some((mark) => exists(mark)),
  };
}
