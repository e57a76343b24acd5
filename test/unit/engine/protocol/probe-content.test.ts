import { createHash } from 'node:crypto';
import { test } from 'tap';
import { MerkleHasher, PROBE_CONTENT_ID, probeBytes, probeManifest, verifyManifest, verifyPiece } from '../../../../engine/index.ts';

test('is what the protocol says, so that another implementation can offer it too', async (t) => {
  const expected = Buffer.concat(Array.from({ length: 8192 }, (_, block) => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(block);
    return createHash('sha256').update(counter).digest();
  }));
  t.equal(Buffer.compare(probeBytes(), expected), 0);
});

test('has the content id that is written down, and a manifest that holds', async (t) => {
  const hasher = new MerkleHasher();
  hasher.update(probeBytes());
  t.equal(hasher.finish().contentId, PROBE_CONTENT_ID);
  t.same(verifyManifest(probeManifest()), probeManifest());
  t.equal(await verifyPiece(probeManifest(), 0, probeBytes()), true);
  t.equal(await verifyPiece(probeManifest(), 0, probeBytes().fill(0, 100, 101)), false);
});
