/**
 * Messages on the signalling WebSocket: JSON, one object a frame, told apart by `type`. docs/protocol.md is the prose.
 * One socket serves all swarms of a client. Types only: the server checks them with server/signalling/messages.ts.
 */

export type PeerRole = 'viewer' | 'seeder';

/** Someone in a swarm. `havePermille` is what it last said it holds, 0 to 1000. */
export interface PeerSummary {
  readonly peerId: string;
  readonly role: PeerRole;
  readonly havePermille: number;
}

export type IceServer = { readonly urls: string; readonly username?: string; readonly credential?: string };

/** What travels between two peers while they connect. `connectionId` is chosen by the offerer, one for each attempt. */
export type Signal =
  | { readonly kind: 'offer' | 'answer'; readonly sdp: string }
  | { readonly kind: 'candidate'; readonly candidate: string; readonly mid: string }
  | { readonly kind: 'refuse'; readonly reason: string };

export type ClientMessage =
  /** First message. `session` claims again the peer id of an earlier socket; `seederProof` is the appliance's own. */
  | { readonly type: 'hello'; readonly version: number; readonly session?: string; readonly seederProof?: string }
  | { readonly type: 'join'; readonly contentId: string; readonly havePermille: number; readonly wantPeers: number }
  | { readonly type: 'update'; readonly contentId: string; readonly havePermille: number }
  /** Asks for more peers of a swarm that was joined. */
  | { readonly type: 'find'; readonly contentId: string; readonly wantPeers: number }
  | { readonly type: 'leave'; readonly contentId: string }
  | { readonly type: 'signal'; readonly to: string; readonly connectionId: string; readonly signal: Signal }
  | { readonly type: 'wait-for-cdn'; readonly contentId: string }
  | { readonly type: 'stop-waiting'; readonly contentId: string }
  | { readonly type: 'pong' };

export type ServerMessage =
  /** Answer to `hello`. `session` is a secret that claims `peerId` again after a reconnection. */
  | { readonly type: 'welcome'; readonly version: number; readonly peerId: string; readonly session: string;
      readonly iceServers: readonly IceServer[]; readonly pingIntervalMs: number }
  /** Answer to `join` and `find`: some of the `total` others in the swarm, the most useful first. */
  | { readonly type: 'peers'; readonly contentId: string; readonly peers: readonly PeerSummary[]; readonly total: number }
  | { readonly type: 'signal'; readonly from: string; readonly role: PeerRole; readonly connectionId: string; readonly signal: Signal }
  /** `position` counts from 1. Sent when queued, and when it changed enough to matter. null: queued no more, because two
   *  grants were not used; ask again if still wanted. */
  | { readonly type: 'queued'; readonly contentId: string; readonly position: number | null }
  /** A slot is reserved: present `token` in the `Switch-Grant` header within `expiresInMs`. */
  | { readonly type: 'grant'; readonly contentId: string; readonly token: string; readonly expiresInMs: number }
  /** In place of those in `welcome`, whose passwords expire: for connections made from now on. */
  | { readonly type: 'ice-servers'; readonly iceServers: readonly IceServer[] }
  | { readonly type: 'ping' }
  /** The appliance is going away and says so: reconnect after `retryAfterMs`. */
  | { readonly type: 'closing'; readonly retryAfterMs: number }
  /** `field` names the part of the refused message; `re` its type, `contentId` what it was about. `peer-gone` answers a
   *  signal to somebody who left. */
  | { readonly type: 'error'; readonly code: SignallingErrorCode; readonly message: string; readonly re?: string; readonly field?: string;
      readonly to?: string; readonly contentId?: string };

export type SignallingErrorCode =
  | 'bad-message' | 'hello-first' | 'unsupported-version' | 'too-many-swarms' | 'not-joined' | 'peer-gone'
  | 'rate-limited' | 'no-such-video' | 'forbidden'
  /** `not-queued`: the CDN's queue takes no more. `unavailable`: the library cannot be asked right now. Both: later. */
  | 'not-queued' | 'unavailable';

/** Close code of a socket whose peer id was claimed by a newer one with the same `session`. Come again only without it. */
export const CLOSE_REPLACED = 4001;

/** Header that carries a grant's token to the CDN. */
export const GRANT_HEADER = 'switch-grant';
