/**
 * Computes content id and piece layer while bytes stream by, in bounded memory and without knowing the size beforehand: the
 * piece layer begins at 256 KiB and is halved whenever it would hold more pieces than a manifest may (see pieces.ts).
 * Its progress can be saved, so that an upload that goes on after a restart is not hashed again.
 */
import { sha256Sync } from '#sha256';
import { SwitchError } from './errors.ts';
import { toHex } from './hex.ts';
import { BLOCK_BYTES, MAX_PIECES, PIECE_BYTES } from './limits.ts';
import { foldLayer, HASH_BYTES, heightOf, joinNodes, levelOf, padNode } from './merkle.ts';
import { MAX_CONTENT_BYTES, pieceLengthFor } from './pieces.ts';

/** What the hasher knows at the end: a manifest but for its hints. */
export interface HashedContent {
  readonly contentId: string;
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  readonly pieceHashes: Uint8Array;
}

export interface MerkleHasherOptions {
  /** Even. Default {@link MAX_PIECES}; a test folds early with a small one. */
  readonly maxPieces?: number;
}

const SNAPSHOT_MAGIC = 0x53574d31;
const SNAPSHOT_HEAD_BYTES = 24;

export class MerkleHasher {
  readonly #maxPieces: number;
  /** Nodes of the current piece length, complete ones only. */
  #layer = new Uint8Array(64 * HASH_BYTES);
  #layerCount = 0;
  #layerLevel = levelOf(PIECE_BYTES);
  /** By level below the layer: a complete left node that waits for its right one. */
  readonly #pending: (Uint8Array | undefined)[] = [];
  readonly #carry = new Uint8Array(BLOCK_BYTES);
  #carryBytes = 0;
  #hashedBytes = 0;
  #finished = false;

  constructor(options: MerkleHasherOptions = {}) {
    this.#maxPieces = options.maxPieces ?? MAX_PIECES;
  }

  /** Bytes taken so far. */
  get sizeBytes(): number {
    return this.#hashedBytes + this.#carryBytes;
  }

  /** Takes the next bytes; `chunk` may be reused afterwards. SwitchError `bad-manifest` beyond 2 TiB. */
  update(chunk: Uint8Array): void {
    if (this.#finished) throw new SwitchError('closed', 'This hasher has finished.');
    if (this.sizeBytes + chunk.length > MAX_CONTENT_BYTES) throw new SwitchError('bad-manifest', `A content has at most ${MAX_CONTENT_BYTES} bytes.`);
    let at = 0;
    if (this.#carryBytes > 0) {
      at = Math.min(BLOCK_BYTES - this.#carryBytes, chunk.length);
      this.#carry.set(chunk.subarray(0, at), this.#carryBytes);
      this.#carryBytes += at;
      if (this.#carryBytes < BLOCK_BYTES) return;
      this.#addBlock(this.#carry);
      this.#carryBytes = 0;
    }
    for (; at + BLOCK_BYTES <= chunk.length; at += BLOCK_BYTES) this.#addBlock(chunk.subarray(at, at + BLOCK_BYTES));
    this.#carry.set(chunk.subarray(at), 0);
    this.#carryBytes = chunk.length - at;
  }

  /** Ends the content. SwitchError `bad-manifest` when it has no bytes. The hasher cannot be used afterwards. */
  finish(): HashedContent {
    if (this.#finished) throw new SwitchError('closed', 'This hasher has finished.');
    if (this.sizeBytes === 0) throw new SwitchError('bad-manifest', 'An empty file has no content id.');
    if (this.#carryBytes > 0) {
      this.#addBlock(this.#carry.subarray(0, this.#carryBytes));
      this.#carryBytes = 0;
    }
    this.#finished = true;
    const sizeBytes = this.#hashedBytes;
    if (this.#layerCount === 0) {
      const root = this.#partialNode(heightOf(Math.ceil(sizeBytes / BLOCK_BYTES)));
      return { contentId: toHex(root), sizeBytes, pieceLengthBytes: PIECE_BYTES, pieceHashes: root.slice() };
    }
    if (this.#hasPending()) {
      if (this.#layerCount >= this.#maxPieces) this.#foldOnce();
      this.#append(this.#partialNode(this.#layerLevel));
    }
    const pieceHashes = this.#layer.slice(0, this.#layerCount * HASH_BYTES);
    return {
      contentId: toHex(foldLayer(pieceHashes, this.#layerLevel)),
      sizeBytes, pieceLengthBytes: pieceLengthFor(sizeBytes, this.#maxPieces), pieceHashes,
    };
  }

  /**
   * The progress up to the last whole block, in a few bytes for every piece. What {@link MerkleHasher.restore} makes of it has
   * a `sizeBytes` of at most 16 KiB less than here: feed it from there on.
   */
  snapshot(): Uint8Array {
    if (this.#finished) throw new SwitchError('closed', 'This hasher has finished.');
    let pendingBits = 0;
    for (const [level, node] of this.#pending.entries()) if (node !== undefined) pendingBits += 2 ** level;
    const nodes = this.#pending.filter((node) => node !== undefined);
    const bytes = new Uint8Array(SNAPSHOT_HEAD_BYTES + (nodes.length + this.#layerCount + 1) * HASH_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, SNAPSHOT_MAGIC);
    view.setUint32(4, this.#layerLevel);
    view.setBigUint64(8, BigInt(this.#hashedBytes));
    view.setUint32(16, this.#layerCount);
    view.setUint32(20, pendingBits);
    let at = SNAPSHOT_HEAD_BYTES;
    for (const node of nodes) {
      bytes.set(node, at);
      at += HASH_BYTES;
    }
    bytes.set(this.#layer.subarray(0, this.#layerCount * HASH_BYTES), at);
    at += this.#layerCount * HASH_BYTES;
    bytes.set(sha256Sync(bytes.subarray(0, at)), at);
    return bytes;
  }

  /** Undefined when `snapshot` is not whole and sound: hash from the start then. */
  static restore(snapshot: Uint8Array, options: MerkleHasherOptions = {}): MerkleHasher | undefined {
    const end = snapshot.length - HASH_BYTES;
    if (end < SNAPSHOT_HEAD_BYTES) return undefined;
    const checksum = sha256Sync(snapshot.subarray(0, end));
    if (!checksum.every((byte, index) => byte === snapshot[end + index])) return undefined;
    const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
    if (view.getUint32(0) !== SNAPSHOT_MAGIC) return undefined;
    const hasher = new MerkleHasher(options);
    hasher.#layerLevel = view.getUint32(4);
    hasher.#hashedBytes = Number(view.getBigUint64(8));
    hasher.#layerCount = view.getUint32(16);
    const pendingBits = view.getUint32(20);
    let at = SNAPSHOT_HEAD_BYTES;
    for (let level = 0; level < hasher.#layerLevel; level += 1) {
      if (Math.floor(pendingBits / 2 ** level) % 2 === 0) continue;
      hasher.#pending[level] = snapshot.slice(at, at + HASH_BYTES);
      at += HASH_BYTES;
    }
    if (end - at !== hasher.#layerCount * HASH_BYTES) return undefined;
    hasher.#layer = new Uint8Array(Math.max(64 * HASH_BYTES, end - at));
    hasher.#layer.set(snapshot.subarray(at, end));
    return hasher;
  }

  #addBlock(block: Uint8Array): void {
    this.#hashedBytes += block.length;
    this.#addNode(sha256Sync(block), 0);
  }

  /** A binary counter: two nodes of a level make one of the next, up to the layer. */
  #addNode(node: Uint8Array, level: number): void {
    let carried = node;
    let at = level;
    for (; at < this.#layerLevel; at += 1) {
      const left = this.#pending[at];
      if (left === undefined) {
        this.#pending[at] = carried;
        return;
      }
      this.#pending[at] = undefined;
      carried = joinNodes(left, carried);
    }
    if (this.#layerCount < this.#maxPieces) this.#append(carried);
    else {
      this.#foldOnce();
      this.#addNode(carried, at);
    }
  }

  #append(node: Uint8Array): void {
    const at = this.#layerCount * HASH_BYTES;
    if (at === this.#layer.length) {
      const grown = new Uint8Array(this.#layer.length * 2);
      grown.set(this.#layer);
      this.#layer = grown;
    }
    this.#layer.set(node, at);
    this.#layerCount += 1;
  }

  /** Doubles the piece length. The layer is full, so its number of nodes is even. */
  #foldOnce(): void {
    for (let pair = 0; pair * 2 < this.#layerCount; pair += 1) {
      const left = this.#layer.subarray(pair * 2 * HASH_BYTES, (pair * 2 + 1) * HASH_BYTES);
      const right = this.#layer.subarray((pair * 2 + 1) * HASH_BYTES, (pair * 2 + 2) * HASH_BYTES);
      this.#layer.set(joinNodes(left, right), pair * HASH_BYTES);
    }
    this.#layerCount /= 2;
    this.#layerLevel += 1;
  }

  #hasPending(): boolean {
    return this.#pending.some((node) => node !== undefined);
  }

  /** What is pending, filled up with pad nodes to one node of `level`. */
  #partialNode(level: number): Uint8Array {
    let node: Uint8Array | undefined;
    for (let at = 0; at < level; at += 1) {
      const left = this.#pending[at];
      if (left !== undefined) node = joinNodes(left, node ?? padNode(at));
      else if (node !== undefined) node = joinNodes(node, padNode(at));
    }
    return node ?? this.#pending[level] ?? padNode(level);
  }
}
