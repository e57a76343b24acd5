import { test } from 'tap';
import {
  MAX_CONTENT_BYTES, MAX_PIECE_BYTES, MAX_PIECES, PIECE_BYTES, pieceAt, pieceBytes, pieceCount, pieceLengthFor, piecesOf, pieceSpan,
} from '../../../../engine/index.ts';

const SHAPE = { sizeBytes: 2 * PIECE_BYTES + 10, pieceLengthBytes: PIECE_BYTES };

test('pieces are 256 KiB until there would be too many, and then as long as needed', async (t) => {
  t.equal(pieceLengthFor(1), PIECE_BYTES);
  t.equal(pieceLengthFor(MAX_PIECES * PIECE_BYTES), PIECE_BYTES);
  t.equal(pieceLengthFor(MAX_PIECES * PIECE_BYTES + 1), 2 * PIECE_BYTES);
  t.equal(pieceLengthFor(MAX_CONTENT_BYTES), MAX_PIECE_BYTES);
});

test('a size that cannot be is refused', async (t) => {
  for (const sizeBytes of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_CONTENT_BYTES + 1, 2 ** 60]) {
    t.throws(() => pieceLengthFor(sizeBytes), { code: 'bad-manifest' }, String(sizeBytes));
  }
});

test('the spans of the pieces cover the content, the last one short', async (t) => {
  t.equal(pieceCount(SHAPE), 3);
  t.same(pieceSpan(SHAPE, 0), { start: 0, end: PIECE_BYTES });
  t.same(pieceSpan(SHAPE, 2), { start: 2 * PIECE_BYTES, end: 2 * PIECE_BYTES + 10 });
  t.equal(pieceBytes(SHAPE, 2), 10);
  for (const piece of [-1, 3, 0.5, Number.NaN]) t.throws(() => pieceSpan(SHAPE, piece), { code: 'bad-range' });
});

test('a byte and a range are found in their pieces', async (t) => {
  t.equal(pieceAt(SHAPE, PIECE_BYTES - 1), 0);
  t.equal(pieceAt(SHAPE, PIECE_BYTES), 1);
  t.throws(() => pieceAt(SHAPE, SHAPE.sizeBytes), { code: 'bad-range' });
  t.same(piecesOf(SHAPE, { start: PIECE_BYTES - 1, end: PIECE_BYTES + 1 }), { first: 0, end: 2 });
  t.same(piecesOf(SHAPE, { start: PIECE_BYTES, end: SHAPE.sizeBytes }), { first: 1, end: 3 });
  t.same(piecesOf(SHAPE, { start: 5, end: 5 }), { first: 0, end: 0 });
  t.throws(() => piecesOf(SHAPE, { start: 5, end: 4 }), { code: 'bad-range' });
});
