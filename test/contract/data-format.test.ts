import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { FilesystemSnapshots } from '../../server/storage/format/filesystem-snapshots.ts';
import { StorageError } from '../../server/storage/storage-error.ts';
import { oldDatabase, oldFilesystem, type FormatBackEnd } from '../fixtures/format-back-ends.ts';
import { oldVolume } from '../fixtures/old-data.ts';

const NO_SERVER = { skip: 'no MongoDB server can be had here' };

type Open = (t: Test) => Promise<FormatBackEnd | undefined>;

const rules: Readonly<Record<string, (t: Test, old: FormatBackEnd) => Promise<void>>> = {
  'data without a mark are version 1, are marked, and nothing else is done to them': async (t, old) => {
    t.equal(await old.mark() ?? undefined, undefined);
    const storage = old.open({ version: 1 });
    await storage.start();
    t.teardown(() => storage.stop());
    t.equal((await storage.videos.list({ limit: 10, sort: 'title' })).items.length, 2);
    t.match(await old.mark(), { version: 1 });
    t.same(await old.snapshots(), []);
  },
  'steps run in order after a snapshot, and the mark says so afterwards': async (t, old) => {
    const storage = old.open({ version: 3, program: '3.0.0' });
    await storage.start();
    t.teardown(() => storage.stop());
    const video = await storage.videos.get(old.facts.videos[0]?.contentId ?? '');
    t.equal(video?.title, `${old.facts.title} v2 v3`);
    t.same(await old.mark(), { version: 3, program: '3.0.0' });
    const [snapshot, ...others] = await old.snapshots();
    t.match(snapshot, /^1-\d{8}T\d{9}Z$/);
    t.same(others, [], 'one, of before the first step');
    t.equal(await old.titleInSnapshot(), old.facts.title);
    t.ok(old.logLines.some((line) => line.includes('kept a snapshot')), 'the log tells of it');
  },
  'an upgrade that was cut off in the middle of a step is gone on with, and its snapshot is of before': async (t, old) => {
    const crashed = old.open({ version: 3, beforeStep: (to, video) => { if (to === 3 && video === 1) throw new Error('cut off'); } });
    await t.rejects(crashed.start(), { message: 'cut off' });
    await crashed.stop();
    t.match(await old.mark(), { version: 2, migrating: { to: 3 } });
    const again = old.open({ version: 3, program: '3.0.0' });
    await again.start();
    t.teardown(() => again.stop());
    for (const { contentId } of old.facts.videos) t.match((await again.videos.get(contentId))?.title, / v2 v3$/);
    t.same(await old.mark(), { version: 3, program: '3.0.0' });
    t.equal((await old.snapshots()).length, 1, 'none of data that are half of each version');
    t.equal(await old.titleInSnapshot(), old.facts.title);
  },
  'data of a newer program are refused in words, and left as they are': async (t, old) => {
    const newer = old.open({ version: 2, program: '2.5.0' });
    await newer.start();
    await newer.stop();
    const before = await old.everything();
    const older = old.open({ version: 1, program: '1.0.0' });
    const error = await older.start().then(() => undefined, (caught: unknown) => caught);
    await older.stop();
    t.ok(error instanceof StorageError);
    t.match(error, { code: 'newer-data', message: /written by Software Switch 2\.5\.0 \(data version 2\).*This is Software Switch 1\.0\.0.*Nothing was changed/ });
    t.equal(await old.everything(), before);
  },
  'data that a newer program only began to change are refused too': async (t, old) => {
    const crashed = old.open({ version: 2, program: '2.5.0', beforeStep: (_to, video) => { if (video === 1) throw new Error('cut off'); } });
    await t.rejects(crashed.start());
    await crashed.stop();
    const before = await old.everything();
    const older = old.open({ version: 1 });
    await t.rejects(older.start(), { code: 'newer-data', message: /are being brought to data version 2 by Software Switch 2\.5\.0/ });
    await older.stop();
    t.equal(await old.everything(), before);
  },
  'going back as the documentation says brings the older program what it had': async (t, old) => {
    const newer = old.open({ version: 2 });
    await newer.start();
    await newer.stop();
    await old.goBack();
    const older = old.open({ version: 1 });
    t.teardown(() => older.stop());
    await older.start();
    for (const { contentId, sizeBytes } of old.facts.videos) {
      t.notMatch((await older.videos.get(contentId))?.title, / v2$/);
      t.equal((await older.videos.manifest(contentId))?.sizeBytes, sizeBytes);
    }
  },
  'the last three snapshots are kept': async (t, old) => {
    for (const version of [2, 3, 4, 5, 6]) {
      const storage = old.open({ version });
      await storage.start();
      await storage.stop();
    }
    t.match(await old.snapshots(), [/^3-/, /^4-/, /^5-/]);
    t.equal(await old.titleInSnapshot(), `${old.facts.title} v2 v3 v4 v5`);
  },
  'a start that is told to stop in the middle of an upgrade does': async (t, old) => {
    const stop = new AbortController();
    const storage = old.open({ version: 3, beforeStep: (to) => { if (to === 2) stop.abort(new Error('told to stop')); } });
    await t.rejects(storage.start(stop.signal), { message: 'told to stop' });
    await storage.stop();
    t.match(await old.mark(), { version: 2 });
  },
};

for (const [kind, open] of Object.entries<Open>({ filesystem: oldFilesystem, gridfs: oldDatabase })) {
  for (const [name, rule] of Object.entries(rules)) {
    test(`${kind}: ${name}`, async (t) => {
      const old = await open(t);
      if (old === undefined) t.pass('no MongoDB server', NO_SERVER);
      else await rule(t, old);
    });
  }
}

test('without room for the snapshot nothing is changed, and the figures are told', async (t) => {
  const { dataDir } = await oldVolume(t);
  const snapshots = new FilesystemSnapshots({ freeBytes: async () => 1_000 }, { dataDir });
  await t.rejects(snapshots.take(1), { code: 'no-space', details: { freeBytes: 1_000 }, message: /Nothing was changed\. Make room/ });
  t.same(await readdir(join(dataDir, 'snapshots')), []);
});

test('of appliances that start at once on one database, one upgrades it and the others wait', async (t) => {
  const old = await oldDatabase(t);
  if (old === undefined) return void t.pass('no MongoDB server', NO_SERVER);
  const steps: number[] = [];
  const storages = Array.from({ length: 3 }, () => old.open({ version: 2, beforeStep: (_to, video) => void steps.push(video) }));
  t.teardown(() => Promise.all(storages.map((storage) => storage.stop())));
  await Promise.all(storages.map((storage) => storage.start()));
  t.same(steps, [0, 1], 'once');
  t.equal((await old.snapshots()).length, 1);
  for (const storage of storages) t.match((await storage.videos.get(old.facts.videos[0]?.contentId ?? ''))?.title, / v2$/);
});

test('an appliance that died in the middle of an upgrade is taken over from', async (t) => {
  const old = await oldDatabase(t, { leaseMs: 1_000 });
  if (old === undefined) return void t.pass('no MongoDB server', NO_SERVER);
  await old.client.db(old.database).collection<{ _id: string }>('switch.format').insertOne({ _id: 'upgrade', holder: 'somebody', heartbeatAt: new Date() } as { _id: string });
  const storage = old.open({ version: 2 });
  t.teardown(() => storage.stop());
  await storage.start();
  t.match(await old.mark(), { version: 2 });
  t.ok(old.logLines.some((line) => line.includes('another appliance is upgrading')));
});
