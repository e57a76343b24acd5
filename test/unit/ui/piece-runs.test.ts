import { test } from 'tap';
import { cells, runs } from '../../../ui/video/piece-runs.ts';

test('fewer pieces than cells: each piece spans its share', async (t) => {
  t.same([...cells(Uint8Array.of(1, 2), 6)], [1, 1, 1, 2, 2, 2]);
});

test('more pieces than cells: whoever gave most, and empty while most of it is missing', async (t) => {
  t.same([...cells(Uint8Array.of(1, 1, 2, 2, 0, 0, 3, 0, 0), 3)], [1, 0, 0]);
  t.same([...cells(Uint8Array.of(0, 3, 3, 0, 0, 3), 2)], [3, 0]);
});

test('every piece counts in one cell, and every cell has a piece', async (t) => {
  for (const [total, count] of [[5429, 1280], [7, 1280], [1, 3], [131_072, 390]] as const) {
    t.equal(cells(new Uint8Array(total).fill(1), count).every((source) => source === 1), true, `${total} pieces, ${count} cells`);
  }
});

test('joins neighbours and leaves out what is empty', async (t) => {
  t.same(runs(Uint8Array.of(0, 1, 1, 2, 0, 0, 2)), [
    { from: 1, to: 3, source: 1 }, { from: 3, to: 4, source: 2 }, { from: 6, to: 7, source: 2 },
  ]);
  t.same(runs(new Uint8Array()), []);
});
