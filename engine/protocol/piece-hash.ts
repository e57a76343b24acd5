/** A piece held against its manifest: the check that stands between every source and everything that keeps or shares. */
import { sha256 } from '#sha256';
import { SwitchError } from './errors.ts';
import { BLOCK_BYTES } from './limits.ts';
import type { Manifest } from './manifest.ts';
import { foldLayer, HASH_BYTES, heightOf, joinNodes, levelOf, padNode } from './merkle.ts';
import { pieceBytes, pieceCount } from './pieces.ts';

/**
 * The node of one piece, computed from its bytes (whose number must be the piece's) off the main thread where the platform can.
 * A content of a single piece is filled up to the next power of two of its blocks only, so that its node is the content id.
 * SwitchError `bad-range` when there is no such piece, `hash-mismatch` when `bytes` has the wrong length.
 */
export async function pieceRoot(bytes: Uint8Array, manifest: Manifest, piece: number): Promise<Uint8Array> {
  const expectedBytes = pieceBytes(manifest, piece);
  if (bytes.length !== expectedBytes) {
    throw new SwitchError('hash-mismatch', `Piece ${piece} has ${expectedBytes} bytes; ${bytes.length} came.`);
  }
  return hashPiece(bytes, manifest.pieceLengthBytes, pieceCount(manifest) === 1);
}

/** As {@link pieceRoot}, for who has no manifest yet. `bytes` has 1 to `pieceLengthBytes` bytes. */
export async function hashPiece(bytes: Uint8Array, pieceLengthBytes: number, isOnlyPiece: boolean): Promise<Uint8Array> {
  const leaves: Promise<Uint8Array>[] = [];
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES) leaves.push(sha256(bytes.subarray(start, start + BLOCK_BYTES)));
  const layer = new Uint8Array(leaves.length * HASH_BYTES);
  for (const [index, leaf] of (await Promise.all(leaves)).entries()) layer.set(leaf, index * HASH_BYTES);
  const root = foldLayer(layer, 0);
  return isOnlyPiece ? root : raise(root, heightOf(leaves.length), levelOf(pieceLengthBytes));
}

/** Whether `bytes` are what the manifest promises as `piece`. A wrong length is a no, like a wrong byte. */
export async function verifyPiece(manifest: Manifest, piece: number, bytes: Uint8Array): Promise<boolean> {
  if (bytes.length !== pieceBytes(manifest, piece)) return false;
  const root = await pieceRoot(bytes, manifest, piece);
  const start = piece * HASH_BYTES;
  return root.every((byte, index) => byte === manifest.pieceHashes[start + index]);
}

/** The node at level `to` whose left-most descendant at level `from` is `node` and whose other leaves are past the end. */
function raise(node: Uint8Array, from: number, to: number): Uint8Array {
  let raised = node;
  for (let level = from; level < to; level += 1) raised = joinNodes(raised, padNode(level));
  return raised;
}
