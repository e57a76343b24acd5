import { test } from 'tap';
import { PROBE_CONTENT_ID } from '../../../../engine/index.ts';
import { withProbe } from '../../../../server/seeder/probe.ts';

const nothing = async (): Promise<never> => { throw new Error('the library was asked'); };

test('makes the probe content once, however often it is asked for', async (t) => {
  const { cache } = withProbe({ videos: { manifest: nothing }, cache: { piece: nothing } });
  const piece = await cache.piece(PROBE_CONTENT_ID, 0);
  t.equal(piece.length, 262_144);
  t.equal(await cache.piece(PROBE_CONTENT_ID, 0), piece);
});
