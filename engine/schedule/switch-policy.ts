/**
 * The switch: which kind of source serves what, and when, and what to call it. Pure functions of (state, now). The rules are
 * DESIGN's: the CDN first, the swarm the moment it refuses, and back when it grants.
 */
import type { SwitchReason, SwitchState } from '../figures.ts';
import { CDN_QUIET_MAX_MS, CDN_QUIET_MS, SWARM_PATIENCE_MS } from './limits.ts';
import { type CdnView, isStoreBehind, type ScheduleState } from './schedule-state.ts';
import { hasMissing, isSatisfied, urgentPiece } from './wanted.ts';

/** How long the CDN may be silent before it is not waited for. */
export function quietLimitMs(cdn: CdnView): number {
  return Math.min(Math.max(CDN_QUIET_MS, 2 * cdn.longestGapMs), CDN_QUIET_MAX_MS);
}

/** Asked or streaming, and silent for longer than we wait. A silence that our own store caused does not count. */
export function isQuiet(state: ScheduleState, cdn: CdnView, nowMs: number): boolean {
  return cdn.phase !== 'idle' && nowMs - cdn.lastByteAtMs > quietLimitMs(cdn) && !isStoreBehind(state);
}

export function isServing(state: ScheduleState, cdn: CdnView, nowMs: number): boolean {
  return cdn.phase === 'streaming' && !isQuiet(state, cdn, nowMs);
}

/** Asked a moment ago: the answer decides what comes next. */
function isAnswering(state: ScheduleState, cdn: CdnView, nowMs: number): boolean {
  return cdn.phase === 'asking' && !isQuiet(state, cdn, nowMs);
}

/** What peers may be asked for now. */
export function peersMayServe(state: ScheduleState, nowMs: number): 'nothing' | 'urgent' | 'anything' {
  if (isStoreBehind(state)) return 'nothing';
  if (state.policy !== 'cdn-first') return 'anything';
  if (state.cdns.some((cdn) => isServing(state, cdn, nowMs))) return 'urgent';
  // A refusal sends us to the peers at once, whatever another appliance may answer in a moment.
  const isHopeful = !state.cdnLetDown && state.cdns.some((cdn) => isAnswering(state, cdn, nowMs));
  return isHopeful ? 'nothing' : 'anything';
}

/** Whether the policy has a use for the CDN now. */
export function wantsCdn(state: ScheduleState, nowMs: number): boolean {
  if (!hasMissing(state)) return false;
  if (state.policy !== 'swarm-first') return true;
  return nowMs >= swarmPatienceEndsAtMs(state) || urgentPiece(state, nowMs) !== undefined;
}

/** Until when `swarm-first` waits for a byte from the swarm before it turns to the CDN. */
export function swarmPatienceEndsAtMs(state: ScheduleState): number {
  return Math.max(state.startedAtMs, state.lastPeerByteAtMs) + SWARM_PATIENCE_MS;
}

/** The CDN to ask for a window now: the most wanted one that may be asked. */
export function cdnToAsk(state: ScheduleState, nowMs: number): CdnView | undefined {
  if (isStoreBehind(state) || !wantsCdn(state, nowMs)) return undefined;
  const isBusy = state.cdns.some((cdn) => isServing(state, cdn, nowMs) || isAnswering(state, cdn, nowMs));
  if (isBusy && state.policy !== 'both') return undefined;
  return state.cdns.find((cdn) => cdn.phase === 'idle' && mayBeAsked(state, cdn, nowMs));
}

function mayBeAsked(state: ScheduleState, cdn: CdnView, nowMs: number): boolean {
  if (grantFor(state, cdn, nowMs) !== undefined) return true;
  // Who stands in the queue is told when there is room, and does not ask.
  const isQueued = cdn.grants && cdn.trouble === 'cdn-busy' && state.queuePosition !== undefined;
  return cdn.retryAtMs <= nowMs && !isQueued;
}

/** The token to present to `cdn`. */
export function grantFor(state: ScheduleState, cdn: CdnView, nowMs: number): string | undefined {
  return cdn.grants ? validGrant(state, nowMs) : undefined;
}

function validGrant(state: ScheduleState, nowMs: number): string | undefined {
  return state.grant !== undefined && state.grant.expiresAtMs > nowMs ? state.grant.token : undefined;
}

/** Whether we should stand in the CDN's queue. */
export function shouldWaitForCdn(state: ScheduleState, nowMs: number): boolean {
  if (!state.running || !wantsCdn(state, nowMs) || validGrant(state, nowMs) !== undefined) return false;
  if (state.policy !== 'both' && state.cdns.some((cdn) => isServing(state, cdn, nowMs))) return false;
  return state.cdns.some((cdn) => cdn.grants && cdn.phase === 'idle' && cdn.trouble === 'cdn-busy');
}

/** What to show, and why, when it differs from what is shown. */
export function nextShown(state: ScheduleState, nowMs: number): { readonly state: SwitchState; readonly reason: SwitchReason } | undefined {
  const next = shownNow(state, nowMs);
  return next === undefined || next === state.shown ? undefined : { state: next, reason: reasonFor(state, next, nowMs) };
}

/** undefined: what is shown stands, as while an answer is awaited between two windows. */
function shownNow(state: ScheduleState, nowMs: number): SwitchState | undefined {
  if (!state.running || state.pieces.isAllHere) return undefined;
  if (isSatisfied(state)) return 'idle';
  const serving = state.cdns.some((cdn) => isServing(state, cdn, nowMs));
  const swarming = isSwarmAtWork(state);
  if (serving && !(swarming && state.policy === 'swarm-first')) return 'cdn';
  // Between two windows, and at the end, peers' pieces that are still landing are no switch.
  const isBetweenWindows = state.shown === 'cdn' && !state.cdnLetDown && !state.cdns.some((cdn) => isQuiet(state, cdn, nowMs));
  if (isBetweenWindows && state.policy !== 'swarm-first') return undefined;
  if (swarming) return 'swarm';
  // A silent CDN with nobody to go on instead is not given up before its source gives it up.
  if (isStoreBehind(state) || state.cdns.some(({ phase }) => phase !== 'idle')) return undefined;
  if (state.policy === 'swarm-first' && nowMs < swarmPatienceEndsAtMs(state)) return undefined;
  return 'waiting';
}

/** Somebody is asked who may well answer: a try of one who died without a word is not shown as being served. */
function isSwarmAtWork(state: ScheduleState): boolean {
  for (const peer of state.peers.values()) if (peer.requests.length > 0 && !peer.isStalled) return true;
  return false;
}

function reasonFor(state: ScheduleState, next: SwitchState, nowMs: number): SwitchReason {
  switch (next) {
    case 'idle':
      return 'complete';
    case 'cdn':
      return state.cdns.some((cdn) => cdn.granted && isServing(state, cdn, nowMs)) ? 'cdn-granted' : 'cdn-admitted';
    case 'swarm':
      if (state.shown === 'waiting') return 'peers-found';
      if (state.policy !== 'cdn-first' && !state.cdnLetDown) return 'swarm-preferred';
      return troubleOf(state, nowMs) ?? 'peers-found';
    default:
      return (state.shown === 'swarm' ? undefined : troubleOf(state, nowMs)) ?? 'no-source';
  }
}

/** What keeps the most wanted CDN from serving. */
function troubleOf(state: ScheduleState, nowMs: number): SwitchReason | undefined {
  for (const cdn of state.cdns) {
    if (isQuiet(state, cdn, nowMs)) return cdn.phase === 'streaming' ? 'cdn-gone' : 'cdn-down';
    if (cdn.trouble !== undefined) return cdn.trouble;
  }
  return undefined;
}
