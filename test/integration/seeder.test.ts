/** The seeder as the peer of real viewers, over WebRTC on this machine. */
import { test } from 'tap';

import { MemoryPieceStore, type Download } from '../../engine/index.ts';
import { sampleContent } from '../fixtures/sample-content.ts';
import { eventually } from '../fixtures/http.ts';
import { startSeedingNode } from '../fixtures/signalling-seeder.ts';

const LIMIT_MS = 20_000;

async function bytesOf(download: Download): Promise<Buffer> {
  return Buffer.from(await download.read(0, download.manifest.sizeBytes));
}

test('serves a viewer whom the full CDN refused, and leaves when nobody is there any more', async (t) => {
  const content = sampleContent(3_000_000);
  const node = await startSeedingNode(t, content, { idleMs: 200 });
  const download = await node.viewer().open(content.manifest, { store: new MemoryPieceStore(), timeoutMs: LIMIT_MS });
  await download.finished;
  t.ok(Buffer.from(content.bytes).equals(await bytesOf(download)));
  const figures = download.figures();
  t.same(figures.bytesFrom, { cdn: 0, peers: 0, seeder: content.bytes.length });
  t.ok(figures.switches.some(({ to }) => to === 'swarm'));
  t.match(node.seeder.figures(), { enabled: true, videos: 1, peers: 1 });
  t.ok(node.seeder.figures().sentBytes >= content.bytes.length);
  t.same(node.hub.figures().swarms, [{ contentId: content.manifest.contentId, viewers: 1, seeders: 1 }]);
  await download.close();
  await eventually('the seeder leaves', () => node.seeder.figures().videos === 0);
  await eventually('the swarm ends', () => node.hub.figures().swarmsTotal === 0);
  t.ok(node.seeder.figures().sentBytes >= content.bytes.length, 'what it sent stays counted');
});

test('sends no faster than its cap', async (t) => {
  const content = sampleContent(2_000_000);
  const node = await startSeedingNode(t, content, { maxMbps: 8 });
  const startedMs = performance.now();
  const download = await node.viewer().open(content.manifest, { store: new MemoryPieceStore(), timeoutMs: LIMIT_MS });
  await download.finished;
  const seconds = (performance.now() - startedMs) / 1000;
  t.ok(seconds > 1.2, `2 MB at 8 Mb/s took ${seconds} s`);
});

test('stops serving a video that was deleted', async (t) => {
  const content = sampleContent(4_000_000);
  const node = await startSeedingNode(t, content, { maxMbps: 4 });
  const { contentId } = content.manifest;
  const download = await node.viewer().open(content.manifest, { store: new MemoryPieceStore() });
  download.finished.catch(() => undefined);
  await eventually('some pieces come', () => download.figures().bytesFrom.seeder > 0);
  await node.storage.videos.delete(contentId);
  node.cache.forget(contentId);
  await node.seeder.forget(contentId);
  t.equal(node.seeder.figures().videos, 0);
  await eventually('the viewer sees it go', () => download.figures().peers.length === 0);
  t.ok(download.figures().piecesHeld < content.pieceCount);
});

test('viewers go on without a seeder that stops', async (t) => {
  const content = sampleContent(2_000_000);
  const node = await startSeedingNode(t, content);
  const first = await node.viewer().open(content.manifest, { store: new MemoryPieceStore(), timeoutMs: LIMIT_MS });
  await first.finished;
  await node.seeder.stop();
  const second = await node.viewer().open(content.manifest, { store: new MemoryPieceStore(), timeoutMs: LIMIT_MS });
  await second.finished;
  t.same(second.figures().bytesFrom, { cdn: 0, peers: content.bytes.length, seeder: 0 });
});
