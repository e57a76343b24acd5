import { test } from 'tap';
import { bytesOf, openDownload, startEngine } from '../fixtures/engine-bench.ts';
import { startCdnServer } from '../fixtures/cdn-server.ts';
import { MemorySwarm } from '../fixtures/memory-swarm.ts';
import { sampleContent } from '../fixtures/sample-content.ts';

const MiB = 1024 * 1024;
const content = sampleContent(20 * MiB + 12_345);

const path = (figures: { readonly switches: readonly { readonly to: string; readonly reason: string }[] }): string[] =>
  figures.switches.map(({ to, reason }) => `${to}: ${reason}`);

test('a CDN with room serves all of it, window after window, without flapping', async (t) => {
  const cdn = await startCdnServer(t, content);
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content);
  await download.finished;
  const figures = download.figures();
  t.same(path(figures), ['cdn: cdn-admitted', 'done: complete']);
  t.same(figures.bytesFrom, { cdn: content.bytes.length, peers: 0, seeder: 0 });
  t.equal(figures.wastedBytes, 0);
  t.equal(cdn.requests.length, 2, 'windows of 16 MiB');
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('a full CDN: pieces come from the peers, the grant brings it back, and no byte is fetched twice', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.maxStreams = 0;
  const swarm = new MemorySwarm(content);
  for (const peerId of ['a', 'b']) swarm.add({ peerId, latencyMs: 2, bytesPerMs: 10_000 });
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content);
  const refused = await until(({ state, bytesFrom }) => state === 'swarm' && bytesFrom.peers > 4 * MiB);
  t.equal(refused.cdnQueuePosition, 1);
  cdn.grants.add('token');
  swarm.grant('token', performance.now() + 5_000);
  await until(({ state }) => state === 'cdn');
  cdn.maxStreams = 10;
  await download.finished;
  const figures = download.figures();
  t.same(path(figures), ['swarm: cdn-busy', 'cdn: cdn-granted', 'done: complete']);
  t.ok(figures.bytesFrom.cdn > 0 && figures.bytesFrom.peers > 0, JSON.stringify(figures.bytesFrom));
  t.equal(figures.bytesFrom.cdn + figures.bytesFrom.peers, content.bytes.length);
  t.equal(figures.wastedBytes, 0);
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('swarm-first leaves the CDN alone while peers deliver', async (t) => {
  const cdn = await startCdnServer(t, content);
  const swarm = new MemorySwarm(content);
  swarm.add({ peerId: 'seeder', role: 'seeder', latencyMs: 1 });
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content, { policy: 'swarm-first' });
  await download.finished;
  t.same(download.figures().bytesFrom, { cdn: 0, peers: 0, seeder: content.bytes.length });
  t.same(path(download.figures()), ['swarm: swarm-preferred', 'done: complete']);
  t.equal(cdn.requests.length, 0);
});

test('both: CDN and peers share the work', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.bytesPerSecond = 20 * MiB;
  const swarm = new MemorySwarm(content);
  for (const peerId of ['a', 'b']) swarm.add({ peerId, latencyMs: 2, bytesPerMs: 10_000 });
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content, { policy: 'both' });
  await download.finished;
  const { bytesFrom, wastedBytes } = download.figures();
  t.ok(bytesFrom.cdn > 2 * MiB && bytesFrom.peers > 2 * MiB, JSON.stringify(bytesFrom));
  t.ok(wastedBytes < 2 * MiB, `${wastedBytes} bytes wasted`);
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('two engines: the refused one is served by the one that was admitted', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.maxStreams = 1;
  const swarm = new MemorySwarm(content);
  const first = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content);
  await first.download.finished;
  cdn.maxStreams = 0;
  const second = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content);
  await second.download.finished;
  t.equal(second.download.figures().bytesFrom.peers, content.bytes.length);
  t.ok(Buffer.from(await bytesOf(second.download)).equals(content.bytes));
});

test('without a swarm a refused client asks again at the time it was told', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.maxStreams = 0;
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content);
  await until(({ state }) => state === 'waiting');
  t.equal(cdn.requests.length, 1);
  cdn.maxStreams = 1;
  await download.finished;
  t.same(path(download.figures()), ['waiting: cdn-busy', 'cdn: cdn-admitted', 'done: complete']);
});

test('reading only fetches what is read and a window ahead, and a seek goes elsewhere', async (t) => {
  const cdn = await startCdnServer(t, content);
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content, { wants: 'what-is-read', readAheadBytes: 4 * MiB });
  await until(({ state }) => state === 'idle');
  const bytes = await download.read(100, 300_000);
  t.ok(Buffer.from(bytes).equals(content.bytes.subarray(100, 300_000)));
  const idle = await until(({ state }) => state === 'idle');
  t.ok(idle.bytesHeld <= 5 * MiB, `${idle.bytesHeld}`);
  const far = await download.read(15 * MiB, 15 * MiB + 10);
  t.ok(Buffer.from(far).equals(content.bytes.subarray(15 * MiB, 15 * MiB + 10)));
  t.ok((await until(({ state }) => state === 'idle')).bytesHeld < 12 * MiB);
});

test('a pause stops every request, and resume goes on without fetching anything again', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.bytesPerSecond = 60 * MiB;
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content);
  await until(({ piecesHeld }) => piecesHeld > 10);
  download.pause();
  t.equal(download.figures().state, 'stopped');
  while (cdn.activeStreams > 0) await new Promise((resolve) => void setImmediate(resolve));
  const held = download.figures().piecesHeld;
  t.ok(held < content.pieceCount);
  download.resume();
  await download.finished;
  t.equal(download.figures().bytesFrom.cdn, content.bytes.length, 'every piece counted once');
  t.ok(download.figures().wastedBytes < MiB);
});

test('what a store holds from an earlier run is not fetched again, and a store that holds all is a seed', async (t) => {
  const cdn = await startCdnServer(t, content);
  const first = await openDownload(startEngine(t, { appliances: [cdn.url] }), content);
  await first.until(({ piecesHeld }) => piecesHeld > 20);
  await first.download.close();
  await t.rejects(first.download.finished, { code: 'closed' });
  const again = await startEngine(t, { appliances: [cdn.url] }).open(content.manifest, { store: first.store });
  t.ok(again.figures().bytesResumed > 20 * 256 * 1024);
  await again.finished;
  const figures = again.figures();
  t.equal(figures.bytesResumed + figures.bytesFrom.cdn, content.bytes.length);
  await again.close();
  const before = cdn.requests.length;
  const seed = await startEngine(t, { appliances: [cdn.url] }).open(content.manifest, { store: first.store });
  await seed.finished;
  t.equal(seed.figures().state, 'done');
  t.equal(cdn.requests.length, before);
});

test('the manifest comes from the second appliance, or from the swarm, when the first is gone', async (t) => {
  const cdn = await startCdnServer(t, content);
  const gone = await startCdnServer(t, content);
  await gone.stop();
  const manifest = await startEngine(t, { appliances: [gone.url, cdn.url] }).manifest(content.manifest.contentId);
  t.same(manifest, content.manifest);
  const swarm = new MemorySwarm(content);
  swarm.add({ peerId: 'a' });
  t.same(await startEngine(t, { appliances: [gone.url], swarm }).manifest(content.manifest.contentId), content.manifest);
  await t.rejects(startEngine(t, { appliances: [cdn.url] }).manifest('0'.repeat(64)), { code: 'no-such-video' });
  await t.rejects(startEngine(t, { appliances: [gone.url] }).manifest(content.manifest.contentId), { code: 'nobody-serves' });
});

test('it gives up after the time it was given, and says what it tried', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.maxStreams = 0;
  const swarm = new MemorySwarm(content);
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content, { timeoutMs: 300 });
  await t.rejects(download.finished, { code: 'nobody-serves', message: /is full\. No peer was found/ });
  t.equal(download.figures().state, 'failed');
  t.match(download.figures().failure, /Nobody served film\.mp4/);
});

test('an abort closes everything', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.bytesPerSecond = MiB;
  const stop = new AbortController();
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content, { signal: stop.signal });
  await until(({ state }) => state === 'cdn');
  stop.abort();
  await t.rejects(download.finished, { code: 'aborted' });
  t.equal(download.figures().state, 'stopped', 'and not failed');
  await download.close();
  while (cdn.activeStreams > 0) await new Promise((resolve) => void setImmediate(resolve));
  t.equal(cdn.activeStreams, 0);
});
