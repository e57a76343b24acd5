import { test } from 'tap';
import { isTrusted } from '../../../../engine/schedule/peer-choice.ts';
import { nextPieceFor, nextWindow } from '../../../../engine/schedule/piece-queue.ts';
import { peerAsked, peerGave, peerHas, wantedChanged } from '../../../../engine/schedule/schedule-events.ts';
import type { PeerView, ScheduleState } from '../../../../engine/schedule/schedule-state.ts';
import { addPeer, newState, PIECE } from '../../../fixtures/schedule-table.ts';

const take = (state: ScheduleState, peer: PeerView, count: number): number[] => {
  const pieces: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const piece = nextPieceFor(state, peer, 'anything', 0);
    if (piece === undefined) break;
    peerAsked(state, peer, piece, 0);
    peerGave(state, peer, piece, PIECE, 1);
    pieces.push(piece);
  }
  return pieces;
};

test('equally rare pieces are taken in a row, so that what is missing stays in long runs', (t) => {
  const state = newState({ pieceCount: 1_000 });
  const pieces = take(state, addPeer(state, 'a'), 100);
  const steps = pieces.slice(1).filter((piece, at) => piece === ((pieces[at] ?? 0) + 1) % 1_000);
  t.equal(steps.length, 99);
  t.end();
});

test('two clients with different seeds begin at different places', (t) => {
  const [one, two] = [1, 2].map((seed) => {
    const state = newState({ pieceCount: 1_000, seed });
    return take(state, addPeer(state, 'a'), 50);
  });
  t.not(one?.[0], two?.[0]);
  t.end();
});

test('the same seed does the same again', (t) => {
  const runs = [1, 2].map(() => {
    const state = newState({ pieceCount: 1_000, seed: 5 });
    addPeer(state, 'b', { has: (piece) => piece % 3 === 0 });
    return take(state, addPeer(state, 'a'), 200);
  });
  t.same(runs[0], runs[1]);
  t.end();
});

test('the rarest piece is taken before others', (t) => {
  const state = newState({ pieceCount: 20 });
  const peer = addPeer(state, 'a');
  for (const id of ['b', 'c']) addPeer(state, id, { has: (piece) => piece !== 13 });
  t.same(take(state, peer, 1), [13]);
  t.end();
});

test('among many pieces rare ones are found by lot: most of them well before half is taken', (t) => {
  const state = newState({ pieceCount: 4_000 });
  const peer = addPeer(state, 'a');
  addPeer(state, 'b', { has: (piece) => piece % 10 !== 0 });
  const rare = take(state, peer, 800).filter((piece) => piece % 10 === 0).length;
  t.ok(rare > 300, `${rare} of 400 rare pieces within the first 800 of 4000`);
  t.end();
});

test('a peer with one piece among thousands is found to have it, and then to have nothing until it has more', (t) => {
  let held = 3_210;
  const state = newState({ pieceCount: 8_000 });
  const peer = addPeer(state, 'a', { has: (piece) => piece === held });
  t.same(take(state, peer, 2), [3_210]);
  held = 7;
  t.equal(nextPieceFor(state, peer, 'anything', 0), undefined, 'not searched again');
  peerHas(peer);
  t.equal(nextPieceFor(state, peer, 'anything', 0), 7);
  t.end();
});

test('a piece that became missing again is found at a peer that had nothing else', (t) => {
  const state = newState({ pieceCount: 100 });
  const peer = addPeer(state, 'a', { has: (piece) => piece === 5 });
  state.pieces.ask(5);
  t.equal(nextPieceFor(state, peer, 'anything', 0), undefined);
  state.pieces.answered(5);
  t.equal(nextPieceFor(state, peer, 'anything', 0), 5);
  t.end();
});

test('while reading, pieces go by deadline, whatever their rarity', (t) => {
  const state = newState({ pieceCount: 100 });
  const peer = addPeer(state, 'a');
  addPeer(state, 'b', { has: (piece) => piece < 50 });
  wantedChanged(state, [{ first: 30, last: 31, deadlineMs: 500, msPerPiece: 10 }, { first: 10, last: 11, deadlineMs: 100, msPerPiece: 10 }]);
  t.same(take(state, peer, 4), [10, 11, 30, 31]);
  t.end();
});

test('a slow peer is not trusted with what is due while a quick one has it, and is with what is not', (t) => {
  const state = newState({ pieceCount: 100 });
  const slow = addPeer(state, 'slow', { bytesPerMs: 50 });
  const quick = addPeer(state, 'quick', { bytesPerMs: 5_000 });
  t.notOk(isTrusted(state, slow, 10, 1_000, 0));
  t.ok(isTrusted(state, quick, 10, 1_000, 0));
  t.ok(isTrusted(state, slow, 10, 60_000, 0), 'it has the time');
  wantedChanged(state, [{ first: 10, last: 10, deadlineMs: 1_000, msPerPiece: 0 }, { first: 40, last: 40, deadlineMs: 60_000, msPerPiece: 0 }]);
  t.equal(nextPieceFor(state, slow, 'urgent', 0), undefined);
  t.equal(nextPieceFor(state, slow, 'anything', 0), 40);
  t.end();
});

test('alone, the CDN is asked from the first missing piece on; a window holds missing pieces only', (t) => {
  const state = newState({ held: [0, 1, 100] });
  t.same(nextWindow(state, 64, 0), { first: 2, last: 65 });
  for (let piece = 2; piece <= 65; piece += 1) state.pieces.ask(piece);
  t.same(nextWindow(state, 64, 0), { first: 101, last: 164 }, 'a full window before the short run up to 99');
  t.end();
});

test('among peers, the CDN is asked for what the swarm holds least of', (t) => {
  const state = newState({ pieceCount: 64 * 4 });
  addPeer(state, 'a', { has: (piece) => piece < 128 || piece >= 192 });
  t.same(nextWindow(state, 64, 0), { first: 128, last: 191 });
  t.end();
});

test('among peers, a run of a quarter of the window that the swarm lacks goes before a whole one that it holds', (t) => {
  const state = newState({ pieceCount: 64 * 4 });
  addPeer(state, 'a', { has: (piece) => piece < 100 || piece >= 116 });
  for (let piece = 0; piece < 100; piece += 1) state.pieces.ask(piece);
  t.same(nextWindow(state, 16, 0), { first: 100, last: 115 });
  state.pieces.ask(104);
  t.same(nextWindow(state, 16, 0), { first: 100, last: 103 });
  t.end();
});

/** What a reader asks of one of two peers first. */
const first = (seed: number, dueMs: number, others: (piece: number) => boolean): number | undefined => {
  const state = newState({ wants: 'what-is-read', seed });
  const peer = addPeer(state, 'a', { bytesPerMs: 10_000 });
  addPeer(state, 'b', { has: others, bytesPerMs: 10_000 });
  wantedChanged(state, [{ first: 10, last: 69, deadlineMs: dueMs, msPerPiece: 500 }]);
  return nextPieceFor(state, peer, 'anything', 0);
};

test('readers of the same take different pieces of what is not due yet, and in order what is due, or what everybody has', (t) => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);
  const ahead = seeds.map((seed) => first(seed, 10_000, () => false));
  t.ok(new Set(ahead).size > 10);
  t.ok(ahead.every((piece) => piece !== undefined && piece >= 10 && piece < 34), 'near the reader');
  t.ok(seeds.every((seed) => first(seed, 1_000, () => false) === 10));
  t.ok(seeds.every((seed) => first(seed, 10_000, () => true) === 10));
  t.ok(seeds.every((seed) => first(seed, 10_000, (piece) => piece !== 20) === 20), 'the rarest first');
  t.end();
});

test('reading only: a window ends where nobody wants more', (t) => {
  const state = newState({ wants: 'what-is-read' });
  t.equal(nextWindow(state, 64, 0), undefined);
  wantedChanged(state, [{ first: 7, last: 9, deadlineMs: 0, msPerPiece: 0 }, { first: 10, last: 12, deadlineMs: 900, msPerPiece: 0 }]);
  t.same(nextWindow(state, 64, 0), { first: 7, last: 12 });
  t.end();
});
