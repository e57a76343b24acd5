/** Which peer is asked, and how much of it: by its measured rate, its round trip and what it has to do already. */
import {
  END_GAME_COPIES, MAX_PIECES_IN_FLIGHT, MIN_PIECES_IN_FLIGHT, PIPELINE_SLACK_MS, SLOW_PIECE_MS, SLOW_PIECE_ROUND_TRIPS,
  STALL_MAX_MS, STALL_MS, STALL_UNPROVEN_MS, UNPROVEN_BYTES_PER_MS, UNPROVEN_ROUND_TRIP_MS,
} from './limits.ts';
import type { PeerView, ScheduleState } from './schedule-state.ts';

/** A rival must be this much quicker before a piece is asked for a second time. */
export const END_GAME_LEAD = 2;

/** What one piece takes this peer. */
function pieceMs(state: ScheduleState, peer: PeerView): number {
  return state.pieceLengthBytes / Math.max(peer.throughput.bytesPerMs ?? UNPROVEN_BYTES_PER_MS, 1);
}

/** From now until a piece asked of the peer now would be here. */
export function expectedMs(state: ScheduleState, peer: PeerView): number {
  return roundTripMs(peer) + (peer.requests.length + 1) * pieceMs(state, peer);
}

function roundTripMs(peer: PeerView): number {
  return peer.roundTripMs ?? UNPROVEN_ROUND_TRIP_MS;
}

/** Pieces in flight that keep the peer busy across a round trip, and no more. */
export function depth(state: ScheduleState, peer: PeerView): number {
  const rate = peer.throughput.bytesPerMs;
  if (rate === undefined) return MIN_PIECES_IN_FLIGHT;
  if (pieceMs(state, peer) >= Math.max(SLOW_PIECE_MS, SLOW_PIECE_ROUND_TRIPS * roundTripMs(peer))) return 1;
  const pieces = MIN_PIECES_IN_FLIGHT + Math.floor((rate * (roundTripMs(peer) + PIPELINE_SLACK_MS)) / state.pieceLengthBytes);
  return Math.min(pieces, MAX_PIECES_IN_FLIGHT);
}

function isUsable(peer: PeerView, nowMs: number): boolean {
  return peer.notBeforeMs <= nowMs;
}

/** Peers that can take one more piece, the soonest done first. */
export function peersWithRoom(state: ScheduleState, nowMs: number): PeerView[] {
  const open: PeerView[] = [];
  for (const peer of state.peers.values()) {
    if (isUsable(peer, nowMs) && peer.requests.length < depth(state, peer)) open.push(peer);
  }
  return open.sort((a, b) => expectedMs(state, a) - expectedMs(state, b));
}

/** Whether some other peer that may be asked has the piece. */
export function anotherHas(state: ScheduleState, piece: number, not: PeerView | undefined, nowMs: number): boolean {
  for (const peer of state.peers.values()) {
    if (peer !== not && isUsable(peer, nowMs) && peer.has(piece)) return true;
  }
  return false;
}

/** A piece due at `deadlineMs` is given to who can bring it in time, or else to nobody much slower than the best of its holders. */
export function isTrusted(state: ScheduleState, peer: PeerView, piece: number, deadlineMs: number, nowMs: number): boolean {
  const takesMs = expectedMs(state, peer);
  if (nowMs + takesMs <= deadlineMs) return true;
  for (const rival of state.peers.values()) {
    if (rival !== peer && isUsable(rival, nowMs) && rival.has(piece) && expectedMs(state, rival) * 2 < takesMs) return false;
  }
  return true;
}

/** Since when the peer has given nothing of what it was asked for; undefined when nothing is in flight. */
export function silentSinceMs(peer: PeerView): number | undefined {
  const [oldest] = peer.requests;
  return oldest && Math.max(peer.lastByteAtMs, oldest.askedAtMs);
}

/** How long the peer may be silent before it counts as stalled. */
export function stallLimitMs(state: ScheduleState, peer: PeerView): number {
  const isProven = peer.throughput.bytesPerMs !== undefined;
  return isProven ? Math.min(Math.max(STALL_MS, 2 * pieceMs(state, peer)), STALL_MAX_MS) : STALL_UNPROVEN_MS;
}

/** In the end game: a piece in flight elsewhere that `peer`, who has nothing to do, would bring much sooner. */
export function pieceToDouble(state: ScheduleState, peer: PeerView, nowMs: number): number | undefined {
  if (peer.requests.length > 0) return undefined;
  const ownMs = expectedMs(state, peer);
  for (const holder of state.peers.values()) {
    for (const [index, { piece }] of holder.requests.entries()) {
      const isSingle = state.pieces.copiesInFlight(piece) < END_GAME_COPIES && !state.pieces.isHere(piece);
      if (isSingle && peer.has(piece) && remainingMs(state, holder, index, nowMs) > END_GAME_LEAD * ownMs) return piece;
    }
  }
  return undefined;
}

/** How long the request at `index` will take still; one that is overdue is taken to need as long again as it is late. */
function remainingMs(state: ScheduleState, holder: PeerView, index: number, nowMs: number): number {
  const sinceMs = Math.max(holder.lastPieceAtMs, holder.requests[0]?.askedAtMs ?? nowMs);
  return Math.abs(sinceMs + roundTripMs(holder) + (index + 1) * pieceMs(state, holder) - nowMs);
}
