/** Our side of one swarm as the connections see it; the membership implements it. */
import type { Bitfield } from '../protocol/bitfield.ts';
import type { PieceProvider, SwarmPeer } from './swarm.ts';

export interface LocalSwarm {
  readonly contentId: string;
  readonly provider: PieceProvider;
  readonly sharing: boolean;
  /** The pieces to tell a peer of when its topic opens. */
  shownTo(peer: SwarmPeer): Bitfield;
  onPeerOpen(peer: SwarmPeer): void;
  onPeerGone(peer: SwarmPeer, reason: string): void;
  /** The peer holds these more. */
  onPeerHave(peer: SwarmPeer, pieces: Iterable<number>): void;
  /** The peer asked for the first block of a piece. */
  onPieceAsked(peer: SwarmPeer, piece: number): void;
  /** The last block of a piece went to the peer. */
  onPieceSent(peer: SwarmPeer, piece: number): void;
}
