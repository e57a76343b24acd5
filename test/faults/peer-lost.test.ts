/** Peers and signalling that go away while pieces are on their way, over real connections. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { eventually, MemoryPieces, TestPeer } from '../fixtures/peer-pair.ts';
import { sampleContent } from '../fixtures/sample-content.ts';
import { startSignalling } from '../fixtures/signalling-server.ts';

const content = sampleContent(40 * 256 * 1024);
const { contentId } = content.manifest;
const empty = (): MemoryPieces => new MemoryPieces(content.manifest);
const full = (): MemoryPieces => MemoryPieces.full(content);

test('open channels outlive a lost signalling server, and new peers come when it is back', async (t) => {
  const server = await startSignalling(t.teardown);
  const seed = new TestPeer(server.url, contentId, full(), { maxUploadMbps: 40 });
  const viewer = new TestPeer(server.url, contentId, empty());
  t.teardown(() => Promise.all([seed.network.stop(), viewer.network.stop()]));
  viewer.swarm.setWantedPeers(2);
  await viewer.peer(seed);
  viewer.swarm.waitForCdn();
  const fetched = viewer.fetchAll();
  await eventually(() => viewer.pieces.count > 2, 'pieces come');
  await server.close();
  await eventually(() => viewer.state === 'connecting', 'the viewer noticed');
  t.equal(viewer.position, null);
  await fetched;
  t.equal(viewer.pieces.count, content.pieceCount);
  t.same(viewer.gone, []);
});

test('a peer that is killed mid-download costs a stalled piece, and the rest comes from the other', async (t) => {
  const server = await startSignalling(t.teardown);
  const seed = new TestPeer(server.url, contentId, full());
  t.teardown(() => seed.network.stop());
  const child = spawn(process.execPath, [fileURLToPath(new URL('../fixtures/peer-process.ts', import.meta.url)), server.url, contentId, 'die'], { stdio: 'inherit' });
  await new Promise((resolve) => { child.on('exit', resolve); });
  t.equal(child.signalCode, 'SIGKILL');
  const viewer = new TestPeer(server.url, contentId, empty(), { timings: { stallMs: 500, connectLimitMs: 1_000 } });
  t.teardown(() => viewer.network.stop());
  viewer.swarm.setWantedPeers(2);
  await viewer.peer(seed);
  await viewer.fetchAll();
  t.equal(viewer.pieces.count, content.pieceCount);
});

test('a banned peer is gone at once, and does not come back', async (t) => {
  // These timings ask a hundred times as often as the real ones.
  const server = await startSignalling(t.teardown, { hub: { messagesPerSecond: 5_000 } });
  const timings = { connectRetryFirstMs: 10, connectRetryCapMs: 20, lookMs: 20, findFirstMs: 20, findCapMs: 20, connectTries: 3 };
  const bad = new TestPeer(server.url, contentId, full(), { timings });
  const viewer = new TestPeer(server.url, contentId, empty(), { timings });
  t.teardown(() => Promise.all([bad.network.stop(), viewer.network.stop()]));
  viewer.swarm.setWantedPeers(1);
  const peer = await viewer.peer(bad);
  bad.swarm.setWantedPeers(1);
  peer.ban('a piece was not what it should be');
  await eventually(() => bad.gone.length > 0, 'the other was told');
  t.equal(viewer.swarm.peers.size, 0);
  t.match(viewer.gone, ['a piece was not what it should be']);
  const good = new TestPeer(server.url, contentId, full(), { timings });
  t.teardown(() => good.network.stop());
  await viewer.peer(good);
  t.notOk(viewer.swarm.peers.has(bad.peerId));
  t.equal(bad.opened, 1);
});

test('stopping twice, and in the middle of connecting, is quiet', async (t) => {
  const server = await startSignalling(t.teardown);
  const seed = new TestPeer(server.url, contentId, full());
  const viewer = new TestPeer(server.url, contentId, empty());
  viewer.swarm.setWantedPeers(1);
  await eventually(() => viewer.state === 'connected', 'the viewer is connected to signalling');
  await Promise.all([viewer.network.stop(), seed.network.stop(), viewer.network.stop()]);
  viewer.swarm.leave();
  t.throws(() => viewer.network.join(contentId, empty(), viewer), { code: 'closed' });
});
