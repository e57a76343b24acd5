import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { startUploadApp, temporaryFolder, type UploadApp, type UploadAppOptions } from '../fixtures/upload-app.ts';
import { eventually } from '../fixtures/http.ts';
import { AUTHORIZATION, contentIdOf, sample, tusUpload } from '../fixtures/upload-clients.ts';

const TUS = { ...AUTHORIZATION, 'tus-resumable': '1.0.0' };

async function start(t: Test, options: Omit<UploadAppOptions, 'dataDir'> = {}): Promise<UploadApp> {
  const folder = await temporaryFolder();
  const app = await startUploadApp({ dataDir: folder.path, ...options });
  t.teardown(async () => {
    await app.close();
    await folder.remove();
  });
  return app;
}

async function create(app: UploadApp, sizeBytes: number): Promise<string> {
  const answer = await fetch(`${app.url}/api/uploads`, { method: 'POST', headers: { ...TUS, 'upload-length': String(sizeBytes) } });
  return new URL(answer.headers.get('location') ?? '', app.url).href;
}

function patch(url: string, offset: number, body: Buffer<ArrayBuffer>): Promise<Response> {
  return fetch(url, { method: 'PATCH', body, headers: { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' } });
}

function head(url: string): Promise<Response> {
  return fetch(url, { method: 'HEAD', headers: TUS });
}

test('tus-js-client stores a file in chunks and is told the content id', async (t) => {
  const app = await start(t);
  const bytes = sample(5_000_001);
  const result = await tusUpload(app.url, bytes, { metadata: { filename: 'dir/Ein Film.mov', filetype: 'video/quicktime' } });
  t.match(result, { status: 204, contentId: contentIdOf(bytes), alreadyStored: 'false', location: `/api/videos/${contentIdOf(bytes)}` });
  t.match(await app.listed(), [{ contentId: contentIdOf(bytes), name: 'Ein Film.mov', mediaType: 'video/quicktime', sizeBytes: 5_000_001 }]);
});

test('the whole file in one request, and a length told only at the end', async (t) => {
  const app = await start(t);
  const bytes = sample(2_000_001, 7);
  const whole = await tusUpload(app.url, bytes, { uploadDataDuringCreation: true, chunkSize: Number.POSITIVE_INFINITY });
  t.match(whole, { status: 201, contentId: contentIdOf(bytes) });
  const other = sample(2_100_001, 8);
  const deferred = await tusUpload(app.url, other, { uploadLengthDeferred: true });
  t.match(deferred, { contentId: contentIdOf(other) });
});

test('the same bytes again store nothing and say so', async (t) => {
  const app = await start(t);
  const bytes = sample(1_200_000);
  const results = await Promise.all([tusUpload(app.url, bytes), tusUpload(app.url, bytes), tusUpload(app.url, bytes)]);
  t.same(results.map((result) => result.alreadyStored).sort(), ['false', 'true', 'true']);
  t.equal((await app.listed()).length, 1);
  t.notOk((await app.leftovers()).some((name) => !name.endsWith('.json')), 'no bytes are left');
});

test('a client that missed the last answer is told it by HEAD', async (t) => {
  const app = await start(t);
  const bytes = sample(400_000);
  const url = await create(app, bytes.length);
  await (await patch(url, 0, bytes)).text();
  const answer = await head(url);
  t.equal(answer.status, 200);
  t.equal(answer.headers.get('upload-offset'), '400000');
  t.equal(answer.headers.get('switch-content-id'), contentIdOf(bytes));
  const again = await patch(url, bytes.length, Buffer.alloc(0));
  t.equal(again.status, 204);
  t.equal(again.headers.get('switch-content-id'), contentIdOf(bytes));
});

test('a chunk at the wrong offset is a conflict and changes nothing', async (t) => {
  const app = await start(t);
  const bytes = sample(500_000);
  const url = await create(app, bytes.length);
  await patch(url, 0, bytes.subarray(0, 100_001));
  const wrong = await patch(url, 50_000, bytes.subarray(50_000));
  t.equal(wrong.status, 409);
  t.match(wrong.headers.get('content-type'), 'application/problem+json');
  t.equal(wrong.headers.get('tus-resumable'), '1.0.0');
  t.match(await wrong.json(), { type: '/problems/conflict', status: 409 });
  const right = await patch(url, 100_001, bytes.subarray(100_001));
  t.equal(right.headers.get('switch-content-id'), contentIdOf(bytes));
});

test('a request that hangs gives way to the next, and what it brought counts', async (t) => {
  const app = await start(t);
  const bytes = sample(900_000);
  const url = await create(app, bytes.length);
  let push: ReadableStreamDefaultController<Uint8Array> | undefined;
  const hanging = fetch(url, {
    method: 'PATCH', duplex: 'half', headers: { ...TUS, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: new ReadableStream<Uint8Array>({ start: (controller) => {
      push = controller;
      controller.enqueue(bytes.subarray(0, 300_000));
    } }),
  } as RequestInit);
  const staged = join(app.incomingDir, url.split('/').at(-1) ?? '');
  await eventually('the first bytes are on disk', async () => (await stat(staged)).size === 300_000);
  t.equal((await head(url)).headers.get('upload-offset'), '300000');
  t.equal((await hanging).headers.get('upload-offset'), '300000');
  t.equal((await patch(url, 300_000, bytes.subarray(300_000))).headers.get('switch-content-id'), contentIdOf(bytes));
  push?.error(new Error('over'));
});

test('two requests on one upload never mix their bytes', async (t) => {
  const app = await start(t);
  const bytes = sample(6_000_000);
  const url = await create(app, bytes.length);
  const both = await Promise.all([patch(url, 0, bytes), patch(url, 0, bytes)]);
  t.ok(both.every((answer) => answer.status === 204 || answer.status === 409), both.map((answer) => answer.status).join());
  const offset = Number((await head(url)).headers.get('upload-offset'));
  const last = await patch(url, offset, bytes.subarray(offset));
  t.equal(last.headers.get('switch-content-id'), contentIdOf(bytes));
});

test('an upload is finished once, however many ask at that moment', async (t) => {
  const app = await start(t);
  const bytes = sample(600_000);
  const url = await create(app, bytes.length);
  const { videos } = app.storage;
  const adopt = videos.adopt.bind(videos);
  let asked = 0;
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  videos.adopt = async (...args) => {
    asked += 1;
    await released;
    return adopt(...args);
  };
  const last = patch(url, 0, bytes);
  await eventually('the store is asked', async () => asked > 0);
  let arrived = 0;
  app.app.server.on('request', () => {
    arrived += 1;
  });
  const others = [head(url), patch(url, bytes.length, Buffer.alloc(0)), head(url)];
  await eventually('the others are here', async () => arrived === others.length);
  release();
  for (const answer of await Promise.all([last, ...others])) t.equal(answer.headers.get('switch-content-id'), contentIdOf(bytes));
  t.equal(asked, 1);
});

test('a chunked body cannot bring more than was declared', async (t) => {
  const app = await start(t);
  const url = await create(app, 100_000);
  const answer = await fetch(url, {
    method: 'PATCH', duplex: 'half', headers: { ...TUS, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: new Blob([sample(3_000_000)]).stream(),
  } as RequestInit);
  t.equal(answer.status, 413);
  t.match(await answer.json(), { type: '/problems/too-large' });
  t.ok((await stat(join(app.incomingDir, url.split('/').at(-1) ?? ''))).size <= 100_000);
  t.same(await app.listed(), []);
});

test('limits are problems that tus-js-client can show', async (t) => {
  const app = await start(t, { uploadMaxBytes: 2_000_000 });
  t.match(await tusUpload(app.url, sample(3_000_000)), { status: 413, problem: { type: '/problems/too-large', maxBytes: 2_000_000, detail: /SWITCH_UPLOAD_MAX_BYTES/u } });
  t.match(await tusUpload(app.url, sample(3_000_000), { uploadLengthDeferred: true, chunkSize: 512 * 1024 }), { status: 413, problem: { type: '/problems/too-large' } });
  t.match(await tusUpload(app.url, Buffer.alloc(0)), { status: 422, problem: { type: '/problems/empty-file' } });
  t.match(await tusUpload(app.url, sample(1000), { headers: { authorization: 'Bearer wrong' } }), { status: 401, problem: { type: '/problems/unauthorized' } });
  const lost = await head(`${app.url}/api/uploads/${'0'.repeat(32)}`);
  t.equal(lost.status, 404);
  const bare = await fetch(`${app.url}/api/uploads`, { method: 'POST', headers: AUTHORIZATION });
  t.equal(bare.status, 412);
  t.match(await bare.json(), { type: '/problems/bad-request' });
  t.same(await app.listed(), []);
});

test('no room is told with the figures', async (t) => {
  const app = await start(t, { reserveFreeBytes: 2 ** 50 });
  t.match(await tusUpload(app.url, sample(5000)), {
    status: 507, problem: { type: '/problems/no-space', neededBytes: 5000, reserveBytes: 2 ** 50, freeBytes: Number },
  });
  t.same(await app.leftovers(), []);
});

test('an upload nobody goes on with expires, counted from its last byte', async (t) => {
  const app = await start(t, { uploadExpiryMs: 60_000, sweepEveryMs: 20 });
  const url = await create(app, 1000);
  const id = url.split('/').at(-1) ?? '';
  const early = await patch(url, 0, sample(400));
  t.ok(Date.parse(early.headers.get('upload-expires') ?? '') > Date.now() + 50_000);
  const old = new Date(Date.now() - 61_000);
  await utimes(join(app.incomingDir, `${id}.json`), old, old);
  t.equal((await head(url)).status, 200, 'its bytes are younger than its record');
  await utimes(join(app.incomingDir, id), old, old);
  await eventually('the sweep removed it', async () => (await readdir(app.incomingDir)).length === 0);
  const gone = await head(url);
  t.equal(gone.status, 404);
});

test('an upload can be given up', async (t) => {
  const app = await start(t);
  const url = await create(app, 1000);
  await patch(url, 0, sample(400));
  t.equal((await fetch(url, { method: 'DELETE', headers: TUS })).status, 204);
  t.same(await app.leftovers(), []);
});
