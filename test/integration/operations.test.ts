import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { contentUrl, putVideo, startAppliance } from '../fixtures/appliance.ts';
import { fetchWhole } from '../fixtures/http.ts';

test('alive and ready', async (t) => {
  const node = await startAppliance(t);
  for (const path of ['/healthz', '/readyz']) t.equal((await fetchWhole(node.url + path)).status, 200, path);
});

test('alive but not ready when the storage is gone', async (t) => {
  const dataDir = join(t.testdir({ data: {} }), 'data');
  const node = await startAppliance(t, { dataDir });
  await rm(dataDir, { recursive: true });
  t.equal((await fetchWhole(`${node.url}/healthz`)).status, 200);
  const ready = await fetchWhole(`${node.url}/readyz`);
  t.equal(ready.status, 503);
  t.match(JSON.parse(ready.text), { type: '/problems/storage-unavailable', status: 503 });
});

test('the status has the figures of every part', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 3 });
  await putVideo(node, 'a.mp4', randomBytes(1000));
  const status = JSON.parse((await fetchWhole(`${node.url}/api/status`)).text);
  t.same(status.cdn, { maxStreams: 3, activeStreams: 0, waiting: 0, maxMbps: 0 });
  t.same(status.swarms, []);
  t.match(status.seeder, { enabled: false, sentBytes: 0 });
  t.match(status.storage, { kind: 'filesystem', freeBytes: Number });
  t.ok(status.storage.usedBytes >= 1000);
  t.match(status.version, /^\d+\.\d+\.\d+/);
});

test('the metrics count bytes, decisions and uploads, for each appliance by itself', async (t) => {
  const [node, other] = [await startAppliance(t), await startAppliance(t)];
  const bytes = randomBytes(300_000);
  const video = await putVideo(node, 'a.mp4', bytes);
  await putVideo(node, 'again.mp4', bytes);
  await fetchWhole(contentUrl(node, video), { headers: { range: 'bytes=0-99999' } });
  await fetchWhole(contentUrl(node, video), { method: 'HEAD' });
  const metrics = await fetchWhole(`${node.url}/metrics`);
  t.match(metrics.headers['content-type'], /^text\/plain/);
  for (const line of [
    'switch_content_bytes_total 100000', 'switch_cdn_admission_total{event="admitted"} 1', 'switch_uploads_total{outcome="stored"} 1',
    'switch_uploads_total{outcome="already-stored"} 1', 'switch_cdn_active_streams 0', 'switch_cdn_slots 8', 'switch_swarms 0',
    'switch_seeder_sent_bytes_total 0', 'switch_http_request_duration_seconds_count{method="GET",route="/videos/:contentId/content",status="206"} 1',
  ]) t.ok(metrics.text.split('\n').includes(line), line);
  t.match(metrics.text, /process_resident_memory_bytes \d+/);
  t.notMatch(metrics.text, video.contentId, 'one series a route, not one a video');
  t.match((await fetchWhole(`${other.url}/metrics`)).text, /switch_content_bytes_total 0/);
});

test('every answer carries a request id, and the log has one line under it', async (t) => {
  const node = await startAppliance(t, { logLevel: 'info' });
  const answer = await fetchWhole(`${node.url}/api/videos?q=x`);
  const id = String(answer.headers['x-request-id']);
  t.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const lines = node.logLines.map((line) => JSON.parse(line)).filter((line) => line.reqId === id);
  t.match(lines, [{ method: 'GET', url: '/api/videos?q=x', status: 200, elapsedMs: Number }]);
  t.equal(lines.length, 1);
});

test('the API describes itself, without the internet', async (t) => {
  const node = await startAppliance(t);
  const { paths } = JSON.parse((await fetchWhole(`${node.url}/docs/json`)).text);
  for (const [path, method] of [
    ['/api/videos', 'get'], ['/api/videos/{contentId}', 'patch'], ['/api/videos/{contentId}/manifest', 'get'], ['/videos/{contentId}/content', 'get'],
    ['/api/status', 'get'], ['/api/session', 'post'],
  ] as const) t.ok(paths[path]?.[method], `${method} ${path}`);
  t.equal(paths['/api/videos'].options, undefined);
  const page = await fetchWhole(`${node.url}/docs/`);
  t.equal(page.status, 200);
  t.notMatch(page.text, /(src|href)="(https?:)?\/\//);
});

test('what does not exist is a problem document for programs', async (t) => {
  const node = await startAppliance(t);
  for (const path of ['/nothing', '/api/nothing', '/assets/nothing.js']) {
    const answer = await fetchWhole(node.url + path, { headers: path.startsWith('/a') ? { accept: 'text/html' } : {} });
    t.match(JSON.parse(answer.text), { type: '/problems/not-found', status: 404 }, path);
  }
  t.equal((await fetchWhole(`${node.url}/api/videos`, { method: 'POST' })).status, 404);
  const malformed = await fetchWhole(`${node.url}/api/videos/%zz`);
  t.match(malformed.headers['content-type'], /^application\/problem\+json/);
  t.match(JSON.parse(malformed.text), { type: '/problems/bad-request', status: 400 });
});

test('pages are bounded by a policy that works on plain http', async (t) => {
  const node = await startAppliance(t);
  const { headers } = await fetchWhole(`${node.url}/`, { headers: { accept: 'text/html' } });
  t.match(headers['content-security-policy'], /script-src 'self' 'wasm-unsafe-eval'/);
  t.notMatch(headers['content-security-policy'], /upgrade-insecure-requests/);
  t.equal(headers['strict-transport-security'], undefined);
  const { headers: besides } = await fetchWhole(`${node.url}/api/nothing`);
  const { headers: signalling } = await fetchWhole(`${node.url}/signalling`);
  for (const name of ['content-security-policy', 'cross-origin-resource-policy', 'referrer-policy', 'x-content-type-options', 'x-frame-options']) {
    t.ok(besides[name], name);
    t.equal(signalling[name], besides[name], `${name} where no WebSocket was asked for`);
  }
});

test('the address in X-Forwarded-For counts only when a trusted proxy says it', async (t) => {
  const headers = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' };
  for (const [trustProxy, address] of [[[], '127.0.0.1'], [['10.0.0.0/8'], '127.0.0.1'], [['127.0.0.0/8'], '203.0.113.7']] as const) {
    const node = await startAppliance(t, { trustProxy, logLevel: 'info' });
    const session = await fetchWhole(`${node.url}/api/session`, {
      method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ token: node.adminToken }),
    });
    t.match(node.logLines.join(''), `"remoteAddress":"${address}"`, trustProxy.join());
    t.equal(/; Secure/.test(session.headers['set-cookie']?.[0] ?? ''), address === '203.0.113.7', 'and so does the protocol');
  }
});
