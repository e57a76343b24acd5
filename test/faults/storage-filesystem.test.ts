/** What can go wrong under the filesystem store: killed processes, full disks, damaged folders. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { FilesystemStorage } from '../../server/storage/filesystem-storage.ts';
import { StorageError } from '../../server/storage/storage-error.ts';
import { posterExtra, type DetailsChange, type VideoDetails } from '../../server/storage/video-details.ts';
import { readAll, sampleBytes, sampleManifest, storeVideo } from '../fixtures/storage-samples.ts';
import { startUploader } from '../fixtures/storage-uploader.ts';

const MIB = 1024 * 1024;

async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'switch-faults-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function openStorage(t: Test, dataDir: string): Promise<FilesystemStorage> {
  const storage = new FilesystemStorage({}, { dataDir });
  await storage.start();
  t.teardown(() => storage.stop());
  return storage;
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => undefined, (error: unknown) => error);
}

test('an upload whose process was killed is not listed and is swept at the next start; beside a living one nothing starts', async (t) => {
  const dataDir = await temporaryFolder(t);
  const uploader = await startUploader({ dataDir });
  t.teardown(() => uploader.kill());
  const incoming = join(dataDir, 'incoming');
  t.equal((await readdir(incoming)).length, 1);
  const beside = new FilesystemStorage({}, { dataDir });
  t.match(await errorOf(beside.start()), { code: 'unavailable', message: /Another appliance is using the data directory .*SWITCH_DATA_DIR/u });
  await beside.stop();
  t.equal((await readdir(incoming)).length, 1, 'its process lives, so it is left alone');
  await uploader.kill();
  const { videos } = await openStorage(t, dataDir);
  t.same(await readdir(incoming), []);
  t.same((await videos.list({ limit: 10, sort: 'title' })).items, []);
  t.equal((await videos.usage()).usedBytes, 0);
});

test('of many that start at once on one folder, whatever a dead one left there, one gets it', async (t) => {
  const dataDir = join(await temporaryFolder(t), 'a folder so deep that no address of a socket could name it'.repeat(3));
  const uploader = await startUploader({ dataDir });
  await uploader.kill();
  const storages = Array.from({ length: 8 }, () => new FilesystemStorage({}, { dataDir }));
  const errors = await Promise.all(storages.map((storage) => errorOf(storage.start())));
  t.equal(errors.filter((error) => error === undefined).length, 1, String(errors));
  await Promise.all(storages.map((storage) => storage.stop()));
  t.same((await readdir(dataDir)).sort(), ['incoming', 'state', 'videos'], 'nothing of the lock is left');
  await openStorage(t, dataDir);
});

test('sweeps whatever else lies in the incoming folder', async (t) => {
  const dataDir = await temporaryFolder(t);
  await mkdir(join(dataDir, 'incoming', 'unknown'), { recursive: true });
  await writeFile(join(dataDir, 'incoming', 'unknown', 'content'), 'left by somebody');
  await openStorage(t, dataDir);
  t.same(await readdir(join(dataDir, 'incoming')), []);
});

test('a full disk refuses an upload with the figures and leaks nothing', { skip: process.getuid?.() === 0 ? false : 'mounting a tiny disk needs root' }, async (t) => {
  const folder = await temporaryFolder(t);
  const dataDir = join(folder, 'tiny');
  await mkdir(dataDir);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', dataDir]);
  try {
    const storage = new FilesystemStorage({}, { dataDir });
    await storage.start();
    const { videos } = storage;
    const small = sampleBytes(2 * MIB, 'fits');
    const { video } = await storeVideo(videos, small);
    const { freeBytes } = await videos.usage();
    const error = await errorOf(storeVideo(videos, sampleBytes(8 * MIB, 'does not fit')));
    t.ok(error instanceof StorageError && error.code === 'no-space', String(error));
    t.type(error instanceof StorageError ? error.details['freeBytes'] : undefined, 'number');
    t.same(await readdir(join(dataDir, 'incoming')), []);
    t.equal((await videos.usage()).freeBytes, freeBytes, 'the room is free again');
    const outside = join(folder, 'outside');
    await writeFile(outside, sampleBytes(8 * MIB, 'adopted from another disk'));
    const adopting = await errorOf(videos.adopt(outside, sampleManifest(await readFile(outside))));
    t.ok(adopting instanceof StorageError && adopting.code === 'no-space', String(adopting));
    t.equal((await stat(outside)).size, 8 * MIB, 'the file that could not be adopted is still there');
    t.equal((await videos.usage()).freeBytes, freeBytes);
    t.ok((await readAll(videos.read(video.contentId, 0, small.byteLength))).equals(small), 'what was there is whole');
    await writeFile(outside, sampleBytes(MIB, 'adopted and fits'));
    t.equal((await videos.adopt(outside, sampleManifest(await readFile(outside)))).alreadyStored, false);
    t.equal((await errorOf(stat(outside)) as NodeJS.ErrnoException).code, 'ENOENT');
    await storage.stop();
  } finally {
    // Lazily: a test that failed may still hold a file open there.
    execFileSync('umount', ['-l', dataDir]);
  }
});

test('a damaged folder is told and not listed, and the same upload mends it', async (t) => {
  const dataDir = await temporaryFolder(t);
  const bytes = sampleBytes(MIB, 'damaged');
  const first = await openStorage(t, dataDir);
  const { video } = await storeVideo(first.videos, bytes);
  const { video: whole } = await storeVideo(first.videos, sampleBytes(1000, 'whole'));
  await first.stop();
  await truncate(join(dataDir, 'videos', video.contentId, 'content'), 1000);
  const warnings: string[] = [];
  const second = new FilesystemStorage({ log: { info: () => undefined, warn: (_details, message) => warnings.push(message) } }, { dataDir });
  await second.start();
  t.teardown(() => second.stop());
  t.same((await second.videos.list({ limit: 10, sort: 'title' })).items, [whole]);
  t.match(warnings, [/damaged: its content has 1000 bytes/u]);
  t.equal((await storeVideo(second.videos, bytes)).alreadyStored, false);
  t.ok((await readAll(second.videos.read(video.contentId, 0, bytes.byteLength))).equals(bytes));
  t.same(await readdir(join(dataDir, 'incoming')), []);
});

test('a file cut short while the node runs is corrupt, not short', async (t) => {
  const dataDir = await temporaryFolder(t);
  const { videos } = await openStorage(t, dataDir);
  const { video } = await storeVideo(videos, sampleBytes(2 * MIB, 'cut'));
  await truncate(join(dataDir, 'videos', video.contentId, 'content'), MIB + 5);
  const error = await errorOf(readAll(videos.read(video.contentId, 0, 2 * MIB)));
  t.ok(error instanceof StorageError && error.code === 'corrupt', String(error));
});

test('a data directory that went away is unavailable, and serves again when it is back', async (t) => {
  const dataDir = await temporaryFolder(t);
  const { videos } = await openStorage(t, dataDir);
  const bytes = sampleBytes(1000, 'gone');
  await rm(join(dataDir, 'videos'), { recursive: true });
  const error = await errorOf(videos.ping());
  t.ok(error instanceof StorageError && error.code === 'unavailable', String(error));
  t.ok(await errorOf(storeVideo(videos, bytes)) instanceof StorageError);
  await mkdir(join(dataDir, 'videos'));
  await videos.ping();
  t.equal((await storeVideo(videos, bytes)).alreadyStored, false);
});

test('secrets are readable by their owner only', async (t) => {
  const dataDir = await temporaryFolder(t);
  const { state } = await openStorage(t, dataDir);
  const before = (await readdir(join(dataDir, 'state'))).length;
  await state.setIfAbsent('admin-token', 'secret');
  await state.set('other', 'secret');
  for (const name of await readdir(join(dataDir, 'state'))) t.equal((await stat(join(dataDir, 'state', name))).mode & 0o777, 0o600, name);
  t.equal((await readdir(join(dataDir, 'state'))).length, before + 2);
});

const POSTER = 'a'.repeat(16);
const LATE = 'b'.repeat(16);
const withPoster = (posterId: string) => (now: VideoDetails): DetailsChange => ({
  details: { ...now, posterId }, extras: new Map([[posterExtra(posterId), Buffer.from(posterId)]]),
});

test('a change of details whose process was killed leaves no small file behind', async (t) => {
  const dataDir = await temporaryFolder(t);
  const first = await openStorage(t, dataDir);
  const { video: { contentId } } = await storeVideo(first.videos, sampleBytes(1000, 'details'));
  await first.videos.changeDetails(contentId, withPoster(POSTER));
  await first.stop();
  // Between the new file's arrival and the entry that names it; no process has that number.
  const extras = join(dataDir, 'videos', contentId, 'extras');
  await writeFile(join(extras, posterExtra(LATE)), 'late');
  await mkdir(join(dataDir, 'incoming', '999999999-1-abcdef', contentId), { recursive: true });
  const { videos } = await openStorage(t, dataDir);
  t.same(await readdir(extras), [posterExtra(POSTER)]);
  t.same(await readdir(join(dataDir, 'incoming')), []);
  t.same(Buffer.from(await videos.extra(contentId, posterExtra(POSTER)) ?? []).toString(), POSTER);
});

test('a change of details that cannot be written changes nothing', async (t) => {
  const dataDir = await temporaryFolder(t);
  const { videos } = await openStorage(t, dataDir);
  const { video } = await storeVideo(videos, sampleBytes(1000, 'unwritable'));
  await writeFile(join(dataDir, 'videos', video.contentId, 'extras'), 'in the way');
  t.ok(await errorOf(videos.changeDetails(video.contentId, withPoster(POSTER))) instanceof Error);
  t.same(await videos.get(video.contentId), video);
  t.same(await readdir(join(dataDir, 'incoming')), []);
  await rm(join(dataDir, 'videos', video.contentId, 'extras'));
  await videos.changeDetails(video.contentId, withPoster(POSTER));
  await rm(join(dataDir, 'videos', video.contentId, 'extras', posterExtra(POSTER)));
  t.equal(await videos.extra(video.contentId, posterExtra(POSTER)), undefined, 'removed by hand');
  t.match(await videos.changeDetails(video.contentId, withPoster(LATE)), { posterId: LATE }, 'and another can be put');
});
