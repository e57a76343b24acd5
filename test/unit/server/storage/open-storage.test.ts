import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { openStorage } from '../../../../server/storage/open-storage.ts';
import { StorageError } from '../../../../server/storage/storage-error.ts';

test('uses the data directory unless a database is named', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'switch-open-'));
  t.teardown(() => rm(dataDir, { recursive: true }));
  for (const mongodbUri of [undefined, '']) {
    const storage = await openStorage({ dataDir, mongodbUri });
    await storage.start();
    t.equal(storage.videos.kind, 'filesystem');
    await storage.stop();
  }
  t.equal((await openStorage({ dataDir, mongodbUri: 'mongodb://127.0.0.1:1/' })).videos.kind, 'gridfs');
});

test('an address that is none stops the start with words', async (t) => {
  for (const mongodbUri of ['http://not-a-database/', 'mongodb://127.0.0.1/%zz']) {
    const storage = await openStorage({ dataDir: '', mongodbUri });
    const error = await storage.start().catch((reason: unknown) => reason);
    t.ok(error instanceof StorageError && error.code === 'unavailable', String(error));
    t.match(error, { message: /SWITCH_MONGODB_URI/u });
    await storage.stop();
  }
});

test('a database that does not answer is waited for, until the start is told to stop', async (t) => {
  const stop = new AbortController();
  const told: string[] = [];
  const warn = (_details: object, message: string): void => {
    told.push(message);
    stop.abort(new Error('told to stop'));
  };
  const storage = await openStorage({ dataDir: '', mongodbUri: 'mongodb://127.0.0.1:1/', log: { warn, info: () => undefined } });
  await t.rejects(storage.start(stop.signal), { message: 'told to stop' });
  t.match(told[0], /^waiting for MongoDB at 127\.0\.0\.1:1, which does not answer/);
  await storage.stop();
});
