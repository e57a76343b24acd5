import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { contentUrl, putVideo, startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { eventually, fetchWhole, open } from '../fixtures/http.ts';

/** More than the buffers of two sockets take, so that a response nobody reads stays open. */
const LARGE = randomBytes(24 * 1024 * 1024);
const SMALL = randomBytes(1000);

async function activeStreams({ url }: RunningAppliance): Promise<number> {
  const status = await fetch(`${url}/api/status`);
  return (await status.json() as { cdn: { activeStreams: number } }).cdn.activeStreams;
}

async function allFree(node: RunningAppliance): Promise<void> {
  await eventually('a free slot', async () => await activeStreams(node) === 0);
}

test('a full CDN refuses with the content id, where to signal and how many wait', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 1 });
  const [large, small] = [await putVideo(node, 'large.mp4', LARGE), await putVideo(node, 'small.mp4', SMALL)];
  const viewer = await open(contentUrl(node, large));
  t.equal(viewer.status, 200);
  const refused = await fetchWhole(contentUrl(node, small), { headers: { origin: 'http://other.example', range: 'bytes=0-9' } });
  t.equal(refused.status, 503);
  t.match(refused.headers, { 'content-type': /^application\/problem\+json/, 'retry-after': /^\d+$/, 'cache-control': 'no-store', 'access-control-allow-origin': '*' });
  for (const name of ['etag', 'content-range', 'content-disposition']) t.equal(refused.headers[name], undefined, `${name} is not the problem's`);
  const { title, detail, ...problem } = JSON.parse(refused.text);
  t.same(problem, { type: '/problems/cdn-busy', status: 503, contentId: small.contentId, signalling: '/signalling', waiting: 0 });
  t.type(title, 'string');
  t.type(detail, 'string');
  viewer.response.destroy();
  await allFree(node);
  t.equal((await fetchWhole(contentUrl(node, small))).status, 200, 'and admits again');
});

test('HEAD, the manifest, the list, 304 and 416 are never refused for load', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 1 });
  const video = await putVideo(node, 'large.mp4', LARGE);
  const url = contentUrl(node, video);
  const viewer = await open(url);
  t.teardown(() => viewer.response.destroy());
  t.equal((await fetchWhole(url, { method: 'HEAD' })).status, 200);
  t.equal((await fetchWhole(url, { headers: { 'if-none-match': `"${video.contentId}"` } })).status, 304);
  t.equal((await fetchWhole(url, { headers: { range: 'bytes=999999999-' } })).status, 416);
  t.equal((await fetchWhole(`${node.url}/api/videos/${video.contentId}/manifest`)).status, 200);
  t.equal((await fetchWhole(`${node.url}/api/videos`)).status, 200);
  t.equal((await fetchWhole(url)).status, 503);
});

test('a slot comes back when the response ends, when the client goes away, and when the range is read', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 1 });
  const url = contentUrl(node, await putVideo(node, 'large.mp4', LARGE));
  t.ok((await fetchWhole(url)).body.equals(LARGE));
  await allFree(node);
  for (let count = 0; count < 5; count += 1) {
    const viewer = await open(url);
    t.equal(viewer.status, 200);
    t.equal(await activeStreams(node), 1);
    viewer.response.destroy();
    await allFree(node);
  }
  for (let count = 0; count < 5; count += 1) {
    t.equal((await fetchWhole(url, { headers: { range: 'bytes=0-99999' } })).status, 206);
    await allFree(node);
  }
});

test('a reader that takes nothing loses its slot and its connection', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 1, cdnIdleTimeoutMs: 300 });
  const url = contentUrl(node, await putVideo(node, 'large.mp4', LARGE));
  const stalled = await open(url);
  const cut = new Promise((resolve) => stalled.response.once('close', resolve));
  await allFree(node);
  stalled.response.resume();
  await cut;
  t.equal(stalled.response.complete, false, 'the connection was closed in the middle');
});

test('a reader that is slow but takes bytes keeps its slot', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 1, cdnIdleTimeoutMs: 300 });
  const url = contentUrl(node, await putVideo(node, 'large.mp4', LARGE));
  const { response } = await open(url);
  let received = 0;
  const startedAt = performance.now();
  for await (const chunk of response) {
    received += (chunk as Buffer).length;
    // Paces the reader below what would keep the sockets' buffers from filling, for four times the limit.
    const behindMs = Math.min(1200, (received / LARGE.length) * 1200) - (performance.now() - startedAt);
    if (behindMs > 1) await new Promise((resolve) => setTimeout(resolve, behindMs));
  }
  t.equal(received, LARGE.length);
  t.ok(performance.now() - startedAt > 1000);
});

test('maxMbps bounds the slots: each stream must be able to have its share', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 8, cdnMaxMbps: 10, cdnMinStreamMbps: 4 });
  const url = contentUrl(node, await putVideo(node, 'large.mp4', LARGE));
  const viewers = [await open(url), await open(url)];
  t.teardown(() => viewers.forEach((viewer) => viewer.response.destroy()));
  t.same(viewers.map((viewer) => viewer.status), [200, 200]);
  t.equal((await fetchWhole(url)).status, 503);
  const { cdn } = await (await fetch(`${node.url}/api/status`)).json() as { cdn: object };
  t.same(cdn, { maxStreams: 2, activeStreams: 2, waiting: 0, maxMbps: 10 });
});

test('streams together stay within maxMbps, and none of them starves', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 8, cdnMaxMbps: 40, cdnMinStreamMbps: 4 });
  const url = contentUrl(node, await putVideo(node, 'large.mp4', LARGE));
  const startedAt = performance.now();
  const viewers = [await open(url), await open(url), await open(url)];
  // Shares are compared from when all three were there.
  const allThereAt = performance.now();
  const shares = await Promise.all(viewers.map(async ({ response }) => {
    let early = 0;
    let together = 0;
    for await (const chunk of response) {
      const { length } = chunk as Buffer;
      if (performance.now() < allThereAt + 200) early += length;
      else together += length;
      if (performance.now() > allThereAt + 1700) break;
    }
    return { early, together };
  }));
  const seconds = (performance.now() - startedAt) / 1000;
  const mbps = (shares.reduce((sum, { early, together }) => sum + early + together, 0) * 8) / 1e6 / seconds;
  t.ok(mbps <= 42, `${mbps.toFixed(1)} Mb/s of 40`);
  t.ok(mbps > 20, 'and uses them');
  const bytes = shares.map(({ together }) => together);
  // Exactly even they are in the pacer's own test; here the readers share one busy process.
  t.ok(Math.min(...bytes) > 0.5 * Math.max(...bytes), `shares: ${bytes.join(', ')}`);
});

test('bytes on their way when a video is deleted never turn into others', async (t) => {
  const node = await startAppliance(t);
  const video = await putVideo(node, 'large.mp4', LARGE);
  const viewer = await open(contentUrl(node, video));
  const deleted = await fetchWhole(`${node.url}/api/videos/${video.contentId}`, { method: 'DELETE', headers: { authorization: `Bearer ${node.adminToken}` } });
  t.equal(deleted.status, 204);
  const chunks: Buffer[] = [];
  viewer.response.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => viewer.response.once('close', resolve));
  const received = Buffer.concat(chunks);
  t.ok(received.equals(LARGE.subarray(0, received.length)), `${received.length} right bytes`);
  t.equal(viewer.response.complete, received.length === LARGE.length, 'and what is short is seen to be short');
  t.equal((await fetchWhole(contentUrl(node, video))).status, 404);
  await allFree(node);
});
