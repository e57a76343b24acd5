import { createHash } from 'node:crypto';
import { array, assert, integer, property } from 'fast-check';
import { test } from 'tap';
import {
  BLOCK_BYTES, hashPiece, type HashedContent, type Manifest, MerkleHasher, PIECE_BYTES, pieceCount, pieceSpan, toHex, verifyPiece,
} from '../../../../engine/index.ts';

/** The formula of the script that made VECTORS. */
function patterned(sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, i) => (i * 7 + (i >> 8) * 31 + (i >> 16) * 101) % 251);
}

/** Made with Python's hashlib by a tree written after BEP 52: size, content id, SHA-256 of the piece layer, pieces. */
const VECTORS: readonly (readonly [number, string, string, number])[] = [
  [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', '1406e05881e299367766d313e26c05564ec91bf721d31726bd6e46e60689539a', 1],
  [16384, 'c733ac6a648d21bbdf044de9fdd3e3b623001d510b27b8524bdda37c4c3a1316', '379b32567e9ec94c23ee997e49fa716ac004c9fcb39d137f3c1be7525542ac4e', 1],
  [16385, '63912b811e00b7b98c5ed22e56833c9a0a5fcb50e7ab29c4cdb884f0ef53f81e', '6cbea22121c7db7952ea1fff3cb7ee5c622e4429f3a43d8b9350c1476cd81c91', 1],
  [49152, '579fbdcaa1e4dd0121c51f98f7ea75cf7fdbc9f2d02f4620f67673fdd3f32f8e', 'b6099d20b96eec36ddf8e2056cc8aa6775553dad73cb226666496c2c2a944411', 1],
  [262143, 'c82d44c9e03a3121b7354aed1ebfa38a7fa4f35eee163f4fcb9fe2ec5db59fec', '9d4124bcb65bac2148d5d92ca979a5dbc86050fb3bd1887532ab6ac726438f2d', 1],
  [262144, 'e00abfaf2d33222a39b945035ca4470142056c0df1748256fdfab29d075a888a', 'ba2e159647ae47faf23bddf4754b48db65b670f48665751b0c5346c7eff7e4a3', 1],
  [262145, 'c7f4f759139df3387b95aab3e6420d37b2e05a495247a3348f2f54bef87a1e6f', 'c7f4f759139df3387b95aab3e6420d37b2e05a495247a3348f2f54bef87a1e6f', 2],
  [300000, '9211810330853d88771981678ccecb90ea446c8f82b7477442bf4417bacaa3dc', '9211810330853d88771981678ccecb90ea446c8f82b7477442bf4417bacaa3dc', 2],
  [786432, '330472583c5c0ff89af41cb6a20cc5603544f02716a79f75d96abd9b5d6311fd', '2db2d5562a32747ce4917ea21ecb7436f360fa10561306ac7319a0c70dab34f5', 3],
  [1000000, '741a654441c75c17f960e74c034a9098b6e6972870243ea6d6cc663c7d61fc95', '8279b78820e438f91d6611e9064717c28d0346d4f4fdc58aef0341ec0e798db9', 4],
];

function hashWhole(bytes: Uint8Array, maxPieces?: number): HashedContent {
  const hasher = new MerkleHasher(maxPieces === undefined ? {} : { maxPieces });
  hasher.update(bytes);
  return hasher.finish();
}

function sha(data: Uint8Array): Uint8Array {
  return createHash('sha256').update(data).digest();
}

/** Another way to the same root: the whole tree at once, by recursion. */
function referenceRoot(bytes: Uint8Array): string {
  const blocks = Math.ceil(bytes.length / BLOCK_BYTES);
  const root = (first: number, count: number): Uint8Array => {
    if (count > 1) return sha(Buffer.concat([root(first, count / 2), root(first + count / 2, count / 2)]));
    return first < blocks ? sha(bytes.subarray(first * BLOCK_BYTES, (first + 1) * BLOCK_BYTES)) : new Uint8Array(32);
  };
  return toHex(root(0, 2 ** Math.ceil(Math.log2(blocks))));
}

test('gives the roots and piece layers of an independent BEP 52 tree', async (t) => {
  for (const [sizeBytes, contentId, layerHash, pieces] of VECTORS) {
    const hashed = hashWhole(patterned(sizeBytes));
    t.equal(hashed.contentId, contentId, `content id of ${sizeBytes} bytes`);
    t.equal(createHash('sha256').update(hashed.pieceHashes).digest('hex'), layerHash, `piece layer of ${sizeBytes} bytes`);
    t.equal(hashed.pieceHashes.length, pieces * 32);
    t.equal(hashed.sizeBytes, sizeBytes);
    t.equal(hashed.pieceLengthBytes, PIECE_BYTES);
  }
});

test('does not depend on how the bytes are split', async () => {
  const bytes = patterned(900_001);
  const whole = hashWhole(bytes);
  assert(property(array(integer({ min: 0, max: bytes.length }), { maxLength: 40 }), (cuts) => {
    const hasher = new MerkleHasher();
    let start = 0;
    for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
      hasher.update(bytes.slice(start, cut));
      start = cut;
    }
    const hashed = hasher.finish();
    return hashed.contentId === whole.contentId && toHex(hashed.pieceHashes) === toHex(whole.pieceHashes);
  }), { numRuns: 40 });
});

test('agrees with a recursive tree at sizes around every boundary', async (t) => {
  for (const blocks of [1, 2, 3, 15, 16, 17, 31, 32, 33, 48, 63]) {
    for (const extra of [-1, 0, 1]) {
      const bytes = patterned(blocks * BLOCK_BYTES + extra);
      t.equal(hashWhole(bytes).contentId, referenceRoot(bytes), `${blocks} blocks and ${extra} bytes`);
    }
  }
});

test('doubles the piece length when a content has too many pieces, and keeps its content id', async (t) => {
  const maxPieces = 4;
  for (const pieces of [3, 4, 4.01, 5, 6, 7.5, 8, 8.01, 9, 16, 16.5, 17]) {
    const bytes = patterned(Math.round(pieces * PIECE_BYTES));
    const plain = hashWhole(bytes);
    const folded = hashWhole(bytes, maxPieces);
    t.equal(folded.contentId, plain.contentId, `content id at ${pieces} pieces`);
    t.ok(folded.pieceHashes.length <= maxPieces * 32);
    t.equal(folded.pieceHashes.length / 32, Math.ceil(bytes.length / folded.pieceLengthBytes), `piece count at ${pieces} pieces`);
    const manifest: Manifest = { ...folded, name: 'a', mediaType: 'video/mp4' };
    for (let piece = 0; piece < pieceCount(manifest); piece += 1) {
      const { start, end } = pieceSpan(manifest, piece);
      t.ok(await verifyPiece(manifest, piece, bytes.subarray(start, end)), `piece ${piece} of ${pieces}`);
    }
  }
});

test('goes on from a snapshot as if nothing had happened', async (t) => {
  const bytes = patterned(2_300_000);
  for (const maxPieces of [4, 1024]) {
    const whole = hashWhole(bytes, maxPieces);
    assert(property(integer({ min: 0, max: bytes.length }), (cut) => {
      const first = new MerkleHasher({ maxPieces });
      first.update(bytes.subarray(0, cut));
      const second = MerkleHasher.restore(first.snapshot(), { maxPieces });
      if (second === undefined || cut - second.sizeBytes >= BLOCK_BYTES || second.sizeBytes > cut) return false;
      second.update(bytes.subarray(second.sizeBytes));
      const hashed = second.finish();
      return hashed.contentId === whole.contentId && toHex(hashed.pieceHashes) === toHex(whole.pieceHashes);
    }), { numRuns: 25 });
  }
  const snapshot = new MerkleHasher().snapshot();
  t.equal(MerkleHasher.restore(snapshot.subarray(0, -1)), undefined, 'a torn snapshot is refused');
  snapshot[9] = 1;
  t.equal(MerkleHasher.restore(snapshot), undefined, 'a changed snapshot is refused');
});

test('knows a piece by its bytes, and refuses a changed, short or long one', async (t) => {
  const bytes = patterned(PIECE_BYTES + 20_000);
  const manifest: Manifest = { ...hashWhole(bytes), name: 'a', mediaType: 'video/mp4' };
  const last = bytes.slice(PIECE_BYTES);
  t.ok(await verifyPiece(manifest, 0, bytes.subarray(0, PIECE_BYTES)));
  t.ok(await verifyPiece(manifest, 1, last));
  t.notOk(await verifyPiece(manifest, 1, last.subarray(1)));
  t.notOk(await verifyPiece(manifest, 0, bytes.subarray(1, PIECE_BYTES + 1)));
  last[last.length - 1] = (last.at(-1) ?? 0) ^ 1;
  t.notOk(await verifyPiece(manifest, 1, last));
  await t.rejects(verifyPiece(manifest, 2, last), { code: 'bad-range' });
  t.equal(toHex(await hashPiece(bytes.subarray(0, 49_152), PIECE_BYTES, true)), hashWhole(bytes.subarray(0, 49_152)).contentId);
});

test('an empty content is refused, and a finished hasher takes no more', async (t) => {
  const hasher = new MerkleHasher();
  t.throws(() => hasher.finish(), { code: 'bad-manifest' });
  hasher.update(new Uint8Array(1));
  hasher.finish();
  t.throws(() => hasher.update(new Uint8Array(1)), { code: 'closed' });
  t.throws(() => hasher.finish(), { code: 'closed' });
});
