/** The schedule's rules for taking back what was asked for: it is not wanted any more, or another source does it better. */
import { STALL_URGENT_MS } from './limits.ts';
import { anotherHas, silentSinceMs, stallLimitMs } from './peer-choice.ts';
import { isUrgent, isWanted, urgentPiece } from './piece-queue.ts';
import type { Decision, ScheduleState } from './schedule-state.ts';
import { isQuiet } from './switch-policy.ts';

/** A seek, a pause, a piece that another brought first: what nobody waits for any more is not fetched. */
export function dropUnwanted(state: ScheduleState): Decision | undefined {
  const isUseful = (piece: number): boolean => state.running && isWanted(state, piece) && !state.pieces.isHere(piece);
  for (const { id, window } of state.cdns) {
    if (window === undefined) continue;
    let last = window.last;
    while (last >= window.first && !isUseful(last)) last -= 1;
    if (last < window.last) return { do: 'shorten-window', cdnId: id, last };
  }
  for (const { peerId, requests } of state.peers.values()) {
    for (const { piece } of requests) {
      if (!isUseful(piece)) return { do: 'cancel-peer', peerId, piece, why: 'unwanted' };
    }
  }
  return undefined;
}

/** A peer that gives no byte keeps what nobody else could give. */
export function takeFromStalled(state: ScheduleState, nowMs: number): Decision | undefined {
  const cdnCan = state.cdns.some((cdn) => cdn.trouble === undefined && !isQuiet(state, cdn, nowMs));
  for (const peer of state.peers.values()) {
    const silentMs = nowMs - (silentSinceMs(peer) ?? nowMs);
    if (silentMs <= STALL_URGENT_MS) continue;
    const limitMs = stallLimitMs(state, peer);
    for (const { piece } of peer.requests) {
      const isStalled = silentMs > (isUrgent(state, piece, nowMs) ? STALL_URGENT_MS : limitMs);
      if (isStalled && (cdnCan || anotherHas(state, piece, peer, nowMs))) return { do: 'cancel-peer', peerId: peer.peerId, piece, why: 'stalled' };
    }
  }
  return undefined;
}

/** A CDN that fell silent keeps only the piece it is at, when peers can go on with the rest. */
export function shortenQuietWindow(state: ScheduleState, nowMs: number): Decision | undefined {
  for (const cdn of state.cdns) {
    const { window } = cdn;
    if (window === undefined || window.last === window.first || !isQuiet(state, cdn, nowMs)) continue;
    if (anotherHas(state, window.last, undefined, nowMs)) return { do: 'shorten-window', cdnId: cdn.id, last: window.first };
  }
  return undefined;
}

/** A CDN busy with what can wait turns to an urgent piece that no peer can bring. */
export function makeWayForUrgent(state: ScheduleState, nowMs: number): Decision | undefined {
  const urgent = urgentPiece(state, nowMs);
  if (urgent === undefined || anotherHas(state, urgent.piece, undefined, nowMs)) return undefined;
  if (state.cdns.some((cdn) => cdn.phase === 'idle' && cdn.retryAtMs <= nowMs && state.policy === 'both')) return undefined;
  for (const { id, window, phase } of state.cdns) {
    if (window === undefined || phase !== 'streaming' || window.first === window.last) continue;
    const isAsUrgent = state.wanted.some((run) => run.first <= window.last && window.first <= run.last && run.deadlineMs <= urgent.deadlineMs);
    if (!isAsUrgent) return { do: 'shorten-window', cdnId: id, last: window.first };
  }
  return undefined;
}
