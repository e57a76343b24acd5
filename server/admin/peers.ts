/** Who is connected: signalling clients, and those the seeder has a connection to; bounded. */
import { Type, type Static } from 'typebox';
import { PROBE_CONTENT_ID } from '../../engine/index.ts';
import type { SeederPeer } from '../seeder/seeder-peers.ts';
import type { ConnectedClient } from '../signalling/connected.ts';

const MAX_PEERS_LISTED = 500;
const MAX_SWARMS_PER_PEER = 5;
/** Enough to tell peers apart, as the page shows them everywhere. */
const SHORT_ID_CHARS = 8;

const Swarm = Type.Object({
  contentId: Type.String(),
  title: Type.Union([Type.String(), Type.Null()], { description: 'null where the library has no such video' }),
  havePermille: Type.Integer({ description: 'How much of it this peer holds' }),
});

const Peer = Type.Object({
  peerId: Type.String({ description: `The first ${SHORT_ID_CHARS} characters` }),
  address: Type.Union([Type.String(), Type.Null()], { description: 'As the appliance sees it, through trusted proxies; null for who is connected to the seeder alone' }),
  role: Type.Union([Type.Literal('viewer'), Type.Literal('seeder')]),
  since: Type.Union([Type.String(), Type.Null()], { description: 'ISO 8601: when its signalling socket opened' }),
  swarms: Type.Array(Swarm, { description: `At most ${MAX_SWARMS_PER_PEER}` }),
  swarmsTotal: Type.Integer(),
  seeder: Type.Union([Type.Object({
    path: Type.Union([Type.Literal('direct'), Type.Literal('relay'), Type.Null()], { description: 'null until it is known' }),
    protocol: Type.Union([Type.Literal('udp'), Type.Literal('tcp'), Type.Null()]),
    sentBytes: Type.Integer(),
    sendMbps: Type.Number(),
    roundTripMs: Type.Union([Type.Number(), Type.Null()]),
  }), Type.Null()], { description: 'Its connection to this appliance\'s seeder' }),
});

export const PeersSchema = Type.Object({
  items: Type.Array(Peer, { description: `At most ${MAX_PEERS_LISTED}; those the seeder serves first, then the longest connected` }),
  total: Type.Integer(),
});
export type Peers = Static<typeof PeersSchema>;
type Peer = Peers['items'][number];

export interface PeersComponents {
  /** At most `limit`, the longest connected first. */
  readonly clients: (limit: number) => readonly ConnectedClient[];
  /** Open sockets, those that did not say hello yet among them. */
  readonly clientsTotal: () => number;
  /** By whole peer id. */
  readonly seederPeers: () => ReadonlyMap<string, SeederPeer>;
  readonly titleOf: (contentId: string) => Promise<string | null>;
}

export async function describePeers({ clients, clientsTotal, seederPeers, titleOf }: PeersComponents, nowMs: number): Promise<Peers> {
  const served = seederPeers();
  const connected = clients(MAX_PEERS_LISTED);
  const signalling = new Set(connected.map(({ peerId }) => peerId));
  const titles = new Map<string, Promise<string | null>>();
  const title = (contentId: string): Promise<string | null> => {
    const asked = titles.get(contentId) ?? titleOf(contentId);
    titles.set(contentId, asked);
    return asked;
  };
  const peers = connected.map(async (client): Promise<Peer> => {
    // Somebody who tests the way here opens no video.
    const videos = client.swarms.filter(({ contentId }) => contentId !== PROBE_CONTENT_ID);
    return {
      peerId: client.peerId.slice(0, SHORT_ID_CHARS), address: client.address, role: client.role,
      since: new Date(nowMs - client.connectedMs).toISOString(),
      swarms: await Promise.all(videos.slice(0, MAX_SWARMS_PER_PEER).map(async (swarm) => ({ ...swarm, title: await title(swarm.contentId) }))),
      swarmsTotal: videos.length,
      seeder: served.get(client.peerId) ?? null,
    };
  });
  // Their signalling socket is lost or the list is full; what flows to them flows on.
  const others = [...served].filter(([peerId]) => !signalling.has(peerId)).map(([peerId, link]): Peer => ({
    peerId: peerId.slice(0, SHORT_ID_CHARS), address: null, role: 'viewer', since: null, swarms: [], swarmsTotal: 0, seeder: link,
  }));
  const items = [...await Promise.all(peers), ...others].sort((one, other) => Number(other.seeder !== null) - Number(one.seeder !== null));
  return { items: items.slice(0, MAX_PEERS_LISTED), total: connected.length < MAX_PEERS_LISTED ? items.length : Math.max(clientsTotal(), items.length) };
}
