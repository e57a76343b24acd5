import { test } from 'tap';
import { MAX_READ_AHEAD_RUNS, type ReadAheadRun } from '../../../../engine/api.ts';
import { Reads } from '../../../../engine/download/reads.ts';

const PIECE = 1_000;
const newReads = (pieceCount = 1_000): Reads =>
  new Reads({ sizeBytes: pieceCount * PIECE - 500, pieceLengthBytes: PIECE, piecesAhead: 64, windowPieces: 64 });

const run = (options: Partial<ReadAheadRun> = {}): ReadAheadRun => ({ start: 0, end: 60_000, dueInMs: 0, bytesPerSecond: 1_000, ...options });

test('bytes become pieces, each due with its first byte that is read', (t) => {
  const reads = newReads();
  reads.readAhead([run({ start: 10_250, end: 12_001, dueInMs: 5_000, bytesPerSecond: 500 })], 100_000);
  t.same(reads.wanted(100_000, true), [{ first: 10, last: 12, deadlineMs: 104_500, msPerPiece: 2_000, isAhead: true }]);
  t.end();
});

test('what is said is clipped to the content, and what is empty is left out', (t) => {
  const reads = newReads(10);
  reads.readAhead([run({ start: -5, end: 1 }), run({ start: 9_000, end: 1_000_000 }), run({ start: 5, end: 5 }), run({ start: 9_500, end: 9_600 })], 0);
  t.same(reads.wanted(0, true).map(({ first, last }) => [first, last]), [[0, 0], [9, 9]]);
  t.end();
});

test('once said, nothing else is read ahead, also when nothing is said to come', (t) => {
  const reads = newReads();
  reads.begin({ first: 5, last: 5, deadlineMs: 0 });
  reads.readAhead([], 0);
  reads.begin({ first: 7, last: 7, deadlineMs: 0 });
  t.same(reads.wanted(0, true).map(({ first, last }) => [first, last]), [[5, 5], [7, 7]]);
  t.end();
});

test('more runs than allowed, and numbers that are none, are refused and change nothing', (t) => {
  const reads = newReads();
  reads.readAhead([run()], 0);
  t.throws(() => reads.readAhead(Array.from({ length: MAX_READ_AHEAD_RUNS + 1 }, () => run()), 0), RangeError);
  for (const bad of [{ bytesPerSecond: 0 }, { bytesPerSecond: Number.NaN }, { dueInMs: Number.NaN }, { start: Number.NaN }]) {
    t.throws(() => reads.readAhead([run(bad)], 0), RangeError, JSON.stringify(bad));
  }
  t.equal(reads.wanted(0, true).length, 1);
  t.end();
});

test('while a run goes on its end moves by half of it, and not by single pieces', (t) => {
  const reads = newReads();
  const ends: number[] = [];
  for (let second = 0; second <= 120; second += 1) {
    reads.readAhead([run({ start: second * 1_000, end: (second + 60) * 1_000 })], second * 1_000);
    const [wanted] = reads.wanted(0, true);
    t.equal(wanted?.first, second);
    if (wanted?.last !== ends.at(-1)) ends.push(wanted?.last ?? 0);
  }
  t.same(ends, [59, 89, 119, 149, 179]);
  t.end();
});

test('a long run grows by a window', (t) => {
  const reads = newReads();
  reads.readAhead([run({ end: 500_000 })], 0);
  reads.readAhead([run({ start: 63_000, end: 563_000 })], 0);
  t.equal(reads.wanted(0, true)[0]?.last, 499);
  reads.readAhead([run({ start: 64_000, end: 564_000 })], 0);
  t.equal(reads.wanted(0, true)[0]?.last, 563);
  t.end();
});

test('at the end of the content the end is wanted at once, and what is said to be less is less', (t) => {
  const reads = newReads(100);
  reads.readAhead([run({ start: 39_000, end: 99_000 })], 0);
  reads.readAhead([run({ start: 40_000, end: 100_000 })], 0);
  t.equal(reads.wanted(0, true)[0]?.last, 99);
  reads.readAhead([run({ start: 41_000, end: 61_000 })], 0);
  t.equal(reads.wanted(0, true)[0]?.last, 60);
  t.end();
});

test('a seek is said whole', (t) => {
  const reads = newReads();
  reads.readAhead([run()], 0);
  reads.readAhead([run({ start: 500_000, end: 560_000 })], 0);
  t.match(reads.wanted(0, true), [{ first: 500, last: 559 }]);
  reads.readAhead([run({ start: 480_000, end: 561_000 })], 0);
  t.match(reads.wanted(0, true), [{ first: 480, last: 560 }]);
  t.end();
});
