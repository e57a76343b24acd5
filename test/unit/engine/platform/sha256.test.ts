import { createHash } from 'node:crypto';
import { test } from 'tap';
import * as browser from '../../../../engine/platform/sha256.browser.ts';
import * as node from '../../../../engine/platform/sha256.node.ts';
import { toHex } from '../../../../engine/index.ts';

test('both platforms hash alike, at once and later, with and without crypto.subtle', async (t) => {
  for (const sizeBytes of [0, 1, 64, 16_383, 16_384]) {
    const bytes = Uint8Array.from({ length: sizeBytes }, (_, index) => index % 251);
    const expected = createHash('sha256').update(bytes).digest('hex');
    for (const platform of [node, browser]) {
      t.equal(toHex(platform.sha256Sync(bytes)), expected);
      t.equal(toHex(await platform.sha256(bytes)), expected);
    }
  }
});

test('a hash is not overwritten by the next', async (t) => {
  for (const platform of [node, browser]) {
    const first = platform.sha256Sync(Uint8Array.of(1));
    const kept = toHex(first);
    platform.sha256Sync(Uint8Array.of(2));
    t.equal(toHex(first), kept);
  }
});
