/** Our side of one swarm as the connections see it; the membership implements it. */
import type { Bitfield } from '../protocol/bitfield.ts';
import type { PieceProvider, SwarmPeer } from './swarm.ts';

/** A peer as its swarm sees it: what the upper half sees, and what it is told of us. */
export interface ShownPeer extends SwarmPeer {
  /** What the peer holds, to read only. */
  readonly held: Bitfield;
  /** Tells the peer of more pieces we hold. */
  show(pieces: readonly number[]): void;
  /** Tells the peer of all the pieces we hold, in place of what it was told before. */
  showAll(held: Bitfield): void;
  /** Stops serving what is queued; requests that come are refused as the swarm says. */
  stopServing(): void;
}

export interface LocalSwarm {
  readonly contentId: string;
  readonly provider: PieceProvider;
  readonly sharing: boolean;
  /** The pieces to tell a peer of when its topic opens. */
  shownTo(peer: ShownPeer): Bitfield;
  onPeerOpen(peer: ShownPeer): void;
  onPeerGone(peer: ShownPeer, reason: string): void;
  /** The peer holds these more. */
  onPeerHave(peer: ShownPeer, pieces: Iterable<number>): void;
  /** The peer asked for a piece, or was sent one. */
  onPeerActive(peer: ShownPeer): void;
}
