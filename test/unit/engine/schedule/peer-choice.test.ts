import { test } from 'tap';
import { advance } from '../../../../engine/schedule/decide.ts';
import { STALL_PAUSE_MS, STALL_UNPROVEN_MS, STALL_URGENT_MS } from '../../../../engine/schedule/limits.ts';
import { depth } from '../../../../engine/schedule/peer-choice.ts';
import { peerAsked, peerFailed, peerGave, peerGone, peerProgressed, wantedChanged } from '../../../../engine/schedule/schedule-events.ts';
import { addPeer, decided, newState, only, PIECE } from '../../../fixtures/schedule-table.ts';

const swarmOnly = { cdnIds: [], grants: false } as const;

test('two to 24 pieces are in flight at a peer, by its rate and round trip', (t) => {
  const state = newState();
  for (const [bytesPerMs, roundTripMs, pieces] of [[undefined, undefined, 2], [1_000, 20, 2], [5_000, 150, 7], [60_000, 1, 24], [60_000, 500, 24]] as const) {
    const peer = addPeer(state, `${bytesPerMs}-${roundTripMs}`, { ...(bytesPerMs === undefined ? {} : { bytesPerMs }), ...(roundTripMs === undefined ? {} : { roundTripMs }) });
    t.equal(depth(state, peer), pieces, `${bytesPerMs} bytes/ms, ${roundTripMs} ms`);
  }
  t.end();
});

test('one piece is in flight at a peer that takes long over it, by the clock and by its round trip', (t) => {
  const state = newState();
  for (const [pieceMs, roundTripMs, pieces] of [[1_000, 20, 1], [1_000, 100, 2], [2_000, 100, 1], [400, 1, 2]] as const) {
    const peer = addPeer(state, `${pieceMs}-${roundTripMs}`, { bytesPerMs: PIECE / pieceMs, roundTripMs });
    t.equal(depth(state, peer), pieces, `${pieceMs} ms a piece, ${roundTripMs} ms a round trip`);
  }
  t.end();
});

test('a refusing peer is left alone until the time it named', (t) => {
  const state = newState(swarmOnly);
  const peer = addPeer(state, 'a');
  const [ask] = decided(state, 'ask-peer', 0);
  peerFailed(state, peer, ask?.piece ?? 0, { how: 'refused', notBeforeMs: 500 }, 10);
  t.same(decided(state, 'ask-peer', 499), []);
  t.equal(decided(state, 'ask-peer', 500).length, 1);
  t.end();
});

test('a stalled peer loses its requests to another, and is passed over for a while', (t) => {
  const state = newState(swarmOnly);
  addPeer(state, 'stalled');
  advance(state, 0);
  const busy = addPeer(state, 'busy', { bytesPerMs: 5_000 });
  advance(state, 1);
  const now = STALL_UNPROVEN_MS + 1;
  peerProgressed(state, busy, now);
  const decisions = advance(state, now);
  t.equal(only(decisions, 'cancel-peer').filter(({ peerId, why }) => peerId === 'stalled' && why === 'stalled').length, 2);
  t.same(only(decisions, 'ask-peer').filter(({ peerId }) => peerId === 'stalled'), []);
  peerGone(state, 'busy');
  t.ok(decided(state, 'ask-peer', now + STALL_PAUSE_MS).some(({ peerId }) => peerId === 'stalled'), 'it has another chance');
  t.end();
});

test('who waits for a piece takes it sooner from a silent peer', (t) => {
  const state = newState({ ...swarmOnly, wants: 'what-is-read' });
  addPeer(state, 'silent');
  wantedChanged(state, [{ first: 0, last: 1, deadlineMs: 0, msPerPiece: 0 }]);
  advance(state, 0);
  addPeer(state, 'other');
  const now = STALL_URGENT_MS + 1;
  t.ok(now < STALL_UNPROVEN_MS);
  const decisions = advance(state, now);
  t.equal(only(decisions, 'cancel-peer').length, 2);
  t.match(only(decisions, 'ask-peer'), [{ peerId: 'other', piece: 0 }, { peerId: 'other', piece: 1 }]);
  t.end();
});

test('a stalled peer that alone has the pieces keeps them', (t) => {
  const state = newState(swarmOnly);
  addPeer(state, 'only');
  advance(state, 0);
  t.same(decided(state, 'cancel-peer', 60_000), []);
  t.end();
});

test('a peer that gives bytes, if slowly, has not stalled', (t) => {
  const state = newState(swarmOnly);
  const slow = addPeer(state, 'slow');
  advance(state, 0);
  addPeer(state, 'quick', { bytesPerMs: 9_000 });
  for (let now = 0; now < 10_000; now += 500) {
    peerProgressed(state, slow, now);
    t.same(decided(state, 'cancel-peer', now).filter(({ peerId, why }) => peerId === 'slow' && why === 'stalled'), []);
  }
  t.end();
});

test('end game: the last piece of a slow peer is asked of a quick one too, and the loser is told to stop', (t) => {
  const state = newState({ ...swarmOnly, pieceCount: 1 });
  const slow = addPeer(state, 'slow', { bytesPerMs: 20 });
  peerAsked(state, slow, 0, 0);
  const quick = addPeer(state, 'quick', { bytesPerMs: 5_000 });
  t.match(decided(state, 'ask-peer', 1), [{ peerId: 'quick', piece: 0 }]);
  t.same(decided(state, 'ask-peer', 2), [], 'twice is enough');
  t.ok(peerGave(state, quick, 0, PIECE, 60));
  t.match(decided(state, 'cancel-peer', 60), [{ peerId: 'slow', piece: 0, why: 'unwanted' }]);
  t.end();
});

test('end game: what a quick peer will bring anyway is not asked for twice', (t) => {
  const state = newState({ ...swarmOnly, pieceCount: 1 });
  const one = addPeer(state, 'one', { bytesPerMs: 5_000, roundTripMs: 10 });
  peerAsked(state, one, 0, 0);
  addPeer(state, 'two', { bytesPerMs: 5_000, roundTripMs: 10 });
  t.same(decided(state, 'ask-peer', 1), []);
  t.end();
});

test('pieces in flight at all peers together are bounded in bytes', (t) => {
  const state = newState({ ...swarmOnly, pieceCount: 1_000, pieceLengthBytes: 4 * 1024 * 1024 });
  for (let peer = 0; peer < 30; peer += 1) addPeer(state, `${peer}`, { bytesPerMs: 60_000 });
  t.equal(decided(state, 'ask-peer', 0).length, 8);
  t.end();
});
