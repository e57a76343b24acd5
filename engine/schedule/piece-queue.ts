/**
 * Which piece next. While somebody reads: by deadline. While downloading: the rarest, and of equally rare ones the next after
 * the last, so that what is missing stays in long runs (which a CDN can stream) and no two clients walk the same way, for each
 * began where its seed said. The rarest is looked for among a bounded sample: the cost does not grow with the content.
 */
import { DRAWN_CANDIDATES, IN_ORDER_MS, NEAR_CANDIDATES, NEAR_STEPS, READ_AHEAD_CANDIDATES, URGENT_MS } from './limits.ts';
import { anotherHas, isTrusted } from './peer-choice.ts';
import type { PieceRun } from './piece-table.ts';
import type { PeerView, ScheduleState } from './schedule-state.ts';
import { chance, pick } from './seeded.ts';
import { duePieces, isWanted } from './wanted.ts';

/** What to ask of `peer`: `urgent` pieces only, or anything. */
export function nextPieceFor(state: ScheduleState, peer: PeerView, what: 'urgent' | 'anything', nowMs: number): number | undefined {
  const later: number[] = [];
  for (const { piece, deadlineMs } of duePieces(state)) {
    if (later.length === READ_AHEAD_CANDIDATES || (what === 'urgent' && deadlineMs > nowMs + URGENT_MS)) break;
    if (!peer.has(piece) || !isTrusted(state, peer, piece, deadlineMs, nowMs)) continue;
    if (deadlineMs <= nowMs + IN_ORDER_MS) return piece;
    later.push(piece);
  }
  if (later.length > 0) return rarestOf(state, later);
  return what === 'anything' && state.wants === 'everything' ? rarestPiece(state, peer) : undefined;
}

/**
 * Of pieces that are not due yet, in order: those who watch the same at the same time would otherwise all send for the same piece,
 * and have nothing for each other. What every peer holds is taken as it comes.
 */
function rarestOf(state: ScheduleState, candidates: readonly number[]): number | undefined {
  let rarest = candidates[0];
  let [fewest, drawn] = [state.peers.size, 0];
  for (const piece of candidates) {
    const holders = countHolders(state, piece, state.peers.size);
    if (holders === state.peers.size || holders > fewest) continue;
    const lot = chance(state.seed ^ piece, state.turn);
    if (holders === fewest && lot <= drawn) continue;
    [rarest, fewest, drawn] = [piece, holders, lot];
  }
  return rarest;
}

function rarestPiece(state: ScheduleState, peer: PeerView): number | undefined {
  const { pieces } = state;
  if (pieces.missingCount === 0 || peer.barrenAtReturns === pieces.returns) return undefined;
  let rarest: number | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  const consider = (piece: number | undefined): boolean => {
    if (piece === undefined || !peer.has(piece)) return false;
    const holders = countHolders(state, piece, fewest);
    if (holders < fewest) [rarest, fewest] = [piece, holders];
    return true;
  };
  if (pieces.missingCount > NEAR_CANDIDATES + DRAWN_CANDIDATES) {
    for (let step = 1, found = 0; step <= NEAR_STEPS && found < NEAR_CANDIDATES; step += 1) {
      const piece = (state.cursor + step) % pieces.count;
      if (pieces.isMissing(piece) && consider(piece)) found += 1;
    }
    for (let draw = 0; draw < DRAWN_CANDIDATES; draw += 1) {
      consider(pieces.missingAt(pick(state.seed + draw, state.turn, pieces.missingCount)));
    }
    if (rarest !== undefined) return rarest;
  }
  const start = pick(state.seed, state.turn, pieces.missingCount);
  for (let place = 0; place < pieces.missingCount; place += 1) {
    consider(pieces.missingAt((start + place) % pieces.missingCount));
  }
  // Remembered, not decided: a peer that has nothing for us is not searched again until it, or what is missing, has grown.
  if (rarest === undefined) peer.barrenAtReturns = pieces.returns;
  return rarest;
}

/** Counting stops at `enough`. */
function countHolders(state: ScheduleState, piece: number, enough: number): number {
  let holders = 0;
  for (const peer of state.peers.values()) {
    if (peer.has(piece)) holders += 1;
    if (holders >= enough) break;
  }
  return holders;
}

/**
 * The run to ask a CDN for next, at most so long and of missing pieces only: from the most urgent piece on, else what
 * the swarm holds least of, so that each part leaves the CDN about once.
 */
export function nextWindow(state: ScheduleState, mostPieces: number, nowMs: number): PieceRun | undefined {
  const first = state.policy === 'swarm-first' ? firstDueUnheld(state, nowMs) : firstDue(state);
  if (first !== undefined) return { first, last: runEnd(state, first, mostPieces) };
  return state.wants === 'everything' ? rarestWindow(state, mostPieces) : undefined;
}

function firstDue(state: ScheduleState): number | undefined {
  const [due] = duePieces(state);
  return due?.piece;
}

/** `swarm-first` turns to the CDN for what no peer can give, if that is due soon. */
function firstDueUnheld(state: ScheduleState, nowMs: number): number | undefined {
  for (const { piece, deadlineMs } of duePieces(state)) {
    if (deadlineMs > nowMs + URGENT_MS) break;
    if (!anotherHas(state, piece, undefined, nowMs)) return piece;
  }
  return firstDue(state);
}

function runEnd(state: ScheduleState, first: number, mostPieces: number): number {
  const limit = Math.min(first + mostPieces, state.pieces.count);
  let end = first + 1;
  while (end < limit && state.pieces.isMissing(end) && isWanted(state, end)) end += 1;
  return end - 1;
}

function rarestWindow(state: ScheduleState, mostPieces: number): PieceRun | undefined {
  const { pieces } = state;
  // Alone, from the start on; among others, each from a place of its own.
  const origin = state.peers.size === 0 ? 0 : pick(state.seed, 0, pieces.count);
  // Among others what is rare counts for more than a long run; what is too short is not worth its round trip.
  const enough = state.peers.size === 0 ? mostPieces : Math.ceil(mostPieces / 4);
  let best: { run: PieceRun; length: number; holders: number; distance: number } | undefined;
  for (let first = 0; first < pieces.count; first += 1) {
    if (!pieces.isMissing(first)) continue;
    const run = { first, last: runEnd(state, first, mostPieces) };
    const length = Math.min(run.last - run.first + 1, enough);
    if (best === undefined || length >= best.length) {
      const holders = holdersOf(state, run);
      const distance = (first - origin + pieces.count) % pieces.count;
      const isBetter = best === undefined || length > best.length || holders < best.holders
        || (holders === best.holders && distance < best.distance);
      if (isBetter) best = { run, length, holders, distance };
    }
    first = run.last;
  }
  return best?.run;
}

/** How well the swarm holds a run, judged by its ends and its middle. */
function holdersOf(state: ScheduleState, run: PieceRun): number {
  if (state.peers.size === 0) return 0;
  const probes = [run.first, Math.floor((run.first + run.last) / 2), run.last];
  return probes.reduce((sum, piece) => sum + countHolders(state, piece, Number.POSITIVE_INFINITY), 0);
}
