/** Viewers whom no direct path joins, and a TURN server (coturn) that trusts the passwords an appliance makes. */
import { test, type Test } from 'tap';
import { MemoryPieceStore, type Download } from '../../engine/index.ts';
import { contentUrl, putVideo, startAppliance } from '../fixtures/appliance.ts';
import { open } from '../fixtures/http.ts';
import { sampleContent } from '../fixtures/sample-content.ts';
import { startTurnServer } from '../fixtures/turn-server.ts';
import { NOWHERE, watchedViewer, type WatchedViewer } from '../fixtures/watched-viewer.ts';

const SECRET = 'shared-with-the-turn-server';
const BYTES = 8_000_000;

interface Pair {
  readonly ben: WatchedViewer;
  readonly download: Download;
}

/** Anna has the video from the CDN, which is full when Ben comes; neither tells the other an address of its own, nor tries one. */
async function twoViewers(t: Test, settings: { readonly iceServers: readonly string[]; readonly turnSecret: string; readonly timeoutMs: number }): Promise<Pair> {
  const { iceServers, turnSecret, timeoutMs } = settings;
  const node = await startAppliance(t, { cdnMaxStreams: 1, iceServers, turnSecret });
  const video = await putVideo(node, 'holiday.bin', sampleContent(BYTES).bytes);
  const anna = watchedViewer(t, node.url, { onlyRelays: true, announce: () => [NOWHERE] });
  const manifest = await anna.engine.manifest(video.contentId);
  await (await anna.engine.open(manifest, { store: new MemoryPieceStore() })).finished;
  const { response } = await open(contentUrl(node, video));
  t.teardown(() => response.destroy());
  const ben = watchedViewer(t, node.url, { onlyRelays: true, announce: () => [NOWHERE] });
  return { ben, download: await ben.engine.open(manifest, { store: new MemoryPieceStore(), timeoutMs }) };
}

test('viewers who know nothing of each other but relays find each other by a TURN server', async (t) => {
  const turn = await startTurnServer(t, SECRET);
  if (turn === undefined) return void t.pass('no TURN server', { skip: 'coturn is not installed' });
  const { ben, download } = await twoViewers(t, { iceServers: [turn.address], turnSecret: SECRET, timeoutMs: 20_000 });
  await download.finished;
  t.same(download.figures().bytesFrom, { cdn: 0, peers: BYTES, seeder: 0 });
  // On one machine the first check that comes through the relay shows a shorter way, which ICE then takes.
  t.ok(ben.told.some((candidate) => / typ relay\b/.test(candidate)));
  t.equal((await ben.pairs()).length, 1);
});

test('a TURN server with another secret lets nobody through', async (t) => {
  const turn = await startTurnServer(t, 'another secret');
  if (turn === undefined) return void t.pass('no TURN server', { skip: 'coturn is not installed' });
  const { ben, download } = await twoViewers(t, { iceServers: [turn.address], turnSecret: SECRET, timeoutMs: 2_500 });
  await t.rejects(download.finished, { code: 'nobody-serves', message: /Peers were found, but no connection to any of them is open/ });
  t.same(await ben.pairs(), []);
});
