/** The schedule while somebody watches: reads with deadlines, a minute said ahead, and a CDN that refuses, dies or is too slow. */
import { test } from 'tap';
import { advance } from '../../../../engine/schedule/decide.ts';
import { CDN_QUIET_MAX_MS, CDN_QUIET_MS, LATE_MS, URGENT_MS } from '../../../../engine/schedule/limits.ts';
import {
  cdnEnded, cdnGave, cdnProgressed, granted, peerGave, pieceEvicted, pieceKept, wantedChanged,
} from '../../../../engine/schedule/schedule-events.ts';
import type { CdnView, ScheduleState, WantedRun } from '../../../../engine/schedule/schedule-state.ts';
import { duePieces, isSatisfied, urgentPiece } from '../../../../engine/schedule/wanted.ts';
import { addPeer, decided, newState, only, PIECE } from '../../../fixtures/schedule-table.ts';

const cdn = (state: ScheduleState): CdnView => {
  const [view] = state.cdns;
  if (view === undefined) throw new Error('no CDN');
  return view;
};

/** A piece a second: 2 Mb/s. */
const ahead = (first: number, last: number, dueAtMs: number): WantedRun => ({ first, last, deadlineMs: dueAtMs, msPerPiece: 1_000, isAhead: true });
const waited = (piece: number, dueAtMs: number): WantedRun => ({ first: piece, last: piece, deadlineMs: dueAtMs, msPerPiece: 0 });

/** What comes of the CDN's window, in order, up to `count` pieces; `tookMs` for each. */
const give = (state: ScheduleState, count: number, startMs: number, tookMs: number): number => {
  let nowMs = startMs;
  for (let index = 0; index < count; index += 1) {
    const { window } = cdn(state);
    if (window === undefined) break;
    nowMs += tookMs;
    cdnProgressed(state, cdn(state), PIECE, nowMs);
    cdnGave(state, cdn(state), window.first);
    pieceKept(state, window.first, nowMs);
    advance(state, nowMs);
  }
  return nowMs;
};

/** Twenty seconds are buffered, and the CDN streams the next forty. */
const watching = (options: Parameters<typeof newState>[0] = {}): ScheduleState => {
  const state = newState({ wants: 'what-is-read', held: Array.from({ length: 20 }, (_, piece) => piece), ...options });
  wantedChanged(state, [ahead(0, 59, 0)]);
  advance(state, 0);
  cdnProgressed(state, cdn(state), 0, 5);
  advance(state, 5);
  return state;
};

test('the pieces of all runs come in one order, by deadline', (t) => {
  const state = newState({ wants: 'what-is-read' });
  wantedChanged(state, [ahead(0, 3, 1_000), ahead(100, 103, 1_500), waited(50, 2_200)]);
  t.same([...duePieces(state)].map(({ piece }) => piece), [0, 100, 1, 50, 101, 2, 102, 3, 103]);
  t.equal(urgentPiece(state, 0)?.piece, 0);
  wantedChanged(state, [ahead(0, 59, -20_000), waited(100, 3_000)]);
  for (let piece = 0; piece < 30; piece += 1) state.pieces.arrive(piece);
  t.match(urgentPiece(state, 0), { piece: 100, deadlineMs: 3_000 }, 'a run whose beginning is here is due where it is missing');
  t.end();
});

test('a steady player has nothing urgent: the CDN alone serves, and peers are left in peace', (t) => {
  const state = watching();
  for (const id of ['a', 'b', 'c']) addPeer(state, id, { bytesPerMs: 1_000 });
  t.equal(state.shown, 'cdn');
  let nowMs = 5;
  for (let second = 0; second < 20; second += 1) {
    wantedChanged(state, [ahead(second, 59, nowMs), waited(second + 20, nowMs + 20_000)]);
    t.same(only(advance(state, nowMs), 'ask-peer'), []);
    nowMs = give(state, 2, nowMs, 100);
  }
  t.ok(isSatisfied(state));
  advance(state, nowMs);
  t.equal(state.shown, 'idle', 'all that is wanted is here');
  t.end();
});

test('a refusal: what is due first is asked for first, of several peers at once', (t) => {
  const state = newState({ wants: 'what-is-read' });
  wantedChanged(state, [ahead(10, 69, 500)]);
  advance(state, 0);
  for (const id of ['a', 'b', 'c']) addPeer(state, id, { bytesPerMs: 1_000, roundTripMs: 10 });
  cdnEnded(state, cdn(state), { how: 'busy', retryAfterMs: 2_000 }, 10);
  const asked = only(advance(state, 10), 'ask-peer');
  t.same(asked.map(({ piece }) => piece), Array.from({ length: asked.length }, (_, index) => 10 + index));
  t.same(new Set(asked.map(({ peerId }) => peerId)), new Set(['a', 'b', 'c']));
  t.equal(state.waitingForCdn, true);
  t.end();
});

test('a CDN that dies in mid-play: what is due soon goes to peers in the same moment', (t) => {
  const state = watching();
  for (const id of ['a', 'b']) addPeer(state, id, { bytesPerMs: 1_000, roundTripMs: 10 });
  cdnEnded(state, cdn(state), { how: 'failed', retryAfterMs: undefined }, 50);
  t.same(only(advance(state, 50), 'ask-peer').slice(0, 3).map(({ piece }) => piece), [20, 21, 22]);
  t.end();
});

test('a CDN that falls silent in mid-play: also the piece it is at goes to a peer, first', (t) => {
  const state = watching();
  for (const id of ['a', 'b']) addPeer(state, id, { bytesPerMs: 1_000, roundTripMs: 10 });
  t.same(decided(state, 'ask-peer', 5 + CDN_QUIET_MS), []);
  const nowMs = 5 + CDN_QUIET_MAX_MS;
  const decisions = advance(state, nowMs);
  t.match(only(decisions, 'shorten-window'), [{ last: 20 }]);
  t.same(only(decisions, 'ask-peer').slice(0, 3).map(({ piece }) => piece), [20, 21, 22]);
  t.equal(state.pieces.copiesInFlight(20), 2, 'the CDN may still bring it');
  t.equal(only(decisions, 'ask-peer').filter(({ piece }) => piece === 20).length, 1);
  t.end();
});

test('a CDN slower than the player: what it would bring too late goes to a peer, and it keeps the rest', (t) => {
  const state = watching();
  const nowMs = give(state, 2, 5, 2_000);
  t.same(cdn(state).window, { first: 22, last: 59 }, 'nothing is late yet');
  const peer = addPeer(state, 'a', { bytesPerMs: 1_000, roundTripMs: 10 });
  wantedChanged(state, [ahead(20, 59, nowMs - 2_000 + LATE_MS)]);
  const decisions = advance(state, nowMs);
  t.match(only(decisions, 'shorten-window'), [{ last: 22 }], 'the piece that is coming stays');
  t.same(only(decisions, 'ask-peer').map(({ piece }) => piece), [23, 24]);
  t.equal(peer.requests.length, 2);
  const later = watching();
  const laterMs = give(later, 2, 5, 2_000);
  addPeer(later, 'a', { bytesPerMs: 1_000 });
  wantedChanged(later, [ahead(20, 59, laterMs + URGENT_MS)]);
  t.same(only(advance(later, laterMs), 'shorten-window'), [], 'what is not due soon can wait for a slow CDN');
  t.end();
});

test('a grant: the CDN takes the next missing range, and what peers have been asked for lands', (t) => {
  const state = newState({ wants: 'what-is-read' });
  wantedChanged(state, [ahead(10, 69, 10_000)]);
  advance(state, 0);
  const peers = ['a', 'b'].map((id) => addPeer(state, id, { bytesPerMs: 1_000, roundTripMs: 10 }));
  cdnEnded(state, cdn(state), { how: 'busy', retryAfterMs: 2_000 }, 10);
  advance(state, 10);
  const inFlight = peers.flatMap(({ requests }) => requests.map(({ piece }) => piece));
  granted(state, { token: 'token', expiresAtMs: 5_000 });
  const decisions = advance(state, 20);
  t.match(only(decisions, 'ask-cdn'), [{ grant: 'token', window: { first: 10 + inFlight.length, last: 17 + inFlight.length } }]);
  t.same(only(decisions, 'cancel-peer'), []);
  cdnProgressed(state, cdn(state), 0, 25);
  for (const peer of peers) for (const piece of peer.requests.map((request) => request.piece)) t.ok(peerGave(state, peer, piece, PIECE, 30));
  t.same(only(advance(state, 30), 'ask-peer'), [], 'and nothing more is asked of peers');
  t.equal(state.shown, 'cdn');
  t.end();
});

test('with all that is wanted here no place in the queue is held, and peers are kept', (t) => {
  const state = newState({ wants: 'what-is-read' });
  wantedChanged(state, [ahead(0, 3, 20_000)]);
  advance(state, 0);
  const peer = addPeer(state, 'a', { bytesPerMs: 1_000 });
  cdnEnded(state, cdn(state), { how: 'busy', retryAfterMs: 2_000 }, 10);
  advance(state, 10);
  t.equal(state.waitingForCdn, true);
  const wantedPeers = state.wantedPeers;
  for (let nowMs = 20; peer.requests.length > 0; nowMs += 10) {
    for (const piece of peer.requests.map((request) => request.piece)) peerGave(state, peer, piece, PIECE, nowMs);
    advance(state, nowMs);
  }
  t.equal(state.shown, 'idle');
  t.equal(state.waitingForCdn, false);
  t.equal(state.wantedPeers, wantedPeers);
  t.end();
});

test('a CDN turns from what lies ahead to what somebody waits for, and not for what is due later than its own', (t) => {
  const state = watching();
  wantedChanged(state, [ahead(0, 59, -15_000), waited(150, 3_000)]);
  t.match(decided(state, 'shorten-window', 10), [{ last: 20 }], 'what it is at is due at 5 s');
  const due = watching();
  wantedChanged(due, [ahead(0, 59, -18_500), waited(150, 3_000)]);
  t.same(decided(due, 'shorten-window', 10), [], 'what it is at is due at 1.5 s');
  t.end();
});

test('a piece that the store let go of is fetched again for who waits for it, and not for what lies ahead', (t) => {
  const state = newState({ wants: 'what-is-read', held: [0, 1, 2, 3, 4] });
  wantedChanged(state, [ahead(0, 4, 20_000)]);
  pieceEvicted(state, 2);
  t.same(decided(state, 'ask-cdn', 0), []);
  t.ok(isSatisfied(state));
  wantedChanged(state, [ahead(0, 4, 20_000), waited(2, 20_000)]);
  t.match(decided(state, 'ask-cdn', 1), [{ window: { first: 2, last: 2 } }]);
  cdnEnded(state, cdn(state), { how: 'cancelled' }, 2);
  wantedChanged(state, []);
  wantedChanged(state, [ahead(0, 4, 20_000)]);
  t.match(decided(state, 'ask-cdn', 3), [{ window: { first: 2, last: 2 } }], 'what is said anew is wanted anew');
  t.end();
});
