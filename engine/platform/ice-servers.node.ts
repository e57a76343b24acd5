/** ICE servers as libjuice can use them: STUN, and TURN over UDP. What it cannot use is left out, for it would refuse to connect at all. */
import type { IceServer } from '../protocol/signalling.ts';

/** RFC 7064 and RFC 7065: host, port, transport. IPv6 in brackets is no host to libdatachannel 0.24.5. */
const USABLE = /^(stun|turn):([\w.-]+)(:\d{1,5})?(\?transport=udp)?$/i;

/**
 * `shared`: the socket is one for many connections. A TURN server knows a client by the socket it writes from, so that there only the
 * first connection would get a relay; the others have the peer's relay, if it has one.
 */
export function libjuiceServers(servers: readonly IceServer[], { shared }: { readonly shared: boolean }): IceServer[] {
  return servers.flatMap(({ urls, username, credential }) => {
    const scheme = USABLE.exec(urls)?.[1]?.toLowerCase();
    if (scheme === 'stun') return [{ urls }];
    if (scheme !== 'turn' || shared || username === undefined || credential === undefined) return [];
    // node-datachannel writes them into the address, and libdatachannel decodes them from there.
    return [{ urls, username: encodeURIComponent(username), credential: encodeURIComponent(credential) }];
  });
}
