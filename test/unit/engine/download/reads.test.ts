import { test } from 'tap';
import { Reads } from '../../../../engine/download/reads.ts';

test('who waits comes before what lies ahead', (t) => {
  const reads = new Reads({ pieceCount: 1_000, piecesAhead: 64 });
  reads.begin({ first: 10, last: 11 }, 500);
  t.match(reads.wanted(500), [{ first: 10, last: 11, deadlineMs: 500 }, { first: 12, last: 75 }]);
  t.ok((reads.wanted(500)[1]?.deadlineMs ?? 0) > 5_000);
  t.end();
});

test('what lies ahead grows by half at a time, not by single pieces', (t) => {
  const reads = new Reads({ pieceCount: 1_000, piecesAhead: 64 });
  const aheads = new Set<string>();
  for (let piece = 0; piece < 64; piece += 1) {
    reads.end(reads.begin({ first: piece, last: piece }, 0));
    aheads.add(JSON.stringify(reads.wanted(0).map(({ first, last }) => [first, last])));
  }
  t.ok(aheads.size <= 3, [...aheads].join(' '));
  t.end();
});

test('a seek leaves what lay ahead of the old place', (t) => {
  const reads = new Reads({ pieceCount: 1_000, piecesAhead: 10 });
  reads.end(reads.begin({ first: 0, last: 0 }, 0));
  reads.end(reads.begin({ first: 500, last: 500 }, 0));
  t.match(reads.wanted(0), [{ first: 501, last: 510 }]);
  t.end();
});

test('at the end nothing lies ahead, and nothing does when it is not wanted', (t) => {
  const reads = new Reads({ pieceCount: 10, piecesAhead: 5 });
  reads.end(reads.begin({ first: 9, last: 9 }, 0));
  t.same(reads.wanted(0), []);
  const download = new Reads({ pieceCount: 10, piecesAhead: 0 });
  download.end(download.begin({ first: 3, last: 3 }, 0));
  t.same(download.wanted(0), []);
  t.end();
});
