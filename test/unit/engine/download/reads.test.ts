import { test } from 'tap';
import { Reads } from '../../../../engine/download/reads.ts';
import type { WantedRun } from '../../../../engine/schedule/schedule-state.ts';

const PIECE = 1_000;
const newReads = (pieceCount: number, piecesAhead = 64): Reads =>
  new Reads({ sizeBytes: pieceCount * PIECE, pieceLengthBytes: PIECE, piecesAhead, windowPieces: 64 });

const places = (runs: readonly WantedRun[]): number[][] => runs.map(({ first, last }) => [first, last]);

/** One piece is read, and nobody waits for it any more. */
const readPiece = (reads: Reads, piece: number): void => reads.end(reads.begin({ first: piece, last: piece, deadlineMs: 0 }));

test('who waits comes before what lies ahead', (t) => {
  const reads = newReads(1_000);
  reads.begin({ first: 10, last: 11, deadlineMs: 500 });
  t.match(reads.wanted(500, true), [{ first: 10, last: 11, deadlineMs: 500 }, { first: 12, last: 75 }]);
  t.ok((reads.wanted(500, true)[1]?.deadlineMs ?? 0) > 5_000);
  t.end();
});

test('what lies ahead grows by half at a time, not by single pieces', (t) => {
  const reads = newReads(1_000);
  const ends = new Set<number>();
  for (let piece = 0; piece < 64; piece += 1) {
    readPiece(reads, piece);
    for (const { last } of reads.wanted(0, true)) ends.add(last);
  }
  t.ok(ends.size <= 3, [...ends].join(' '));
  t.end();
});

test('a seek leaves what lay ahead of the old place', (t) => {
  const reads = newReads(1_000, 10);
  readPiece(reads, 0);
  readPiece(reads, 500);
  t.same(places(reads.wanted(0, true)), [[501, 510]]);
  t.end();
});

test('a seek within what lies ahead leaves what is behind the new place, but for what is near', (t) => {
  const reads = newReads(1_000);
  readPiece(reads, 0);
  readPiece(reads, 30);
  t.same(places(reads.wanted(0, true)), [[27, 64]]);
  t.end();
});

test('two readers in turns, far apart, each keep what lies ahead of them', (t) => {
  const reads = newReads(1_000, 10);
  const seen: string[] = [];
  for (let turn = 0; turn < 8; turn += 1) {
    readPiece(reads, turn);
    seen.push(JSON.stringify(places(reads.wanted(0, true)).sort(([a = 0], [b = 0]) => a - b)));
    readPiece(reads, 500 + turn);
    seen.push(JSON.stringify(places(reads.wanted(0, true)).sort(([a = 0], [b = 0]) => a - b)));
  }
  t.equal(seen[1], '[[501,510]]', 'the second place may be a seek');
  for (const runs of seen.slice(2)) t.match(runs, /^\[\[\d,1\d\],\[50\d,51\d\]\]$/, 'from the first return on, both are wanted');
  readPiece(reads, 900);
  t.same(places(reads.wanted(0, true)), [[901, 910]], 'and a seek leaves both');
  t.end();
});

test('of many places only a few are remembered', (t) => {
  const reads = newReads(10_000, 10);
  for (const piece of [0, 1_000, 2_000, 3_000, 4_000]) readPiece(reads, piece);
  readPiece(reads, 1);
  t.same(places(reads.wanted(0, true)), [[2, 11]], 'the first was forgotten: it is a place like any new one');
  readPiece(reads, 4_001);
  t.equal(reads.wanted(0, true).length, 2);
  t.end();
});

test('at the end nothing lies ahead, and nothing does when it is not wanted', (t) => {
  const reads = newReads(10, 5);
  readPiece(reads, 9);
  t.same(reads.wanted(0, true), []);
  const download = newReads(10, 5);
  readPiece(download, 3);
  t.same(download.wanted(0, false), []);
  t.end();
});
