import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { test } from 'tap';
import { contentUrl, putVideo, startAppliance } from '../fixtures/appliance.ts';
import { fetchWhole, open } from '../fixtures/http.ts';

const MIB = 1024 * 1024;
const BYTES = randomBytes(700_001);

test('the content is served whole, under its content id as a strong ETag', async (t) => {
  const node = await startAppliance(t);
  const video = await putVideo(node, 'Zürich.mp4', BYTES);
  const url = contentUrl(node, video);
  const whole = await fetchWhole(url);
  t.equal(whole.status, 200);
  t.ok(whole.body.equals(BYTES));
  t.match(whole.headers, {
    etag: `"${video.contentId}"`, 'accept-ranges': 'bytes', 'content-type': 'video/mp4', 'content-length': String(BYTES.length),
    'content-disposition': "inline; filename=\"Z_rich.mp4\"; filename*=UTF-8''Z%C3%BCrich.mp4", 'cache-control': /immutable/,
    'x-content-type-options': 'nosniff', 'x-request-id': /^[0-9a-f-]{36}$/,
  });
  t.match((await fetchWhole(`${url}?download=1`)).headers['content-disposition'], /^attachment; /);
});

test('ranges, by offset and from the end', async (t) => {
  const node = await startAppliance(t);
  const url = contentUrl(node, await putVideo(node, 'a.mp4', BYTES));
  const size = BYTES.length;
  const table: readonly [range: string, start: number, end: number][] = [
    ['bytes=0-0', 0, 1], ['bytes=262143-262144', 262_143, 262_145], ['bytes=-7', size - 7, size], ['bytes=700000-', size - 1, size],
    ['bytes=100-9999999', 100, size], ['bytes=-9999999', 0, size],
  ];
  for (const [range, start, end] of table) {
    const part = await fetchWhole(url, { headers: { range } });
    t.equal(part.status, 206, range);
    t.equal(part.headers['content-range'], `bytes ${start}-${end - 1}/${size}`);
    t.equal(part.headers['content-length'], String(end - start));
    t.ok(part.body.equals(BYTES.subarray(start, end)));
  }
  for (const range of ['bytes=5-2', 'bytes=0-1,5-9', 'lines=1-2']) {
    const whole = await fetchWhole(url, { headers: { range } });
    t.equal(whole.status, 200, `${range} is ignored`);
    t.ok(whole.body.equals(BYTES));
  }
});

test('a range outside is 416 with the size', async (t) => {
  const node = await startAppliance(t);
  const url = contentUrl(node, await putVideo(node, 'a.mp4', BYTES));
  const outside = await fetchWhole(url, { headers: { range: `bytes=${BYTES.length}-` } });
  t.equal(outside.status, 416);
  t.equal(outside.headers['content-range'], `bytes */${BYTES.length}`);
  t.match(outside.headers['content-type'], /^application\/problem\+json/);
  t.equal(outside.headers.etag, undefined);
  t.match(JSON.parse(outside.text), { type: '/problems/range-not-satisfiable', status: 416, sizeBytes: BYTES.length });
});

test('If-Range, If-None-Match and If-Match', async (t) => {
  const node = await startAppliance(t);
  const video = await putVideo(node, 'a.mp4', BYTES);
  const etag = `"${video.contentId}"`;
  const get = async (headers: Record<string, string>) => fetchWhole(contentUrl(node, video), { headers });
  t.equal((await get({ range: 'bytes=0-1', 'if-range': etag })).status, 206);
  t.equal((await get({ range: 'bytes=0-1', 'if-range': '"other"' })).status, 200, 'the whole new version');
  const unchanged = await get({ 'if-none-match': etag, range: 'bytes=0-1' });
  t.equal(unchanged.status, 304);
  t.equal(unchanged.headers.etag, etag);
  t.equal(unchanged.body.length, 0);
  t.equal((await get({ 'if-none-match': '"other"' })).status, 200);
  t.equal((await get({ 'if-match': '"other"' })).status, 412);
  t.equal((await get({ 'if-match': etag })).status, 200);
});

test('HEAD tells what GET would, without bytes and whatever the range', async (t) => {
  const node = await startAppliance(t);
  const head = await fetchWhole(contentUrl(node, await putVideo(node, 'a.mp4', BYTES)), { method: 'HEAD', headers: { range: 'bytes=0-1' } });
  t.equal(head.status, 200);
  t.equal(head.headers['content-length'], String(BYTES.length));
  t.equal(head.body.length, 0);
});

test('what is no media is saved and not opened, and nothing runs with rights', async (t) => {
  const node = await startAppliance(t);
  const page = await fetchWhole(contentUrl(node, await putVideo(node, 'page.html', Buffer.from('<script>alert(1)</script>'))));
  t.match(page.headers['content-disposition'], /^attachment; /);
  t.equal(page.headers['content-security-policy'], 'sandbox');
});

test('an unknown content id is 404 and a malformed one 400, both problem documents', async (t) => {
  const node = await startAppliance(t);
  const unknown = await fetchWhole(contentUrl(node, { contentId: 'f'.repeat(64) }));
  t.match(JSON.parse(unknown.text), { type: '/problems/no-such-video', status: 404, contentId: 'f'.repeat(64) });
  const malformed = await fetchWhole(contentUrl(node, { contentId: 'F'.repeat(64) }));
  t.match(JSON.parse(malformed.text), { type: '/problems/bad-request', status: 400, field: 'contentId' });
});

test('pages of other origins may read, without credentials', async (t) => {
  const node = await startAppliance(t);
  const video = await putVideo(node, 'a.mp4', BYTES);
  const origin = 'http://other.example';
  for (const path of ['/api/videos', `/api/videos/${video.contentId}`, `/api/videos/${video.contentId}/manifest`, `/videos/${video.contentId}/content`]) {
    const answer = await fetchWhole(node.url + path, { headers: { origin } });
    t.equal(answer.headers['access-control-allow-origin'], '*', path);
    t.equal(answer.headers['access-control-allow-credentials'], undefined);
    t.match(answer.headers['access-control-expose-headers'], /content-range.*etag.*retry-after/);
    const preflight = await fetchWhole(node.url + path, {
      method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'switch-grant,range' },
    });
    t.equal(preflight.status, 204);
    t.match(preflight.headers['access-control-allow-headers'], /switch-grant.*range/);
    t.notMatch(preflight.headers['access-control-allow-methods'], /DELETE|PATCH|PUT|POST/);
  }
  t.equal((await fetchWhole(`${node.url}/api/session`, { headers: { origin } })).headers['access-control-allow-origin'], undefined);
});

test('a reader who takes nothing for a while gets his own bytes then, whatever others read or leave unread meanwhile', async (t) => {
  // More than the system takes for a reader who reads nothing, so that the node itself must hold some.
  const bytes = randomBytes(24 * MIB + 12_345);
  const node = await startAppliance(t, { cdnMaxStreams: 64, cdnMaxMbps: 0 });
  const url = contentUrl(node, await putVideo(node, 'many.mp4', bytes));
  const ask = async (start: number): Promise<IncomingMessage> => (await open(url, { headers: { range: `bytes=${start}-` } })).response;
  const read = async (response: IncomingMessage, start: number, maxBytes = Infinity): Promise<void> => {
    let at = start;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (!bytes.subarray(at, at + chunk.length).equals(chunk)) t.fail(`other bytes at ${at}`);
      at += chunk.length;
      if (at - start > maxBytes) return;
    }
    t.equal(at, bytes.length);
  };
  const waiting = await Promise.all([0, 1_001, 2 * MIB + 5].map(async (start) => ({ start, response: await ask(start) })));
  await Promise.all([0, 77, MIB, 3 * MIB + 1].map(async (start) => read(await ask(start), start)));
  await Promise.all([0, 99, 2 * MIB].map(async (start) => read(await ask(start), start, MIB)));
  await Promise.all(waiting.map(({ response, start }) => read(response, start)));
});
