import { test } from 'tap';
import { type StoredRun, StoredRuns } from '../../../../engine/piece-store/stored-runs.ts';

const PIECE = 256 * 1024;
/** Ten pieces, the last one short. */
const shape = { sizeBytes: 9 * PIECE + 1_000, pieceLengthBytes: PIECE };
const single = (piece: number): StoredRun => ({ first: piece, last: piece });
const names = (runs: readonly StoredRun[]): string[] => runs.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));

test('knows which run has a piece, and counts a piece that two runs have once', (t) => {
  const runs = new StoredRuns(shape, [single(2), { first: 0, last: 3 }, { first: 8, last: 9 }]);
  t.same([...runs.pieces].toSorted(), [0, 1, 2, 3, 8, 9]);
  t.equal(runs.heldBytes, 5 * PIECE + 1_000);
  t.same(runs.runOf(9), { first: 8, last: 9 });
  t.equal(runs.runOf(4), undefined);
  t.end();
});

test('forgets keys that reach beyond the content', (t) => {
  t.same([...new StoredRuns(shape, [single(10), { first: 9, last: 12 }, single(1)]).pieces], [1]);
  t.end();
});

test('of an earlier visit goes first what lies behind the playhead, then what lies farthest ahead, then what was used longest ago', (t) => {
  const runs = new StoredRuns(shape, [0, 1, 4, 5, 6, 7].map(single));
  runs.add(single(2));
  runs.touch(4);
  t.same(names(runs.victims(Number.POSITIVE_INFINITY)), ['0', '1', '7', '6', '5', '2', '4']);
  t.same(names(runs.victims(2 * PIECE)), ['0', '1']);
  t.same(names(runs.victims(PIECE + 1)), ['0', '1'], 'rather more than less');
  t.same(names(runs.victims(0)), []);
  t.end();
});

test('what was just read or written goes last', (t) => {
  const runs = new StoredRuns(shape);
  for (const piece of [0, 1, 2, 3]) runs.add(single(piece));
  runs.touch(0);
  t.same(names(runs.victims(Number.POSITIVE_INFINITY)), ['1', '2', '3', '0']);
  t.end();
});

test('a run that goes takes the pieces with it that no other run has, and what was known of them', (t) => {
  const long = { first: 0, last: 3 };
  const runs = new StoredRuns(shape, [long]);
  runs.add(single(2));
  runs.verified(1);
  t.same(runs.remove(long), [0, 1, 3]);
  t.equal(runs.isVerified(1), false);
  t.equal(runs.isVerified(2), true);
  t.same([...runs.pieces], [2]);
  t.end();
});

test('a run that is written again is there once', (t) => {
  const runs = new StoredRuns(shape, [single(3)]);
  runs.add(single(3));
  t.same(names(runs.victims(Number.POSITIVE_INFINITY)), ['3']);
  t.equal(runs.isVerified(3), true);
  t.end();
});
