/**
 * All that the schedule knows, as plain data: what is wanted, what is held, who could serve and how they have been. The owner (a
 * download, or a simulation on a virtual clock) tells what happens by schedule-events.ts and asks decide.ts what to do next.
 */
import type { Policy, SwitchReason, SwitchState } from '../figures.ts';
import { CDN_WINDOW_BYTES } from '../protocol/limits.ts';
import { LEAST_PIECES_IN_FLIGHT, MAX_BYTES_IN_FLIGHT, MAX_BYTES_UNWRITTEN, MIN_PIECES_IN_FLIGHT, SHARED_WINDOW_BYTES } from './limits.ts';
import { type PieceRun, PieceTable } from './piece-table.ts';
import { pick } from './seeded.ts';
import { Throughput } from './throughput.ts';

/** Pieces somebody waits for: piece `first + n` by `deadlineMs + n * msPerPiece`, on the owner's clock. */
export interface WantedRun extends PieceRun {
  readonly deadlineMs: number;
  readonly msPerPiece: number;
  /** Nobody waits for it yet: a piece that the store let go of is not fetched again for it. */
  readonly isAhead?: boolean;
}

export interface Grant {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Why a CDN is not asked before `retryAtMs`. */
type CdnTrouble = 'cdn-busy' | 'cdn-down' | 'cdn-gone';

/** One appliance's HTTP. */
export interface CdnView {
  readonly id: string;
  /** Whether its signalling hands us grants. Only the first appliance's does. */
  readonly grants: boolean;
  /** `streaming` from the moment it agreed to serve. */
  phase: 'idle' | 'asking' | 'streaming';
  /** The pieces it was asked for and has not given: from the next one to the last. */
  window: PieceRun | undefined;
  /** A grant went with the request. */
  granted: boolean;
  lastByteAtMs: number;
  /** The longest silence it came back from; those of earlier windows count for less. */
  longestGapMs: number;
  retryAtMs: number;
  trouble: CdnTrouble | undefined;
  /** Refusals and failures since it last served. */
  failures: number;
  hashFailures: number;
  readonly throughput: Throughput;
}

interface PieceRequest {
  readonly piece: number;
  readonly askedAtMs: number;
}

/** One peer of the swarm, its channel open. */
export interface PeerView {
  readonly peerId: string;
  readonly isSeeder: boolean;
  has(piece: number): boolean;
  /** In the order they were asked, which is the order they are answered. */
  readonly requests: PieceRequest[];
  readonly throughput: Throughput;
  roundTripMs: number | undefined;
  lastByteAtMs: number;
  lastPieceAtMs: number;
  /** Bytes it had sent when last looked at, for who can see them only by looking. */
  bytesSeen: number;
  /** It lost its requests for its silence, and has given nothing since: nobody to count on. */
  isStalled: boolean;
  /** It said, or we found, that it is not to be asked before. */
  notBeforeMs: number;
  /** Set when it was found to hold nothing that is missing: false again when it, or we, changed. See piece-queue.ts. */
  barrenAtReturns: number | undefined;
}

export interface ScheduleState {
  policy: Policy;
  wants: 'everything' | 'what-is-read';
  readonly pieces: PieceTable;
  readonly pieceLengthBytes: number;
  /** Ties are broken, and waits are jittered, by this. */
  readonly seed: number;
  readonly startedAtMs: number;
  /** Off while paused and after the end: nothing is asked for. */
  running: boolean;
  /** Most urgent first. */
  wanted: readonly WantedRun[];
  /** Wanted ahead, and evicted nevertheless: fetching them again would only drive out the next. */
  readonly letGo: Set<number>;
  readonly cdns: readonly CdnView[];
  readonly peers: Map<string, PeerView>;
  grant: Grant | undefined;
  /** A CDN refused or failed since any of them last served. */
  cdnLetDown: boolean;
  /** We asked to be told when the CDN has room. */
  waitingForCdn: boolean;
  /** Place in the CDN's queue, from 1. */
  queuePosition: number | undefined;
  wantedPeers: number | undefined;
  shown: SwitchState;
  lastPeerByteAtMs: number;
  /** The piece last asked of a peer in order of rarity; the next is looked for from here on, so that what is missing stays in long runs. */
  cursor: number;
  /** Counts what happened: the turn of the seeded lot. */
  turn: number;
}

/** What the schedule wants done. The owner does it and tells the outcome by schedule-events.ts. */
export type Decision =
  | { readonly do: 'ask-cdn'; readonly cdnId: string; readonly window: PieceRun; readonly grant: string | undefined }
  /** The CDN's window ends after `last`; when that piece was already given, at once. */
  | { readonly do: 'shorten-window'; readonly cdnId: string; readonly last: number }
  | { readonly do: 'ask-peer'; readonly peerId: string; readonly piece: number }
  | { readonly do: 'cancel-peer'; readonly peerId: string; readonly piece: number; readonly why: 'stalled' | 'unwanted' }
  | { readonly do: 'wait-for-cdn' }
  | { readonly do: 'stop-waiting' }
  | { readonly do: 'want-peers'; readonly count: number }
  | { readonly do: 'enter'; readonly from: SwitchState; readonly state: SwitchState; readonly reason: SwitchReason };

export interface ScheduleOptions {
  readonly policy: Policy;
  readonly wants: 'everything' | 'what-is-read';
  readonly pieceCount: number;
  readonly pieceLengthBytes: number;
  readonly held: Iterable<number>;
  /** Ids of the CDN sources, most wanted first. */
  readonly cdnIds: readonly string[];
  /** Whether the first of them tells us of grants. */
  readonly grants: boolean;
  readonly seed: number;
}

export function newScheduleState(options: ScheduleOptions, nowMs: number): ScheduleState {
  return {
    policy: options.policy, wants: options.wants, seed: options.seed, startedAtMs: nowMs, running: true,
    pieces: new PieceTable(options.pieceCount, options.held), pieceLengthBytes: options.pieceLengthBytes,
    wanted: [], letGo: new Set(), peers: new Map(), grant: undefined, cdnLetDown: false, waitingForCdn: false, queuePosition: undefined, wantedPeers: undefined,
    cdns: options.cdnIds.map((id, index) => newCdnView(id, options.grants && index === 0)),
    shown: 'starting', lastPeerByteAtMs: nowMs, cursor: pick(options.seed, 0, options.pieceCount), turn: 1,
  };
}

function newCdnView(id: string, grants: boolean): CdnView {
  return {
    id, grants, phase: 'idle', window: undefined, granted: false, lastByteAtMs: 0, longestGapMs: 0, retryAtMs: 0, trouble: undefined,
    failures: 0, hashFailures: 0, throughput: new Throughput(),
  };
}

export function newPeerView(peer: { readonly peerId: string; readonly isSeeder: boolean; has(piece: number): boolean }, nowMs: number): PeerView {
  return {
    peerId: peer.peerId, isSeeder: peer.isSeeder, has: (piece) => peer.has(piece), requests: [], throughput: new Throughput(),
    roundTripMs: undefined, lastByteAtMs: nowMs, lastPieceAtMs: nowMs, bytesSeen: 0, isStalled: false, notBeforeMs: 0, barrenAtReturns: undefined,
  };
}

export function windowPieces(state: ScheduleState): number {
  return Math.max(1, Math.floor(CDN_WINDOW_BYTES / state.pieceLengthBytes));
}

/** Of a window that others wait for the end of. `bytes`: what it may be nevertheless. */
export function sharedWindowPieces(state: ScheduleState, bytes = 0): number {
  return Math.max(1, Math.floor(Math.max(SHARED_WINDOW_BYTES, bytes) / state.pieceLengthBytes));
}

/** How many pieces may be in flight at all peers together. */
export function maxPiecesInFlight(state: ScheduleState): number {
  return Math.max(LEAST_PIECES_IN_FLIGHT, Math.floor(MAX_BYTES_IN_FLIGHT / state.pieceLengthBytes));
}

/** The store is behind: nothing more is asked for, and a source that pauses for it is not blamed. */
export function isStoreBehind(state: ScheduleState): boolean {
  return state.pieces.arrivedCount > Math.max(MIN_PIECES_IN_FLIGHT, MAX_BYTES_UNWRITTEN / state.pieceLengthBytes);
}
