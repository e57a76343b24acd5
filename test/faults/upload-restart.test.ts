import { appendFile, readdir, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { startUploadApp, temporaryFolder } from '../fixtures/upload-app.ts';
import { eventually } from '../fixtures/http.ts';
import { AUTHORIZATION, contentIdOf, killed, sample, spawnUploadServer, tusUpload } from '../fixtures/upload-clients.ts';

const TUS = { ...AUTHORIZATION, 'tus-resumable': '1.0.0' };

async function folderOf(t: Test): Promise<string> {
  const folder = await temporaryFolder();
  t.teardown(() => folder.remove());
  return folder.path;
}

/** Sends a part of a body and keeps the connection open. Errors of the connection are the point, so they are not told. */
function sendPart(url: string, method: string, headers: Record<string, string>, part: Buffer): { cut(): void } {
  const sending = request(url, { method, headers });
  sending.on('error', () => undefined);
  sending.write(part);
  return { cut: () => sending.destroy() };
}

async function create(base: string, sizeBytes: number): Promise<string> {
  const answer = await fetch(`${base}/api/uploads`, {
    method: 'POST', headers: { ...TUS, 'upload-length': String(sizeBytes), 'upload-metadata': `filename ${btoa('film.mkv')}` },
  });
  return new URL(answer.headers.get('location') ?? '', base).pathname;
}

const PATCH_HEADERS = { ...TUS, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };

test('a tus upload goes on after the process was killed in the middle', async (t) => {
  const dataDir = await folderOf(t);
  const bytes = sample(9_000_000);
  const first = await spawnUploadServer(dataDir);
  const path = await create(first.url, bytes.length);
  sendPart(first.url + path, 'PATCH', { ...PATCH_HEADERS, 'content-length': String(bytes.length) }, bytes.subarray(0, 4_000_001));
  const staged = join(dataDir, 'uploads', path.split('/').at(-1) ?? '');
  await eventually('a part is on disk', async () => (await stat(staged)).size >= 3_000_000);
  await killed(first.process);

  const second = await startUploadApp({ dataDir });
  t.teardown(() => second.close());
  t.same(await second.listed(), []);
  const offset = (await stat(staged)).size;
  const seen: number[] = [];
  const result = await tusUpload(second.url, bytes, { uploadUrl: second.url + path, onProgress: (sent) => seen.push(sent) });
  t.equal(result.contentId, contentIdOf(bytes));
  t.equal(seen[0], offset, 'nothing that was kept is sent again');
  t.match(await second.listed(), [{ name: 'film.mkv', sizeBytes: bytes.length }]);
});

test('an upload whose last byte came just before the process was killed is finished when its client asks', async (t) => {
  const dataDir = await folderOf(t);
  const bytes = sample(3_000_000);
  const first = await startUploadApp({ dataDir });
  const path = await create(first.url, bytes.length);
  const sending = sendPart(first.url + path, 'PATCH', { ...PATCH_HEADERS, 'content-length': String(bytes.length) }, bytes.subarray(0, -1));
  const staged = join(dataDir, 'uploads', path.split('/').at(-1) ?? '');
  await eventually('all but one byte is on disk', async () => (await stat(staged)).size === bytes.length - 1);
  await first.close();
  sending.cut();
  await appendFile(staged, bytes.subarray(-1));

  const second = await startUploadApp({ dataDir });
  t.teardown(() => second.close());
  const answer = await fetch(second.url + path, { method: 'HEAD', headers: TUS });
  t.equal(answer.headers.get('switch-content-id'), contentIdOf(bytes));
  t.equal((await second.listed()).length, 1);
});

test('a graceful stop in the middle keeps the hasher, and the upload goes on', async (t) => {
  const dataDir = await folderOf(t);
  const bytes = sample(5_000_000);
  const first = await startUploadApp({ dataDir });
  const path = await create(first.url, bytes.length);
  const sending = sendPart(first.url + path, 'PATCH', { ...PATCH_HEADERS, 'content-length': String(bytes.length) }, bytes.subarray(0, 2_000_000));
  const staged = join(dataDir, 'uploads', path.split('/').at(-1) ?? '');
  await eventually('a part is on disk', async () => (await stat(staged)).size === 2_000_000);
  await first.close();
  sending.cut();
  t.ok((await readdir(join(dataDir, 'uploads'))).some((name) => name.endsWith('.hash')), 'its progress is saved');

  const second = await startUploadApp({ dataDir });
  t.teardown(() => second.close());
  t.equal((await tusUpload(second.url, bytes, { uploadUrl: second.url + path })).contentId, contentIdOf(bytes));
  t.same(await readdir(join(dataDir, 'uploads')), [`${path.split('/').at(-1)}.json`], 'only the note that it is finished is left');
});

test('a PUT that is cut leaves nothing at once', async (t) => {
  const dataDir = await folderOf(t);
  const app = await startUploadApp({ dataDir });
  t.teardown(() => app.close());
  for (const headers of [{ 'content-length': '5000000' }, { 'transfer-encoding': 'chunked' }]) {
    const sending = sendPart(`${app.url}/api/videos/film.mp4`, 'PUT', { ...AUTHORIZATION, ...headers }, sample(2_000_000));
    await eventually('the upload began', async () => (await app.leftovers()).length > 0);
    sending.cut();
    await eventually('nothing is left', async () => (await app.leftovers()).length === 0);
    t.same(await app.listed(), []);
  }
});

test('a PUT whose process was killed leaves nothing after the next start', async (t) => {
  const dataDir = await folderOf(t);
  const first = await spawnUploadServer(dataDir);
  sendPart(`${first.url}/api/videos/film.mp4`, 'PUT', { ...AUTHORIZATION, 'content-length': '5000000' }, sample(2_000_000));
  await eventually('the upload began', async () => (await readdir(join(dataDir, 'incoming'))).length > 0);
  await killed(first.process);
  const second = await startUploadApp({ dataDir });
  t.teardown(() => second.close());
  t.same(await second.listed(), []);
  t.same(await second.leftovers(), []);
});

test('an upload that brings nothing for too long is ended', async (t) => {
  const dataDir = await folderOf(t);
  const app = await startUploadApp({ dataDir, uploadIdleMs: 100 });
  t.teardown(() => app.close());
  const sending = sendPart(`${app.url}/api/videos/film.mp4`, 'PUT', { ...AUTHORIZATION, 'content-length': '5000000' }, sample(1_000_000));
  await eventually('the upload began', async () => (await app.leftovers()).length > 0);
  await eventually('nothing is left', async () => (await app.leftovers()).length === 0);
  t.same(await app.listed(), []);
  sending.cut();
});
