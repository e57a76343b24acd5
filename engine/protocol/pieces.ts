/** Piece arithmetic: which bytes a piece is, which piece a byte is in, and how long the pieces of a content are. */
import { SwitchError } from './errors.ts';
import { MAX_PIECE_BYTES, MAX_PIECES, PIECE_BYTES } from './limits.ts';

/** What the arithmetic needs of a manifest. */
export interface PieceShape {
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
}

/** `start` inclusive, `end` exclusive, in bytes. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The largest content there can be: 2 TiB. */
export const MAX_CONTENT_BYTES = MAX_PIECES * MAX_PIECE_BYTES;

/**
 * The one piece length for a size: 256 KiB, doubled while there would be too many pieces. It follows from the size alone, so
 * that everyone who holds a content cuts it alike and can trade pieces. SwitchError `bad-manifest` for a size that cannot be.
 */
export function pieceLengthFor(sizeBytes: number, maxPieces: number = MAX_PIECES): number {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1 || sizeBytes > MAX_CONTENT_BYTES) {
    throw new SwitchError('bad-manifest', `A content has 1 to ${MAX_CONTENT_BYTES} bytes, not ${sizeBytes}.`);
  }
  let lengthBytes = PIECE_BYTES;
  while (Math.ceil(sizeBytes / lengthBytes) > maxPieces) lengthBytes *= 2;
  return lengthBytes;
}

export function pieceCount(shape: PieceShape): number {
  return Math.ceil(shape.sizeBytes / shape.pieceLengthBytes);
}

/** The bytes of `piece`; the last one may be short. SwitchError `bad-range` when there is no such piece. */
export function pieceSpan(shape: PieceShape, piece: number): Span {
  const count = pieceCount(shape);
  if (!Number.isInteger(piece) || piece < 0 || piece >= count) {
    throw new SwitchError('bad-range', `There is no piece ${piece}: the content has ${count} pieces, counted from 0.`);
  }
  const start = piece * shape.pieceLengthBytes;
  return { start, end: Math.min(start + shape.pieceLengthBytes, shape.sizeBytes) };
}

export function pieceBytes(shape: PieceShape, piece: number): number {
  const { start, end } = pieceSpan(shape, piece);
  return end - start;
}

/** The piece that holds the byte at `offset`. SwitchError `bad-range` outside the content. */
export function pieceAt(shape: PieceShape, offset: number): number {
  if (!Number.isInteger(offset) || offset < 0 || offset >= shape.sizeBytes) {
    throw new SwitchError('bad-range', `There is no byte ${offset}: the content has ${shape.sizeBytes} bytes, counted from 0.`);
  }
  return Math.floor(offset / shape.pieceLengthBytes);
}

/** The pieces that touch bytes `start` to `end`: the first, and the one after the last. An empty span touches none. */
export function piecesOf(shape: PieceShape, span: Span): { readonly first: number; readonly end: number } {
  if (span.start > span.end) throw new SwitchError('bad-range', `A range that starts at ${span.start} cannot end at ${span.end}.`);
  if (span.start === span.end) return { first: 0, end: 0 };
  return { first: pieceAt(shape, span.start), end: pieceAt(shape, span.end - 1) + 1 };
}
