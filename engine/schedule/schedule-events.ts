/** What happens to a schedule's state, one function an event, with the time as an argument. Nothing here decides anything. */
import {
  CDN_CORRUPT_MS, CDN_RETRY_AFTER_MAX_MS, CDN_RETRY_MAX_MS, CDN_RETRY_MS, STALL_PAUSE_MS, WAKE_AFTER_MS,
} from './limits.ts';
import type { PieceRun } from './piece-table.ts';
import {
  type CdnView, type Grant, isStoreBehind, newPeerView, type PeerView, type ScheduleState, type WantedRun,
} from './schedule-state.ts';
import { chance, jitter } from './seeded.ts';
import { quietLimitMs } from './switch-policy.ts';

/** How a CDN's window ended. `retryAfterMs`: when the CDN said to come back. */
export type WindowEnd =
  | { readonly how: 'given' | 'cancelled' | 'wrong-bytes' }
  | { readonly how: 'busy' | 'failed'; readonly retryAfterMs: number | undefined };

/** How a request to a peer ended without its piece. `notBeforeMs`: when the peer may be asked again. */
export type RequestEnd = { readonly how: 'cancelled' | 'stalled' } | { readonly how: 'refused'; readonly notBeforeMs: number };

/** The CDN is being asked for `window`. A grant goes with one request only. */
export function cdnAsked(state: ScheduleState, cdn: CdnView, window: PieceRun, grant: string | undefined, nowMs: number): void {
  cdn.phase = 'asking';
  cdn.window = window;
  cdn.granted = grant !== undefined;
  cdn.lastByteAtMs = nowMs;
  cdn.longestGapMs /= 2;
  if (cdn.granted) state.grant = undefined;
  for (let piece = window.first; piece <= window.last; piece += 1) state.pieces.ask(piece);
}

/** The CDN agreed to serve (`bytes` 0), or some bytes of the window came. */
export function cdnProgressed(state: ScheduleState, cdn: CdnView, bytes: number, nowMs: number): void {
  if (bytes > 0) cdn.throughput.add(bytes, nowMs - cdn.lastByteAtMs);
  cdn.phase = 'streaming';
  cdn.longestGapMs = Math.max(cdn.longestGapMs, nowMs - cdn.lastByteAtMs);
  cdn.lastByteAtMs = nowMs;
  cdn.failures = 0;
  cdn.trouble = undefined;
  state.cdnLetDown = false;
}

/** The next piece of the window came, verified. False when it was here already. */
export function cdnGave(state: ScheduleState, cdn: CdnView, piece: number): boolean {
  const isNew = !state.pieces.isHere(piece);
  state.pieces.arrive(piece);
  const { window } = cdn;
  if (window === undefined || piece < window.first || piece > window.last) return isNew;
  state.pieces.answered(piece);
  cdn.window = piece < window.last ? { first: piece + 1, last: window.last } : undefined;
  return isNew;
}

/** The window now ends after `last`; what lay behind it is free again. */
export function windowShortened(state: ScheduleState, cdn: CdnView, last: number): void {
  const { window } = cdn;
  if (window === undefined) return;
  for (let piece = Math.max(window.first, last + 1); piece <= window.last; piece += 1) state.pieces.answered(piece);
  cdn.window = last < window.first ? undefined : { first: window.first, last: Math.min(last, window.last) };
}

export function cdnEnded(state: ScheduleState, cdn: CdnView, end: WindowEnd, nowMs: number): void {
  const served = cdn.phase === 'streaming';
  windowShortened(state, cdn, -1);
  cdn.phase = 'idle';
  state.turn += 1;
  switch (end.how) {
    case 'given':
    case 'cancelled':
      return;
    case 'wrong-bytes':
      cdn.hashFailures += 1;
      // Once may be a damaged transfer, and is fetched again at once; twice is a damaged copy.
      if (cdn.hashFailures > 1) {
        cdn.trouble = 'cdn-down';
        state.cdnLetDown = true;
        cdn.retryAtMs = nowMs + CDN_CORRUPT_MS;
      }
      return;
    case 'busy':
    case 'failed':
      cdn.failures += 1;
      state.cdnLetDown = true;
      cdn.trouble = end.how === 'busy' ? 'cdn-busy' : served ? 'cdn-gone' : 'cdn-down';
      cdn.retryAtMs = nowMs + retryMs(state, cdn, end.retryAfterMs);
  }
}

/** A wait that was asked for is kept and only lengthened by chance; ours doubles up to a bound. */
function retryMs(state: ScheduleState, cdn: CdnView, retryAfterMs: number | undefined): number {
  const seed = state.seed ^ state.cdns.indexOf(cdn);
  if (retryAfterMs === undefined) return jitter(Math.min(CDN_RETRY_MS * 2 ** (cdn.failures - 1), CDN_RETRY_MAX_MS), seed, state.turn);
  const askedMs = Math.min(retryAfterMs, CDN_RETRY_AFTER_MAX_MS);
  return askedMs + chance(seed, state.turn) * Math.max(askedMs, CDN_RETRY_MS) / 2;
}

/** The queue is left with the grant; who cannot use it waits again. */
export function granted(state: ScheduleState, grant: Grant): void {
  state.grant = grant;
  state.waitingForCdn = false;
  state.queuePosition = undefined;
}

/** undefined: not in the queue, whatever the reason. */
export function queued(state: ScheduleState, position: number | undefined): void {
  state.queuePosition = position;
}

/** The appliance that signals is there again after it was not: its CDN, if it had died, need not be waited for any longer. */
export function applianceReturned(state: ScheduleState, nowMs: number): void {
  for (const cdn of state.cdns) {
    const hadDied = cdn.trouble === 'cdn-down' || cdn.trouble === 'cdn-gone';
    if (cdn.grants && hadDied && cdn.hashFailures < 2) cdn.retryAtMs = Math.min(cdn.retryAtMs, nowMs);
  }
}

export function peerOpened(
  state: ScheduleState, peer: { readonly peerId: string; readonly isSeeder: boolean; has(piece: number): boolean }, nowMs: number,
): PeerView {
  const view = newPeerView(peer, nowMs);
  state.peers.set(peer.peerId, view);
  return view;
}

/** Its requests end by themselves, each with {@link peerFailed}, or did. */
export function peerGone(state: ScheduleState, peerId: string): void {
  const peer = state.peers.get(peerId);
  if (peer === undefined) return;
  for (const { piece } of peer.requests) state.pieces.answered(piece);
  peer.requests.length = 0;
  state.peers.delete(peerId);
}

/** The peer holds more than before. */
export function peerHas(peer: PeerView): void {
  peer.barrenAtReturns = undefined;
}

export function peerAsked(state: ScheduleState, peer: PeerView, piece: number, nowMs: number): void {
  peer.requests.push({ piece, askedAtMs: nowMs });
  state.pieces.ask(piece);
  state.cursor = piece;
  state.turn += 1;
}

/** Some bytes came from the peer, if not yet a whole piece. */
export function peerProgressed(state: ScheduleState, peer: PeerView, nowMs: number): void {
  peer.lastByteAtMs = nowMs;
  peer.isStalled = false;
  state.lastPeerByteAtMs = nowMs;
}

/** The peer gave a whole piece, verified. False when it was here already. */
export function peerGave(state: ScheduleState, peer: PeerView, piece: number, bytes: number, nowMs: number): boolean {
  const isNew = !state.pieces.isHere(piece);
  state.pieces.arrive(piece);
  const request = endRequest(state, peer, piece);
  if (request !== undefined) peer.throughput.add(bytes, nowMs - Math.max(peer.lastPieceAtMs, request.askedAtMs));
  peer.lastPieceAtMs = nowMs;
  peerProgressed(state, peer, nowMs);
  return isNew;
}

export function peerFailed(state: ScheduleState, peer: PeerView, piece: number, end: RequestEnd, nowMs: number): void {
  endRequest(state, peer, piece);
  if (end.how === 'refused') peer.notBeforeMs = Math.max(peer.notBeforeMs, end.notBeforeMs);
  if (end.how !== 'stalled') return;
  peer.notBeforeMs = Math.max(peer.notBeforeMs, nowMs + STALL_PAUSE_MS);
  peer.isStalled = true;
}

function endRequest(state: ScheduleState, peer: PeerView, piece: number) {
  const index = peer.requests.findIndex((request) => request.piece === piece);
  if (index < 0) return undefined;
  state.pieces.answered(piece);
  return peer.requests.splice(index, 1)[0];
}

export function pieceKept(state: ScheduleState, piece: number, nowMs: number): void {
  const wasBehind = isStoreBehind(state);
  state.pieces.keep(piece);
  // Nobody was read while the store was behind: that silence was ours.
  if (wasBehind && !isStoreBehind(state)) forgiveSilence(state, Number.POSITIVE_INFINITY, nowMs);
}

/**
 * We were not listening for the last `deafMs` (a busy event loop, a machine that slept): no source is blamed for that time, nor for
 * `graceMs` more, in which what lies there can be read. A CDN that was given up before has not spoken since, and stays given up.
 */
export function forgiveSilence(state: ScheduleState, deafMs: number, nowMs: number, graceMs = 0): void {
  const cdns = state.cdns.filter((cdn) => nowMs - deafMs - cdn.lastByteAtMs <= quietLimitMs(cdn) + WAKE_AFTER_MS);
  for (const view of [...cdns, ...state.peers.values()]) view.lastByteAtMs = Math.min(nowMs, view.lastByteAtMs + deafMs + graceMs);
}

export function pieceLost(state: ScheduleState, piece: number): void {
  state.pieces.lose(piece);
}

/** The store let go of a held piece to keep others. What is read ahead does without it until somebody waits for it. */
export function pieceEvicted(state: ScheduleState, piece: number): void {
  state.pieces.lose(piece);
  if (isAhead(state, piece)) state.letGo.add(piece);
}

/** What somebody waits for now; any order. */
export function wantedChanged(state: ScheduleState, wanted: readonly WantedRun[]): void {
  state.wanted = wanted.toSorted((a, b) => a.deadlineMs - b.deadlineMs);
  for (const piece of state.letGo) if (state.pieces.isHere(piece) || !isAhead(state, piece)) state.letGo.delete(piece);
}

function isAhead(state: ScheduleState, piece: number): boolean {
  return state.wanted.some((run) => run.isAhead === true && run.first <= piece && piece <= run.last);
}
