import { assert, property, uint8Array } from 'fast-check';
import { test } from 'tap';
import {
  decodeManifest, encodeManifest, fromHex, HASH_BYTES, isMediaType, type Manifest, manifestFromJson, manifestToJson, MerkleHasher, PIECE_BYTES, SwitchError, verifyManifest,
} from '../../../../engine/index.ts';

function manifestOf(sizeBytes: number): Manifest {
  const hasher = new MerkleHasher();
  hasher.update(Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 31 + (index >> 9)) % 256));
  return { ...hasher.finish(), name: 'Ein Film – 日本.mkv', mediaType: 'video/x-matroska' };
}

const ONE_PIECE = manifestOf(1234);
const THREE_PIECES = manifestOf(2 * PIECE_BYTES + 5);

/** The node over a whole piece past the end: 16 leaves of zeros, hashed up. Made with Python's hashlib. */
const PAD_NODE = '536d98837f2dd165a55d5eeae91485954472d56f246df256bf3cae19352a123c';

test('goes through JSON and through bytes unchanged', async (t) => {
  for (const manifest of [ONE_PIECE, THREE_PIECES]) {
    t.same(manifestFromJson(JSON.parse(JSON.stringify(manifestToJson(manifest)))), manifest);
    t.same(decodeManifest(encodeManifest(manifest)), manifest);
  }
});

test('checking a manifest leaves its hashes alone, in a Node Buffer too', async (t) => {
  const inBuffer = { ...THREE_PIECES, pieceHashes: Buffer.from(THREE_PIECES.pieceHashes) };
  verifyManifest(inBuffer);
  t.equal(Buffer.compare(inBuffer.pieceHashes, THREE_PIECES.pieceHashes), 0);
});

test('members of later versions are ignored', async (t) => {
  t.same(manifestFromJson({ ...manifestToJson(ONE_PIECE), later: 1 }), ONE_PIECE);
});

test('names what is wrong with a manifest', async (t) => {
  const good = manifestToJson(THREE_PIECES);
  const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{ contentId: good.contentId.toUpperCase() }, /contentId/],
    [{ contentId: manifestToJson(ONE_PIECE).contentId }, /pieceHashes do not fold up/],
    [{ sizeBytes: '1' }, /sizeBytes/], [{ sizeBytes: 0 }, /sizeBytes/], [{ sizeBytes: 1.5 }, /sizeBytes/],
    [{ sizeBytes: 2 ** 52 }, /1 to \d+ bytes/],
    [{ sizeBytes: 2 ** 40 }, /pieceHashes must be base64 of/], [{ sizeBytes: PIECE_BYTES }, /pieceHashes must be base64 of/],
    [{ pieceLengthBytes: PIECE_BYTES / 2 }, /pieceLengthBytes must be 262144/], [{ pieceLengthBytes: -1 }, /pieceLengthBytes/],
    [{ pieceHashes: good.pieceHashes.replace(/^../, 'AA') }, /fold/], [{ pieceHashes: `!${good.pieceHashes.slice(1)}` }, /base64/],
    [{ pieceHashes: 5 }, /pieceHashes must be a text/],
    [{ name: '../a' }, /name/], [{ name: '' }, /name/], [{ name: 'a'.repeat(300) }, /name/], [{ name: undefined }, /name/],
    [{ mediaType: 'video' }, /mediaType/], [{ mediaType: 'video/mp4\r\nx: y' }, /mediaType/],
  ];
  for (const [change, message] of wrong) {
    t.throws(() => manifestFromJson({ ...good, ...change }), { code: 'bad-manifest', message }, JSON.stringify(change).slice(0, 60));
  }
  for (const other of [null, 'text', 5, undefined, []]) t.throws(() => manifestFromJson(other), { code: 'bad-manifest' });
});

test('a longer content cannot be claimed by adding padding as pieces', async (t) => {
  const pieceHashes = new Uint8Array(4 * HASH_BYTES);
  pieceHashes.set(THREE_PIECES.pieceHashes);
  pieceHashes.set(fromHex(PAD_NODE) ?? [], 3 * HASH_BYTES);
  const claim = { ...THREE_PIECES, pieceHashes, sizeBytes: 4 * PIECE_BYTES };
  t.throws(() => manifestFromJson(manifestToJson(claim)), { code: 'bad-manifest', message: /sizeBytes is more than/ });
});

test('bytes that are no manifest are refused with a code, whatever they are', async (t) => {
  const good = encodeManifest(ONE_PIECE);
  t.throws(() => decodeManifest(good.subarray(0, -1)), { code: 'bad-manifest' });
  t.throws(() => decodeManifest(Uint8Array.of(...good, 0)), { code: 'bad-manifest' });
  const later = good.slice();
  later[0] = 2;
  t.throws(() => decodeManifest(later), { code: 'unsupported-version' });
  assert(property(uint8Array({ maxLength: 400 }), (bytes) => {
    try {
      decodeManifest(Uint8Array.of(1, ...bytes));
      return false;
    } catch (error) {
      return error instanceof SwitchError;
    }
  }), { numRuns: 300 });
});

test('a media type may stand in a header', async (t) => {
  for (const type of ['video/mp4', 'application/vnd.a+xml', 'video/mp4; codecs="avc1.64001f"']) t.ok(isMediaType(type), type);
  for (const type of ['video', 'video/', '/mp4', 'video/mp4\n', 'a b/c', `video/${'x'.repeat(100)}`]) t.notOk(isMediaType(type), JSON.stringify(type));
});
