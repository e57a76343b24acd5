/** The library as the engine's piece store, over a real store and the real cache. */
import { test } from 'tap';

import { LibraryPieceStore } from '../../../../server/seeder/library-piece-store.ts';
import { FilesystemStorage } from '../../../../server/storage/filesystem-storage.ts';
import { PieceCache } from '../../../../server/storage/piece-cache.ts';
import { sampleContent } from '../../../fixtures/sample-content.ts';

test('holds every piece of a video in the library, and takes none', async (t) => {
  const storage = new FilesystemStorage({}, { dataDir: t.testdir() });
  await storage.start();
  t.teardown(() => storage.stop());
  const content = sampleContent(1_000_000);
  const writer = await storage.videos.create();
  await writer.write(content.bytes);
  await writer.commit(content.manifest);
  const cache = new PieceCache({ videos: storage.videos }, { maxBytes: 1024 * 1024 });

  const store = new LibraryPieceStore({ cache, onDamaged: () => t.fail('nothing is damaged') });
  await t.rejects(store.read(0), { code: 'store-failed' }, 'not before it is open');
  t.same([...await store.open(content.manifest)], [0, 1, 2, 3]);
  for (const piece of [3, 0, 1, 2]) t.same(Buffer.from(await store.read(piece)), Buffer.from(content.piece(piece)));
  await t.rejects(store.read(4), { code: 'store-failed' });
  await t.rejects(store.write(0), { code: 'store-failed' });
  await storage.videos.delete(content.manifest.contentId);
  cache.forget(content.manifest.contentId);
  await t.rejects(store.read(0), { code: 'store-failed' }, 'not after the video was deleted');
  await store.close();
  await t.rejects(store.read(0), { code: 'store-failed' });
});

test('hands out no piece that rotted in the library', async (t) => {
  const content = sampleContent(600_000);
  const rotten = Uint8Array.from(content.piece(1));
  rotten[1000] = (rotten[1000] ?? 0) ^ 1;
  const damaged: number[] = [];
  const store = new LibraryPieceStore({
    cache: { piece: async (_contentId, piece) => (piece === 1 ? rotten : content.piece(piece)) }, onDamaged: (piece) => damaged.push(piece),
  });
  await store.open(content.manifest);
  t.same(Buffer.from(await store.read(0)), Buffer.from(content.piece(0)));
  await t.rejects(store.read(1), { code: 'store-failed', message: /damaged/ });
  t.same(damaged, [1]);
});

test('gives up a read when it is closed', async (t) => {
  const content = sampleContent(100);
  const store = new LibraryPieceStore({
    onDamaged: () => undefined,
    cache: {
      piece: async (_contentId, _piece, { signal } = {}) => new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('given up')), { once: true });
      }),
    },
  });
  await store.open(content.manifest);
  const reading = store.read(0);
  await store.close();
  await t.rejects(reading, { code: 'store-failed' });
});
