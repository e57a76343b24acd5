import { test } from 'tap';
import { systemClock } from '../../../../engine/platform/clock.ts';
import { parseRetryAfter } from '../../../../engine/source/cdn-refusal.ts';
import { CdnSource } from '../../../../engine/source/cdn-source.ts';
import { startCdnServer } from '../../../fixtures/cdn-server.ts';
import { sampleContent } from '../../../fixtures/sample-content.ts';

const content = sampleContent(3 * 256 * 1024);
const signal = new AbortController().signal;

const fetchAll = async (source: CdnSource, options: { readonly grant?: string } = {}): Promise<number> => {
  let pieces = 0;
  for await (const _ of source.fetch({ first: 0, last: 2 }, { signal, ...options })) pieces += 1;
  return pieces;
};

const sourceAt = (base: string): CdnSource => new CdnSource({ fetch, clock: systemClock }, { base, manifest: content.manifest, stallMs: 1_000 });

test('asks for exactly the bytes of the span, and presents the grant', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.maxStreams = 0;
  cdn.grants.add('mine');
  t.equal(await fetchAll(sourceAt(cdn.url), { grant: 'mine' }), 3);
  t.same(cdn.requests, [{ range: `bytes=0-${content.bytes.length - 1}`, grant: 'mine', status: 206 }]);
});

test('a refusal for load says when to come back', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.maxStreams = 0;
  cdn.retryAfterSeconds = 7;
  await t.rejects(fetchAll(sourceAt(cdn.url)), { code: 'cdn-busy', retryAfterMs: 7_000 });
});

test('a 503 that is no cdn-busy problem is not a queue to stand in', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.answer = (_request, response) => {
    response.writeHead(503, { 'content-type': 'application/problem+json' }).end('{"type":"/problems/shutting-down"}');
    return true;
  };
  await t.rejects(fetchAll(sourceAt(cdn.url)), { code: 'cdn-down' });
  cdn.answer = (_request, response) => {
    response.writeHead(503, { 'content-type': 'application/problem+json' }).end('x'.repeat(100_000));
    return true;
  };
  await t.rejects(fetchAll(sourceAt(cdn.url)), { code: 'cdn-down' });
});

test('404 is no-such-video', async (t) => {
  const cdn = await startCdnServer(t, sampleContent(1_000, 9));
  await t.rejects(fetchAll(sourceAt(cdn.url)), { code: 'no-such-video' });
});

test('a stream that ends too early is cdn-down', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.answer = (_request, response) => {
    response.writeHead(206, { 'content-range': `bytes 0-${content.bytes.length - 1}/${content.bytes.length}` }).end(content.bytes.subarray(0, 300_000));
    return true;
  };
  await t.rejects(fetchAll(sourceAt(cdn.url)), { code: 'cdn-down', message: /too early/ });
});

test('the slot is given back when the reader stops in the middle', async (t) => {
  const large = sampleContent(20 * 1024 * 1024);
  const cdn = await startCdnServer(t, large);
  const source = new CdnSource({ fetch, clock: systemClock }, { base: cdn.url, manifest: large.manifest });
  for await (const { piece } of source.fetch({ first: 0, last: 79 }, { signal })) if (piece === 1) break;
  while (cdn.activeStreams > 0) await new Promise((resolve) => void setImmediate(resolve));
  t.equal(cdn.activeStreams, 0);
  t.ok(cdn.sentBytes < large.bytes.length, 'and the rest was not sent');
});

test('a body that neither gives bytes nor can be cancelled does not hold the source up', async (t) => {
  const source = new CdnSource({ clock: systemClock, fetch: async () => new Response(new ReadableStream({
    pull: () => new Promise(() => undefined), cancel: () => new Promise(() => undefined),
  }), { status: 206 }) }, { base: 'http://home.lan', manifest: content.manifest, stallMs: 50 });
  await t.rejects(fetchAll(source), { code: 'timeout' });
});

test('an appliance below a path is asked below that path', async (t) => {
  const urls: string[] = [];
  const source = new CdnSource({ clock: systemClock, fetch: async (url) => {
    urls.push(String(url));
    return new Response(null, { status: 404 });
  } }, { base: 'http://home.lan/videos-app/', manifest: content.manifest });
  await t.rejects(fetchAll(source), { code: 'no-such-video' });
  t.same(urls, [`http://home.lan/videos-app/videos/${content.manifest.contentId}/content`]);
});

test('Retry-After is seconds or a date (RFC 9110 section 10.2.3)', (t) => {
  const now = Date.UTC(2026, 10, 23, 6, 0, 0);
  t.equal(parseRetryAfter('2', now), 2_000);
  t.equal(parseRetryAfter('Mon, 23 Nov 2026 06:00:05 GMT', now), 5_000);
  t.equal(parseRetryAfter('Mon, 23 Nov 2026 05:00:00 GMT', now), 0);
  for (const value of [null, '', 'soon', '-3', '1.5e9x']) t.equal(parseRetryAfter(value, now), undefined, `${value}`);
  t.end();
});

test('window after window comes over the same connections, also for who stops at the last piece', async (t) => {
  const cdn = await startCdnServer(t, content);
  const sockets = new Set<unknown>();
  cdn.answer = (request) => {
    sockets.add(request.socket);
    return false;
  };
  const source = sourceAt(cdn.url);
  for (let window = 0; window < 5; window += 1) {
    for await (const { piece } of source.fetch({ first: 0, last: 2 }, { signal })) if (piece === 2) break;
  }
  // Node hands a connection back a moment after the end, so that two take turns.
  t.ok(sockets.size <= 2, `${sockets.size} connections for five windows`);
});
