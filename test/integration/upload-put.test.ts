import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { startUploadApp, temporaryFolder, type UploadApp, type UploadAppOptions } from '../fixtures/upload-app.ts';
import { AUTHORIZATION, contentIdOf, curl, sample } from '../fixtures/upload-clients.ts';

const AUTH = ['-H', `authorization: ${AUTHORIZATION.authorization}`];

async function start(t: Test, options: Omit<UploadAppOptions, 'dataDir'> = {}): Promise<UploadApp> {
  const folder = await temporaryFolder();
  const app = await startUploadApp({ dataDir: folder.path, ...options });
  t.teardown(async () => {
    await app.close();
    await folder.remove();
  });
  return app;
}

async function fileOf(app: UploadApp, name: string, bytes: Buffer): Promise<string> {
  const path = join(app.dataDir, name);
  await writeFile(path, bytes);
  return path;
}

async function storedBytes(app: UploadApp, contentId: string, sizeBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of app.storage.videos.read(contentId, 0, sizeBytes)) parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
}

test('curl -T stores the file under its own name and answers with the content id', async (t) => {
  const app = await start(t);
  const bytes = sample(5_000_003);
  const file = await fileOf(app, 'Überfilm 1.mkv', bytes);
  const answer = await curl([...AUTH, '-T', file, `${app.url}/api/videos/`]);
  const contentId = contentIdOf(bytes);
  t.equal(answer.status, 201);
  t.match(answer.body, { contentId, name: 'Überfilm 1.mkv', mediaType: 'video/x-matroska', sizeBytes: 5_000_003, alreadyStored: false });
  t.equal(answer.headers.get('location'), `/api/videos/${contentId}`);
  t.equal(answer.headers.get('switch-content-id'), contentId);
  t.ok(bytes.equals(await storedBytes(app, contentId, bytes.length)), 'the bytes are the file');
});

test('a chunked PUT needs no length', async (t) => {
  const app = await start(t);
  const bytes = sample(700_001, 2);
  const answer = await curl([...AUTH, '-T', '-', `${app.url}/api/videos/piped.webm`], bytes);
  t.equal(answer.status, 201);
  t.equal(answer.body['contentId'], contentIdOf(bytes));
});

test('the same bytes under another name are the same video', async (t) => {
  const app = await start(t);
  const bytes = sample(300_000);
  const first = await curl([...AUTH, '-T', '-', `${app.url}/api/videos/one.mp4`], bytes);
  const second = await curl([...AUTH, '-T', '-', `${app.url}/api/videos/two.mp4`], bytes);
  t.equal(second.status, 200);
  t.match(second.body, { contentId: first.body['contentId'], name: 'one.mp4', alreadyStored: true });
  t.equal((await app.listed()).length, 1);
  t.same(await app.leftovers(), []);
});

test('the same bytes sent twice at once are one video', async (t) => {
  const app = await start(t);
  const bytes = sample(3_000_000);
  const answers = await Promise.all(['a', 'b', 'c'].map((name) => curl([...AUTH, '-T', '-', `${app.url}/api/videos/${name}.mp4`], bytes)));
  t.same(answers.map((answer) => answer.status).sort(), [200, 200, 201]);
  t.equal((await app.listed()).length, 1);
  t.same(await app.leftovers(), []);
});

test('a path in the name is cut to a plain file name, and a page is not kept as a page', async (t) => {
  const app = await start(t);
  const answer = await curl([...AUTH, '-H', 'content-type: text/html', '-T', '-', `${app.url}/api/videos/..%2F..%2Fetc%2Fevil.html`], sample(1000));
  t.equal(answer.status, 201);
  t.match(answer.body, { name: 'evil.html', mediaType: 'application/octet-stream' });
});

test('a refused PUT is refused before its first byte and leaves nothing', async (t) => {
  const app = await start(t, { uploadMaxBytes: 1_500_000 });
  const file = await fileOf(app, 'big.mp4', sample(4_000_000));
  const tooLarge = await curl([...AUTH, '-T', file, `${app.url}/api/videos/`]);
  t.equal(tooLarge.status, 413);
  t.match(tooLarge.body, { type: '/problems/too-large', maxBytes: 1_500_000 });
  t.equal(tooLarge.uploadedBytes, 0, 'curl waited for 100 Continue and was told before');
  t.match(tooLarge.headers.get('content-type'), 'application/problem+json');

  const stranger = await curl(['-T', file, `${app.url}/api/videos/`]);
  t.equal(stranger.status, 401);
  t.equal(stranger.uploadedBytes, 0);

  const chunked = await curl([...AUTH, '-T', '-', `${app.url}/api/videos/big.mp4`], sample(4_000_000));
  t.equal(chunked.status, 413, 'a length that was not declared counts too');

  const hasty = await curl([...AUTH, '-H', 'expect:', '-T', file, `${app.url}/api/videos/`]);
  t.equal(hasty.status, 413, 'a client that sends at once still reads the answer');

  const empty = await curl([...AUTH, '-T', '-', `${app.url}/api/videos/empty.mp4`]);
  t.equal(empty.status, 422);
  t.match(empty.body, { type: '/problems/empty-file' });

  const part = await curl([...AUTH, '-H', 'content-range: bytes 5-9/10', '-T', '-', `${app.url}/api/videos/part.mp4`], sample(5));
  t.equal(part.status, 400);
  t.same(await app.listed(), []);
  t.same(await app.leftovers(), []);
});

test('no room is told with the figures', async (t) => {
  const app = await start(t, { reserveFreeBytes: 2 ** 50 });
  const answer = await curl([...AUTH, '-T', '-', `${app.url}/api/videos/a.mp4`], sample(5000));
  t.equal(answer.status, 507);
  t.match(answer.body, { type: '/problems/no-space', reserveBytes: 2 ** 50, neededBytes: 0, freeBytes: Number });
  t.same(await app.leftovers(), []);
});
