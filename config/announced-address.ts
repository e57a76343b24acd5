/** One item of `announce`: an address or a name under which viewers reach the UDP port, and why one cannot be that. */
import { isIPv4, isIPv6 } from 'node:net';

export interface AnnouncedItem {
  /** IPv4, IPv6 without brackets, or a name. */
  readonly host: string;
  readonly isName: boolean;
  /** undefined: the port that is listened on. */
  readonly port: number | undefined;
}

const WITH_PORT = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/;

/** RFC 1123, section 2.1, with the underscore that some home networks use. */
const NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

/** What ends in a number is read as an address by browsers and programs alike, never as a name. */
const LIKE_IPV4 = /^[\dx*.]+$|\.\d+\.?$/i;

/** Takes only what {@link reasonAgainstAnnounced} has nothing against. */
export function readAnnounced(item: string): AnnouncedItem {
  const [, host = '', port] = WITH_PORT.exec(item) ?? [];
  const bare = host.replace(/^\[|\]$/g, '');
  return { host: bare, isName: !isIPv4(bare) && !isIPv6(bare), port: port === undefined ? undefined : Number(port) };
}

/** A clause such as `0.0.0.0 means …`, or undefined where the item can be announced. */
export function reasonAgainstAnnounced(item: string): string | undefined {
  if (item === '') return 'an item is empty';
  if (item.includes('/')) return `${item} looks like a web address or a network, and the address or the name alone is wanted`;
  if (item.includes('%')) return `${item} has a zone, which means something on this machine only`;
  if (isIPv6(item)) return `an IPv6 address stands in brackets: [${item}]`;
  const parts = WITH_PORT.exec(item);
  if (parts === null) return `${item} is neither an address nor a name`;
  const [, host = '', port] = parts;
  if (port !== undefined && !isPort(port)) return `${port === '' ? 'an empty port' : `port ${port}`} of ${host} is not a number from 1 to 65535`;
  if (host.startsWith('[')) return reasonAgainstIpv6(host.slice(1, -1));
  return LIKE_IPV4.test(host) ? reasonAgainstIpv4(host) : reasonAgainstName(host);
}

/** The same for an address that a name stands for. */
export function reasonAgainstAddress(ip: string): string | undefined {
  return isIPv4(ip) ? reasonAgainstIpv4(ip) : reasonAgainstIpv6(ip);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function reasonAgainstIpv4(host: string): string | undefined {
  if (/[x*]/i.test(host)) return `${host} is only a pattern of an address; put this machine's own numbers in it`;
  if (!isIPv4(host)) return `${host} is not a whole IPv4 address, which is four numbers from 0 to 255 such as 192.168.1.10`;
  const first = Number.parseInt(host, 10);
  if (first === 0) return `${host} means every address of a machine, and so none that others could reach`;
  if (host === '255.255.255.255') return `${host} is the broadcast address, not that of one machine`;
  if (first >= 240) return `${host} is in a range that nobody may use`;
  return first >= 224 ? `${host} is a multicast address, not that of one machine` : undefined;
}

function reasonAgainstIpv6(host: string): string | undefined {
  if (!isIPv6(host)) return `[${host}] is not an IPv6 address`;
  const address = new URL(`http://[${host}]`).hostname.slice(1, -1);
  if (address === '::') return `[${host}] means every address of a machine, and so none that others could reach`;
  if (/^ff..:/.test(address)) return `[${host}] is a multicast address, not that of one machine`;
  if (/^fe[89ab].:/.test(address)) return `[${host}] is valid on one cable only and cannot be reached without a zone`;
  return address.startsWith('::ffff:') ? `[${host}] is an IPv4 address in another dress; write it as IPv4` : undefined;
}

function reasonAgainstName(host: string): string | undefined {
  return NAME.test(host) ? undefined : `${JSON.stringify(host)} is neither an address nor a name`;
}
