import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'tap';
import { contentUrl, putVideo, startAppliance } from '../fixtures/appliance.ts';
import { eventually, fetchWhole, open } from '../fixtures/http.ts';
import { serve } from '../fixtures/served-node.ts';

const LARGE = randomBytes(24 * 1024 * 1024);

test('a drain is not ready, opens no stream and lets open ones end', async (t) => {
  const node = await startAppliance(t, { drainTimeoutMs: 8000 });
  const url = contentUrl(node, await putVideo(node, 'large.mp4', LARGE));
  const viewer = await open(url);
  const stopped = node.appliance.stop();
  const ready = await fetchWhole(`${node.url}/readyz`);
  t.equal(ready.status, 503);
  t.match(JSON.parse(ready.text), { type: '/problems/shutting-down' });
  const refused = await fetchWhole(url);
  t.equal(refused.status, 503);
  t.match(JSON.parse(refused.text), { type: '/problems/shutting-down' });
  t.match(refused.headers, { 'retry-after': /^\d+$/ });
  t.equal((await fetchWhole(`${node.url}/healthz`)).status, 200, 'still alive');
  let received = 0;
  for await (const chunk of viewer.response) received += (chunk as Buffer).length;
  t.equal(received, LARGE.length);
  await stopped;
  await t.rejects(fetchWhole(`${node.url}/healthz`), { code: 'ECONNREFUSED' });
});

test('a viewer who went away in mid-film is told in the log, and no drain waits for it', async (t) => {
  const node = await startAppliance(t, { drainTimeoutMs: 60_000, logLevel: 'info' });
  const viewer = await open(contentUrl(node, await putVideo(node, 'large.mp4', LARGE)));
  viewer.response.destroy();
  await eventually('a line of the log', () => node.logLines.some((line) => line.includes('/content"') && line.includes('"cut":true')));
  const startedAt = performance.now();
  await node.appliance.stop();
  t.ok(performance.now() - startedAt < 10_000);
});

test('what is still open when the time is over is cut, and stopping twice is stopping once', async (t) => {
  const node = await startAppliance(t, { drainTimeoutMs: 200 });
  const viewer = await open(contentUrl(node, await putVideo(node, 'large.mp4', LARGE)));
  const startedAt = performance.now();
  await Promise.all([node.appliance.stop(), node.appliance.stop()]);
  t.ok(performance.now() - startedAt < 8000);
  viewer.response.resume();
  await new Promise((resolve) => viewer.response.once('close', resolve));
  t.equal(viewer.response.complete, false);
});

test('the token is shown at the first start, works, and is never shown again', async (t) => {
  const dataDir = t.testdir();
  const first = serve(t, ['--port', '0', '--data-dir', dataDir]);
  const url = await first.url;
  const token = await eventually('a token', () => /^ {2}([\w-]{43})$/m.exec(first.output())?.[1]);
  const answer = await fetchWhole(`${url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) });
  t.equal(answer.status, 200);
  first.child.kill('SIGTERM');
  t.equal(await first.exited, 0);
  t.notMatch(first.log(), token);
  const second = serve(t, ['--port', '0', '--data-dir', dataDir]);
  const again = await fetchWhole(`${await second.url}/api/videos/${'0'.repeat(64)}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
  t.equal(again.status, 404, 'still the same token');
  second.child.kill('SIGINT');
  t.equal(await second.exited, 0);
  t.notMatch(second.output(), /token/i);
});

test('SIGTERM ends the process within ten seconds though a reader stands still', async (t) => {
  const adminToken = 'a-token';
  const served = serve(t, ['--port', '0', '--data-dir', t.testdir(), '--drain-timeout-ms', '1000'], { SWITCH_ADMIN_TOKEN: adminToken });
  const url = await served.url;
  const put = await fetch(`${url}/api/videos/a.mp4`, { method: 'PUT', headers: { authorization: `Bearer ${adminToken}` }, body: LARGE });
  const { contentId } = await put.json() as { contentId: string };
  await open(`${url}/videos/${contentId}/content`);
  const startedAt = performance.now();
  served.child.kill('SIGTERM');
  t.equal(await served.exited, 0);
  const elapsedMs = performance.now() - startedAt;
  t.ok(elapsedMs >= 900 && elapsedMs < 9000, `${Math.round(elapsedMs)} ms`);
  for (const line of served.log().trim().split('\n')) t.type(JSON.parse(line).msg, 'string');
});

test('wrong settings stop the start with exit code 2 and say what would be right', async (t) => {
  const served = serve(t, ['--port', 'http', '--cdn-max-stream', '3']);
  t.equal(await served.exited, 2);
  t.match(served.log(), /--port is "http"; it must be a whole number from 0 to 65535/);
  t.match(served.log(), /Did you mean cdn-max-streams\?/);
});

test('a taken port is told in words, with exit code 1', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.teardown(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const served = serve(t, ['--port', String(port), '--data-dir', t.testdir()]);
  t.equal(await served.exited, 1);
  t.match(served.log(), new RegExp(`port ${port} is taken by another program`));
  t.match(served.output(), /^ {2}[\w-]{43}$/m, 'the token was made, and no later start would show it');
});
