/** The address in a `Host` header: under it this viewer reached the page, so under it it may reach the UDP port too. */
import { isIPv4, isIPv6 } from 'node:net';

/**
 * IPv4, or IPv6 without brackets; undefined for a name. Only the viewer could tell what it stands for: inside and outside of a house
 * one name often means two addresses, and looking up names for strangers would tell them what the house's own DNS knows.
 */
export function addressInHost(host: string | null): string | undefined {
  if (host === null) return undefined;
  let name: string;
  try {
    name = new URL(`http://${host}`).hostname;
  } catch {
    return undefined;
  }
  if (name === 'localhost' || name.endsWith('.localhost')) return '127.0.0.1';
  const bare = name.replace(/^\[|\]$/g, '');
  return isIPv4(bare) || isIPv6(bare) ? bare : undefined;
}
