/** What somebody reads, or will soon: which of it is missing, by when it is due, and whether that is near. */
import { URGENT_MS } from './limits.ts';
import type { ScheduleState, WantedRun } from './schedule-state.ts';

/** A piece somebody waits for and nobody was asked for. */
export interface DuePiece {
  readonly piece: number;
  readonly deadlineMs: number;
}

/** When one piece of a run is due. */
function dueMs(run: WantedRun, piece: number): number {
  return run.deadlineMs + (piece - run.first) * run.msPerPiece;
}

function covers(state: ScheduleState, run: WantedRun, piece: number): boolean {
  return run.first <= piece && piece <= run.last && !(run.isAhead === true && state.letGo.has(piece));
}

/** The missing pieces of all runs together, most urgent first. */
export function* duePieces(state: ScheduleState): Generator<DuePiece> {
  const heads: { readonly run: WantedRun; piece: number }[] = [];
  for (const run of state.wanted) {
    const piece = nextMissing(state, run, run.first);
    if (piece !== undefined) heads.push({ run, piece });
  }
  while (heads.length > 0) {
    const head = heads.reduce((first, other) => (dueMs(other.run, other.piece) < dueMs(first.run, first.piece) ? other : first));
    yield { piece: head.piece, deadlineMs: dueMs(head.run, head.piece) };
    const piece = nextMissing(state, head.run, head.piece + 1);
    if (piece === undefined) heads.splice(heads.indexOf(head), 1);
    else head.piece = piece;
  }
}

function nextMissing(state: ScheduleState, run: WantedRun, from: number): number | undefined {
  for (let piece = from; piece <= run.last; piece += 1) if (state.pieces.isMissing(piece) && covers(state, run, piece)) return piece;
  return undefined;
}

/** The first missing piece whose deadline is near. */
export function urgentPiece(state: ScheduleState, nowMs: number): DuePiece | undefined {
  const [due] = duePieces(state);
  return due !== undefined && due.deadlineMs < nowMs + URGENT_MS ? due : undefined;
}

/** When the piece is due, wherever it is; undefined when nobody reads there. */
export function deadlineOf(state: ScheduleState, piece: number): number | undefined {
  let deadlineMs: number | undefined;
  for (const run of state.wanted) if (covers(state, run, piece)) deadlineMs = Math.min(deadlineMs ?? Number.POSITIVE_INFINITY, dueMs(run, piece));
  return deadlineMs;
}

/** Whether somebody waits for the piece, wherever it is, with a deadline that is near. */
export function isUrgent(state: ScheduleState, piece: number, nowMs: number): boolean {
  const deadlineMs = deadlineOf(state, piece);
  return deadlineMs !== undefined && deadlineMs < nowMs + URGENT_MS;
}

export function isWanted(state: ScheduleState, piece: number): boolean {
  return state.wants === 'everything' || state.wanted.some((run) => covers(state, run, piece));
}

/** Something is still to be asked for. */
export function hasMissing(state: ScheduleState): boolean {
  if (state.wants === 'everything') return state.pieces.missingCount > 0;
  return state.wanted.some((run) => nextMissing(state, run, run.first) !== undefined);
}

/** Everything wanted is here, if not yet in the store. */
export function isSatisfied(state: ScheduleState): boolean {
  if (state.wants === 'everything') return state.pieces.isAllHere;
  return state.wanted.every((run) => {
    for (let piece = run.first; piece <= run.last; piece += 1) if (!state.pieces.isHere(piece) && covers(state, run, piece)) return false;
    return true;
  });
}
