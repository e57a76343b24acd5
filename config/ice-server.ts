/** One item of `iceServers`: a STUN or TURN server, and why one cannot be that (RFC 7064, RFC 7065). */

const SERVER = /^(stun|turns?):(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;

/** TURN, over whatever: those need `turnSecret`. */
export function isTurn(item: string): boolean {
  return /^turns?:/i.test(item);
}

/** A clause, or undefined where the item names a server. */
export function reasonAgainstIceServer(item: string): string | undefined {
  if (!/^(stun|turns?):/i.test(item)) return `${JSON.stringify(item)} does not begin with stun:, turn: or turns:`;
  if (item.includes('//')) return `${item} has slashes, which these addresses have not: stun:stun.example.org:3478`;
  if (item.includes('@')) return `${item} has a name or a password in it, which each client gets of its own from turnSecret`;
  const [, scheme = '', , port, transport] = SERVER.exec(item) ?? [];
  if (scheme === '') return `${item} is not a server such as turn:turn.example.org:3478 or turn:turn.example.org:3478?transport=tcp`;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return `port ${port} of ${item} is not a number from 1 to 65535`;
  return !isTurn(item) && transport !== undefined ? `${item} names a transport, which STUN servers have not` : undefined;
}
