/** The schedule's rules for taking back what was asked for: it is not wanted any more, or another source does it better. */
import { LATE_MS, STALL_URGENT_MS, URGENT_MS } from './limits.ts';
import { anotherHas, silentSinceMs, stallLimitMs } from './peer-choice.ts';
import type { PieceRun } from './piece-table.ts';
import type { CdnView, Decision, ScheduleState } from './schedule-state.ts';
import { isQuiet } from './switch-policy.ts';
import { deadlineOf, isUrgent, isWanted, urgentPiece } from './wanted.ts';

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

/** A CDN that comes to an urgent piece too late for its reader keeps what is before it, when a peer can go on from there. */
export function shortenLateWindow(state: ScheduleState, nowMs: number): Decision | undefined {
  for (const cdn of state.cdns) {
    const late = cdn.phase === 'streaming' ? latePiece(state, cdn, nowMs) : undefined;
    if (late !== undefined && anotherHas(state, late, undefined, nowMs)) return { do: 'shorten-window', cdnId: cdn.id, last: late - 1 };
  }
  return undefined;
}

/** The first urgent piece of the window, after the one that is coming, that the CDN will bring too late. */
function latePiece(state: ScheduleState, { window, throughput }: CdnView, nowMs: number): number | undefined {
  const rate = throughput.bytesPerMs;
  if (window === undefined || rate === undefined || rate <= 0 || state.wanted.length === 0) return undefined;
  for (let piece = window.first + 1; piece <= window.last; piece += 1) {
    const deadlineMs = deadlineOf(state, piece);
    if (deadlineMs === undefined || deadlineMs >= nowMs + URGENT_MS) continue;
    const inMs = ((piece - window.first + 1) * state.pieceLengthBytes) / rate;
    if (nowMs + inMs > Math.max(deadlineMs, nowMs + LATE_MS)) return piece;
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
    if (!isDueBefore(state, window, urgent.deadlineMs)) return { do: 'shorten-window', cdnId: id, last: window.first };
  }
  return undefined;
}

function isDueBefore(state: ScheduleState, { first, last }: PieceRun, deadlineMs: number): boolean {
  for (let piece = first; piece <= last; piece += 1) if ((deadlineOf(state, piece) ?? Number.POSITIVE_INFINITY) <= deadlineMs) return true;
  return false;
}
