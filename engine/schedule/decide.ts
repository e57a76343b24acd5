/**
 * The schedule's one question: given all that is known, and the time, what is to be done next? `decide` answers it and changes
 * nothing; `advance` takes each answer as done and asks again until there is nothing left to do. Neither has I/O or a clock, so
 * that a download, a table of cases and a simulation of ten thousand peers drive the same code.
 */
import { doubleDueOfQuietCdn, endGame, takeWindowTail } from './end-game.ts';
import { dropUnwanted, makeWayForUrgent, shortenLateWindow, shortenQuietWindow, takeFromStalled } from './give-up.ts';
import { ACTIVE_PEERS, STALL_URGENT_MS, URGENT_MS, WAKE_AFTER_MS, WARM_PEERS } from './limits.ts';
import { peersWithRoom, silentSinceMs, stallLimitMs } from './peer-choice.ts';
import { nextPieceFor, nextWindow } from './piece-queue.ts';
import { cdnAsked, peerAsked, peerFailed, windowShortened } from './schedule-events.ts';
import { mostPiecesOf, shareWindow } from './sharing.ts';
import { type CdnView, type Decision, maxPiecesInFlight, type PeerView, type ScheduleState } from './schedule-state.ts';
import {
  cdnToAsk, grantFor, isServing, nextShown, peersMayServe, quietLimitMs, shouldWaitForCdn, swarmPatienceEndsAtMs, wantsCdn,
} from './switch-policy.ts';
import { duePieces, hasMissing } from './wanted.ts';

type Rule = (state: ScheduleState, nowMs: number) => Decision | undefined;

/** In order: give up what is of no use, ask the sources in the policy's order, then the queue, the peers and what is shown. */
const RULES: readonly Rule[] = [
  dropUnwanted, takeFromStalled, shortenQuietWindow, shortenLateWindow, shareWindow, makeWayForUrgent, doubleDueOfQuietCdn,
  (state, nowMs) => (state.policy === 'swarm-first' ? askPeer : askCdn)(state, nowMs),
  (state, nowMs) => (state.policy === 'swarm-first' ? askCdn : askPeer)(state, nowMs),
  takeWindowTail, endGame, queueForCdn, strive, show,
];

/** The next thing to do: none or one decision. Changes nothing. */
export function decide(state: ScheduleState, nowMs: number): Decision | undefined {
  for (const rule of RULES) {
    const decision = rule(state, nowMs);
    if (decision !== undefined) return decision;
  }
  return undefined;
}

/** All there is to do now, in order; `state` then says that it was done. */
export function advance(state: ScheduleState, nowMs: number): Decision[] {
  const decisions: Decision[] = [];
  for (let next = decide(state, nowMs); next !== undefined; next = decide(state, nowMs)) {
    decisions.push(next);
    apply(state, next, nowMs);
  }
  return decisions;
}

function apply(state: ScheduleState, decision: Decision, nowMs: number): void {
  switch (decision.do) {
    case 'ask-cdn':
      return cdnAsked(state, cdnOf(state, decision.cdnId), decision.window, decision.grant, nowMs);
    case 'shorten-window':
      return windowShortened(state, cdnOf(state, decision.cdnId), decision.last);
    case 'ask-peer':
      return peerAsked(state, peerOf(state, decision.peerId), decision.piece, nowMs);
    case 'cancel-peer':
      return peerFailed(state, peerOf(state, decision.peerId), decision.piece, { how: decision.why === 'stalled' ? 'stalled' : 'cancelled' }, nowMs);
    case 'wait-for-cdn':
      state.waitingForCdn = true;
      return;
    case 'stop-waiting':
      state.waitingForCdn = false;
      state.queuePosition = undefined;
      return;
    case 'want-peers':
      state.wantedPeers = decision.count;
      return;
    case 'enter':
      state.shown = decision.state;
  }
}

export function cdnOf(state: ScheduleState, cdnId: string): CdnView {
  const cdn = state.cdns.find(({ id }) => id === cdnId);
  if (cdn === undefined) throw new RangeError(`the schedule has no CDN ${cdnId}`);
  return cdn;
}

function peerOf(state: ScheduleState, peerId: string): PeerView {
  const peer = state.peers.get(peerId);
  if (peer === undefined) throw new RangeError(`the schedule has no peer ${peerId}`);
  return peer;
}

function askCdn(state: ScheduleState, nowMs: number): Decision | undefined {
  if (!state.running) return undefined;
  const cdn = cdnToAsk(state, nowMs);
  const grant = cdn && grantFor(state, cdn, nowMs);
  const window = cdn && nextWindow(state, mostPiecesOf(state, cdn, grant !== undefined), nowMs);
  return cdn && window && { do: 'ask-cdn', cdnId: cdn.id, window, grant };
}

function askPeer(state: ScheduleState, nowMs: number): Decision | undefined {
  const what = state.running ? peersMayServe(state, nowMs) : 'nothing';
  if (what === 'nothing' || !hasMissing(state) || inFlightAtPeers(state) >= maxPiecesInFlight(state)) return undefined;
  for (const peer of peersWithRoom(state, nowMs)) {
    const piece = nextPieceFor(state, peer, what, nowMs);
    if (piece !== undefined) return { do: 'ask-peer', peerId: peer.peerId, piece };
  }
  return undefined;
}

function inFlightAtPeers(state: ScheduleState): number {
  let count = 0;
  for (const peer of state.peers.values()) count += peer.requests.length;
  return count;
}

function queueForCdn(state: ScheduleState, nowMs: number): Decision | undefined {
  if (state.waitingForCdn) return state.running && wantsCdn(state, nowMs) && !isServedByCdn(state, nowMs) ? undefined : { do: 'stop-waiting' };
  return shouldWaitForCdn(state, nowMs) ? { do: 'wait-for-cdn' } : undefined;
}

function isServedByCdn(state: ScheduleState, nowMs: number): boolean {
  return state.policy !== 'both' && state.cdns.some((cdn) => isServing(state, cdn, nowMs));
}

/** A few warm connections while the CDN serves, more when the swarm does, no new ones when all is here. */
function strive(state: ScheduleState): Decision | undefined {
  const isAtRest = !state.running || state.pieces.isAllHere;
  const leansOnCdn = state.policy === 'cdn-first' && !state.cdnLetDown && state.cdns.length > 0;
  const count = isAtRest ? 0 : leansOnCdn ? WARM_PEERS : ACTIVE_PEERS;
  return count === state.wantedPeers ? undefined : { do: 'want-peers', count };
}

function show(state: ScheduleState, nowMs: number): Decision | undefined {
  const next = nextShown(state, nowMs);
  return next && { do: 'enter', from: state.shown, state: next.state, reason: next.reason };
}

/** When to ask again although nothing happened; undefined when only an event can change the answer. */
export function wakeAtMs(state: ScheduleState, nowMs: number): number | undefined {
  if (!state.running || state.pieces.isAllHere) return undefined;
  const times: number[] = [];
  for (const cdn of state.cdns) times.push(cdn.phase === 'idle' ? cdn.retryAtMs : cdn.lastByteAtMs + quietLimitMs(cdn));
  for (const peer of state.peers.values()) {
    const silentSince = silentSinceMs(peer);
    times.push(peer.notBeforeMs);
    if (silentSince !== undefined) times.push(silentSince + STALL_URGENT_MS, silentSince + stallLimitMs(state, peer));
  }
  if (state.policy === 'swarm-first') times.push(swarmPatienceEndsAtMs(state));
  const [due] = duePieces(state);
  if (due !== undefined) times.push(due.deadlineMs - URGENT_MS);
  if (state.grant !== undefined) times.push(state.grant.expiresAtMs);
  const next = Math.min(...times.filter((atMs) => atMs >= nowMs));
  return Number.isFinite(next) ? next + WAKE_AFTER_MS : undefined;
}
