import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { MerkleHasher } from '../../../../engine/index.ts';
import { UploadHashes } from '../../../../server/ingest/upload-hashes.ts';
import { temporaryFolder } from '../../../fixtures/upload-app.ts';
import { contentIdOf, sample } from '../../../fixtures/upload-clients.ts';

const ID = 'a'.repeat(32);

test('a hasher that is lost is made again from the file', async (t) => {
  const folder = await temporaryFolder();
  t.teardown(() => folder.remove());
  const bytes = sample(700_001);
  const path = join(folder.path, ID);
  await writeFile(path, bytes);
  const hasher = await new UploadHashes({ folder: folder.path }).take(ID, path, bytes.length);
  t.equal(hasher.finish().contentId, contentIdOf(bytes));
});

test('what a snapshot covers is not read again', async (t) => {
  const folder = await temporaryFolder();
  t.teardown(() => folder.remove());
  const bytes = sample(900_001);
  const path = join(folder.path, ID);
  await writeFile(path, bytes.subarray(0, 500_000));
  const first = new UploadHashes({ folder: folder.path, saveEveryBytes: 400_000 });
  await first.keep(ID, path, await first.take(ID, path, 500_000));
  t.same((await readdir(folder.path)).sort(), [ID, `${ID}.hash`]);

  // Other bytes under the snapshot would show if they were read.
  await writeFile(path, Buffer.concat([Buffer.alloc(400_000), bytes.subarray(400_000, 500_000)]));
  await appendFile(path, bytes.subarray(500_000));
  const second = new UploadHashes({ folder: folder.path });
  t.equal((await second.take(ID, path, bytes.length)).finish().contentId, contentIdOf(bytes));
});

test('a snapshot that is torn, or ahead of the file, is not believed', async (t) => {
  const folder = await temporaryFolder();
  t.teardown(() => folder.remove());
  const bytes = sample(300_000);
  const path = join(folder.path, ID);
  await writeFile(path, bytes);
  const ahead = new MerkleHasher();
  ahead.update(sample(400_000));
  await writeFile(join(folder.path, `${ID}.hash`), ahead.snapshot());
  t.equal((await new UploadHashes({ folder: folder.path }).take(ID, path, bytes.length)).finish().contentId, contentIdOf(bytes));
  await writeFile(join(folder.path, `${ID}.hash`), 'torn');
  t.equal((await new UploadHashes({ folder: folder.path }).take(ID, path, bytes.length)).finish().contentId, contentIdOf(bytes));
});

test('told to stop, it keeps how far it came', async (t) => {
  const folder = await temporaryFolder();
  t.teardown(() => folder.remove());
  const bytes = sample(3_000_001);
  const path = join(folder.path, ID);
  await writeFile(path, bytes);
  const hashes = new UploadHashes({ folder: folder.path });
  const early = await hashes.take(ID, path, bytes.length, AbortSignal.abort());
  t.ok(early.sizeBytes < bytes.length);
  await hashes.keep(ID, path, early);
  t.equal((await hashes.take(ID, path, bytes.length)).finish().contentId, contentIdOf(bytes));
});

test('only so many are held in memory; the one used longest ago goes to disk', async (t) => {
  const folder = await temporaryFolder();
  t.teardown(() => folder.remove());
  const hashes = new UploadHashes({ folder: folder.path, maxInMemory: 2 });
  const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
  for (const id of ids) {
    const path = join(folder.path, id);
    await writeFile(path, sample(100_000));
    await hashes.keep(id, path, await hashes.take(id, path, 100_000));
  }
  t.same((await readdir(folder.path)).filter((name) => name.endsWith('.hash')), [`${ids[0]}.hash`]);
  await hashes.saveAll();
  t.equal((await readdir(folder.path)).filter((name) => name.endsWith('.hash')).length, 3);
});
