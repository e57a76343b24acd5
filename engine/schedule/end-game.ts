/** The schedule's rules for asking a second source: for the last pieces, when only the slow are still at work, and for a piece that a silent CDN is at. */
import { END_GAME_COPIES } from './limits.ts';
import { END_GAME_LEAD, expectedMs, peersWithRoom, pieceToDouble } from './peer-choice.ts';
import type { CdnView, Decision, PeerView, ScheduleState } from './schedule-state.ts';
import { isQuiet, peersMayServe } from './switch-policy.ts';
import { deadlineOf, hasMissing } from './wanted.ts';

/** Nothing is left but what a CDN will come to later: peers with nothing to do take it from the far end. */
export function takeWindowTail(state: ScheduleState, nowMs: number): Decision | undefined {
  if (!state.running || hasMissing(state) || peersMayServe(state, nowMs) !== 'anything') return undefined;
  for (const cdn of state.cdns) {
    const { id, window, phase } = cdn;
    if (window === undefined || phase !== 'streaming' || window.last - window.first < 2) continue;
    for (const peer of peersWithRoom(state, nowMs)) {
      if (peer.requests.length === 0 && peer.has(window.last) && isAhead(state, peer, cdn)) return { do: 'shorten-window', cdnId: id, last: window.last - 1 };
    }
  }
  return undefined;
}

export function endGame(state: ScheduleState, nowMs: number): Decision | undefined {
  if (!state.running || hasMissing(state) || peersMayServe(state, nowMs) !== 'anything') return undefined;
  for (const peer of peersWithRoom(state, nowMs)) {
    const piece = pieceToDouble(state, peer, nowMs) ?? pieceOfQuietCdn(state, peer, nowMs);
    if (piece !== undefined) return { do: 'ask-peer', peerId: peer.peerId, piece };
  }
  return undefined;
}

/** A reader comes to the piece that a silent CDN is at before all that is behind it: it does not wait for the end game. */
export function doubleDueOfQuietCdn(state: ScheduleState, nowMs: number): Decision | undefined {
  if (!state.running || state.wanted.length === 0 || peersMayServe(state, nowMs) !== 'anything') return undefined;
  for (const peer of peersWithRoom(state, nowMs)) {
    const piece = pieceOfQuietCdn(state, peer, nowMs);
    if (piece !== undefined && deadlineOf(state, piece) !== undefined) return { do: 'ask-peer', peerId: peer.peerId, piece };
  }
  return undefined;
}

/** The piece a silent CDN is at is asked of a peer as well: the CDN may have died in the middle of it. */
function pieceOfQuietCdn(state: ScheduleState, peer: PeerView, nowMs: number): number | undefined {
  const stuck = state.cdns.find(({ window }) => window !== undefined && state.pieces.copiesInFlight(window.first) < END_GAME_COPIES && peer.has(window.first));
  return stuck !== undefined && isQuiet(state, stuck, nowMs) ? stuck.window?.first : undefined;
}

/** Whether the peer would bring the last piece of the window much sooner than the CDN comes to it. */
function isAhead(state: ScheduleState, peer: PeerView, cdn: CdnView): boolean {
  const { window, throughput } = cdn;
  if (window === undefined || throughput.bytesPerMs === undefined) return false;
  const cdnMs = ((window.last - window.first + 1) * state.pieceLengthBytes) / throughput.bytesPerMs;
  return cdnMs > END_GAME_LEAD * expectedMs(state, peer);
}
