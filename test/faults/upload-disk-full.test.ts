import { execFile } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test, type Test } from 'tap';
import { startUploadApp, temporaryFolder, type UploadApp } from '../fixtures/upload-app.ts';
import { AUTHORIZATION, contentIdOf, curl, sample, tusUpload } from '../fixtures/upload-clients.ts';

const run = promisify(execFile);
const DISK_BYTES = 8 * 1024 * 1024;
const SKIP = process.getuid?.() === 0 ? {} : { skip: 'mounting a small disk takes root' };
const AUTH = ['-H', `authorization: ${AUTHORIZATION.authorization}`];

async function startOnSmallDisk(t: Test, reserveFreeBytes = 0): Promise<UploadApp> {
  const folder = await temporaryFolder();
  const disk = join(folder.path, 'disk');
  await mkdir(disk);
  await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk]);
  const app = await startUploadApp({ dataDir: disk, reserveFreeBytes });
  t.teardown(async () => {
    await app.close();
    await run('umount', [disk]);
    await folder.remove();
  });
  return app;
}

test('a PUT without a length that fills the disk leaves nothing, and the disk as it was', SKIP, async (t) => {
  const app = await startOnSmallDisk(t);
  const answer = await curl([...AUTH, '-H', 'expect:', '-T', '-', `${app.url}/api/videos/film.mp4`], sample(DISK_BYTES + 1_000_000));
  t.equal(answer.status, 507);
  t.match(answer.body, { type: '/problems/no-space', freeBytes: Number });
  t.same(await app.listed(), []);
  t.same(await app.leftovers(), []);
  t.equal((await curl([...AUTH, '-T', '-', `${app.url}/api/videos/small.mp4`], sample(1_000_000))).status, 201, 'what fits is taken');
});

test('a declared length that cannot fit is refused with the figures', SKIP, async (t) => {
  const app = await startOnSmallDisk(t, 1_000_000);
  const problem = { type: '/problems/no-space', neededBytes: DISK_BYTES, reserveBytes: 1_000_000 };
  t.match(await tusUpload(app.url, sample(DISK_BYTES)), { status: 507, problem });
  t.same(await app.leftovers(), []);
});

test('a tus upload that fills the disk is told so, and goes on when there is room', SKIP, async (t) => {
  const app = await startOnSmallDisk(t);
  const first = await curl([...AUTH, '-T', '-', `${app.url}/api/videos/first.mp4`], sample(3_000_000));
  const bytes = sample(6_000_000, 3);
  const refused = await tusUpload(app.url, bytes, { uploadLengthDeferred: true, chunkSize: 512 * 1024 });
  t.match(refused, { status: 507, problem: { type: '/problems/no-space' } });
  const kept = (await stat(join(app.incomingDir, refused.uploadUrl?.split('/').at(-1) ?? ''))).size;
  t.ok(kept > 3_000_000, 'what came is kept');
  await app.storage.videos.delete(String(first.body['contentId']));
  const again = await tusUpload(app.url, bytes, { uploadUrl: refused.uploadUrl ?? '', uploadLengthDeferred: true });
  t.equal(again.contentId, contentIdOf(bytes), 'a write that was cut in the middle did not spoil the hash');
});
