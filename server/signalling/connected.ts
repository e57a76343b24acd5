/** A signalling client as an admin sees it. */
import type { PeerRole } from '../../engine/index.ts';
import type { SignallingClient } from './client.ts';

export interface ConnectedClient {
  readonly peerId: string;
  readonly role: PeerRole;
  /** Where its socket comes from, through trusted proxies; null where nobody told. */
  readonly address: string | null;
  /** For how long its socket has been open. */
  readonly connectedMs: number;
  readonly swarms: readonly { readonly contentId: string; readonly havePermille: number }[];
}

/** The first `limit` of those who said hello. */
export function connectedClients(clients: Iterable<SignallingClient>, limit: number, nowMs: number): readonly ConnectedClient[] {
  const found: ConnectedClient[] = [];
  for (const client of clients) {
    if (found.length >= limit) break;
    if (!client.saidHello || client.ended) continue;
    found.push({
      peerId: client.peerId, role: client.role, address: client.address, connectedMs: nowMs - client.connectedAtMs,
      swarms: client.memberships.values().map(({ room, havePermille }) => ({ contentId: room.contentId, havePermille })),
    });
  }
  return found;
}
