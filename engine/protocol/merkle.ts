/**
 * The SHA-256 Merkle tree of BEP 52, from bytes to content id. Leaves are 16 KiB blocks (the last at its real length), leaves
 * past the end are 32 zero bytes, and the tree is filled up to a power of two. The nodes that each cover one piece are the
 * piece layer, which is what a manifest carries: https://www.bittorrent.org/beps/bep_0052.html
 */
import { sha256Sync } from '#sha256';
import { BLOCK_BYTES } from './limits.ts';

export const HASH_BYTES = 32;

/** `padNodes[level]` is the node whose leaves, all 2^level of them, lie past the end of the file. */
const padNodes: Uint8Array[] = [new Uint8Array(HASH_BYTES)];

export function padNode(level: number): Uint8Array {
  for (let next = padNodes.length; next <= level; next += 1) padNodes.push(joinNodes(nodeOf(padNodes, next - 1), nodeOf(padNodes, next - 1)));
  return nodeOf(padNodes, level);
}

/** Levels between a leaf and a node that covers `lengthBytes`, a power of two of blocks. */
export function levelOf(lengthBytes: number): number {
  return Math.round(Math.log2(lengthBytes / BLOCK_BYTES));
}

const joined = new Uint8Array(2 * HASH_BYTES);

/** The parent of two nodes. */
export function joinNodes(left: Uint8Array, right: Uint8Array): Uint8Array {
  joined.set(left, 0);
  joined.set(right, HASH_BYTES);
  return sha256Sync(joined);
}

/**
 * The root over `layer`: nodes of 32 bytes that each cover 2^level leaves, filled up to a power of two with pad nodes.
 * The layer is not changed. Needs at least one node.
 */
export function foldLayer(layer: Uint8Array, level: number): Uint8Array {
  // Not slice(): on a Node Buffer that is a view, and folding would overwrite the caller's hashes.
  const nodes = new Uint8Array(layer);
  let count = Math.floor(nodes.length / HASH_BYTES);
  for (let at = level; count > 1; at += 1) {
    const pairs = Math.ceil(count / 2);
    for (let pair = 0; pair < pairs; pair += 1) {
      const both = nodes.subarray(pair * 2 * HASH_BYTES, Math.min(pair * 2 + 2, count) * HASH_BYTES);
      // Two nodes lie beside each other as they are hashed.
      nodes.set(both.length === 2 * HASH_BYTES ? sha256Sync(both) : joinNodes(both, padNode(at)), pair * HASH_BYTES);
    }
    count = pairs;
  }
  return nodes.slice(0, HASH_BYTES);
}

/** Levels of the smallest tree over `leafCount` leaves. */
export function heightOf(leafCount: number): number {
  return Math.ceil(Math.log2(leafCount));
}

function nodeOf(nodes: readonly Uint8Array[], index: number): Uint8Array {
  const node = nodes[index];
  if (node === undefined) throw new RangeError(`no node ${index}`);
  return node;
}
