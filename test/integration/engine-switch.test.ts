/** The whole idea with real parts: a real appliance over HTTP and WebSocket, real peers over WebRTC, one slot. */
import { test, type Test } from 'tap';
import { createEngine, errorCode, type Engine, type EngineOptions } from '../../engine/index.ts';
import { startAppliance, contentUrl, putVideo, type RunningAppliance } from '../fixtures/appliance.ts';
import { bytesOf, openDownload, until } from '../fixtures/engine-bench.ts';
import { sampleContent } from '../fixtures/sample-content.ts';

const MiB = 1024 * 1024;
const content = sampleContent(24 * MiB + 777);

const startRealEngine = (t: Test, appliances: readonly string[], options: Partial<EngineOptions> = {}): Engine => {
  const engine = createEngine({ appliances, ...options });
  t.teardown(() => engine.stop());
  return engine;
};

/** Takes a slot with a plain request that is not read on, until `release`. */
const holdSlot = async (t: Test, appliance: RunningAppliance): Promise<() => Promise<void>> => {
  const stop = new AbortController();
  const response = await fetch(contentUrl(appliance, content.manifest), { signal: stop.signal });
  t.equal(response.status, 200);
  const reader = response.body?.getReader();
  await reader?.read();
  const release = async (): Promise<void> => {
    await reader?.cancel().catch(() => undefined);
    stop.abort();
  };
  t.teardown(release);
  return release;
};

test('refused by a full CDN, served by another viewer, granted and back at the CDN', async (t) => {
  const appliance = await startAppliance(t, { cdnMaxStreams: 1 });
  const video = await putVideo(appliance, 'film.mp4', content.bytes);
  t.equal(video.contentId, content.manifest.contentId);

  const first = startRealEngine(t, [appliance.url], { maxUploadMbps: 40 });
  const manifest = await first.manifest(video.contentId);
  const seed = await openDownload(first, { ...content, manifest });
  await seed.download.finished;
  t.equal(seed.download.figures().bytesFrom.cdn, content.bytes.length, 'the first viewer had the slot');

  const release = await holdSlot(t, appliance);
  const second = startRealEngine(t, [appliance.url]);
  const { download } = await openDownload(second, { ...content, manifest });
  // Where the CDN takes its time to refuse, the swarm has begun before.
  const swarming = await until(download, ({ bytesFrom, state }) => bytesFrom.peers > 2 * MiB && state === 'swarm', 20_000);
  t.equal(swarming.cdnQueuePosition, 1);
  await release();
  await until(download, ({ state }) => state === 'cdn', 20_000);
  await download.finished;

  const figures = download.figures();
  t.match(figures.switches.at(-2), { from: 'swarm', to: 'cdn', reason: 'cdn-granted' });
  t.ok(figures.bytesFrom.cdn > 0 && figures.bytesFrom.peers > 0, JSON.stringify(figures.bytesFrom));
  t.equal(figures.bytesFrom.cdn + figures.bytesFrom.peers, content.bytes.length);
  t.equal(figures.hashFailures, 0);
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
  t.ok(seed.download.figures().bytesSent >= figures.bytesFrom.peers);
});

test('an appliance that goes away in mid-stream: its viewers finish from each other', async (t) => {
  const appliance = await startAppliance(t, { cdnMaxStreams: 4 });
  await putVideo(appliance, 'film.mp4', content.bytes);
  const seed = await openDownload(startRealEngine(t, [appliance.url]), content);
  await seed.download.finished;

  const engine = createEngine({ appliances: [appliance.url] }, { fetch: slowFetch });
  t.teardown(() => engine.stop());
  const { download } = await openDownload(engine, content);
  await until(download, ({ state, peers, piecesHeld }) => state === 'cdn' && peers.length > 0 && piecesHeld > 4, 20_000);
  await appliance.appliance.stop();
  await download.finished;
  const figures = download.figures();
  t.ok(figures.bytesFrom.cdn > 0 && figures.bytesFrom.peers > 0, JSON.stringify(figures.bytesFrom));
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
  await t.rejects(startRealEngine(t, [appliance.url]).manifest(content.manifest.contentId, { timeoutMs: 500 }), { code: 'nobody-serves' });
});

test('a viewer that shares nothing is asked for nothing, and its own download goes on', async (t) => {
  const appliance = await startAppliance(t, { cdnMaxStreams: 1 });
  await putVideo(appliance, 'film.mp4', content.bytes);
  const selfish = await openDownload(startRealEngine(t, [appliance.url]), content, { share: false });
  await selfish.download.finished;
  await holdSlot(t, appliance);
  const { download } = await openDownload(startRealEngine(t, [appliance.url]), content, { timeoutMs: 1_500 });
  const failure: unknown = await download.finished.catch((error: unknown) => error);
  t.equal(errorCode(failure), 'nobody-serves');
  t.equal(selfish.download.figures().bytesSent, 0);
  selfish.download.setSharing(true);
  const again = await openDownload(startRealEngine(t, [appliance.url]), content);
  await again.download.finished;
  t.equal(again.download.figures().bytesFrom.peers, content.bytes.length);
});

const slowFetch: typeof fetch = async (input, init) => slowed(await fetch(input, init));

/** The same answer at about 4 MiB/s, so that a test can come in between. */
function slowed(response: Response): Response {
  if (response.body === null || response.status !== 206) return response;
  const body = response.body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
    transform: async (chunk, controller) => {
      await new Promise((resolve) => void setTimeout(resolve, chunk.length / 4_000));
      controller.enqueue(chunk);
    },
  }));
  return new Response(body, response);
}
