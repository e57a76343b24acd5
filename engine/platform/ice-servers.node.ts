/** ICE servers as libjuice can use them: STUN, and TURN over UDP. What it cannot use is left out, for it would refuse to connect at all. */
import type { IceServer } from '../protocol/signalling.ts';

/** RFC 7064 and RFC 7065: host, port, transport. IPv6 in brackets is no host to libdatachannel 0.24.5. */
const USABLE = /^(stun|turn):([\w.-]+)((?::\d{1,5})?(?:\?transport=udp)?)$/i;

export interface UsableOptions {
  /** Whether the socket is one for many connections. */
  readonly shared: boolean;
  /** The address of a host; undefined where it is not known (yet). */
  readonly addressOf: (host: string) => string | undefined;
}

/**
 * By address, not by name: see server-addresses.node.ts. A TURN server knows a client by the socket it writes from, so that by a
 * shared one only the first connection would get a relay; the others have the peer's relay, if it has one.
 */
export function libjuiceServers(servers: readonly IceServer[], { shared, addressOf }: UsableOptions): IceServer[] {
  return servers.flatMap(({ urls, username, credential }) => {
    const [, scheme = '', host = '', rest = ''] = USABLE.exec(urls) ?? [];
    const isTurn = scheme.toLowerCase() === 'turn';
    if (host === '' || (isTurn && (shared || username === undefined || credential === undefined))) return [];
    const address = addressOf(host);
    if (address === undefined) return [];
    const server = { urls: `${scheme}:${address}${rest}` };
    if (!isTurn || username === undefined || credential === undefined) return [server];
    // node-datachannel writes them into the address, and libdatachannel decodes them from there.
    return [{ ...server, username: encodeURIComponent(username), credential: encodeURIComponent(credential) }];
  });
}
