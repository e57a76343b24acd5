/** Peers over real WebRTC and a real signalling server: who connects with whom, and pieces going round. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test, type Test } from 'tap';
import { verifyManifest } from '../../engine/protocol/manifest.ts';
import type { PeerNetworkOptions } from '../../engine/swarm/peer-network.ts';
import { eventually, MemoryPieces, TestPeer } from '../fixtures/peer-pair.ts';
import { sampleContent, type SampleContent } from '../fixtures/sample-content.ts';
import { startSignalling, type SignallingServer } from '../fixtures/signalling-server.ts';

const content = sampleContent(24 * 256 * 1024 + 77);
const { contentId } = content.manifest;

function start(t: Test, server: SignallingServer, pieces: MemoryPieces, options: Partial<PeerNetworkOptions> = {}, of: SampleContent = content): TestPeer {
  const peer = new TestPeer(server.url, of.manifest.contentId, pieces, options);
  t.teardown(() => peer.network.stop());
  return peer;
}

const empty = (): MemoryPieces => new MemoryPieces(content.manifest);
const full = (): MemoryPieces => MemoryPieces.full(content);

test('two peers find each other and one gets everything from the other', async (t) => {
  const server = await startSignalling(t.teardown);
  const seed = start(t, server, full());
  const viewer = start(t, server, empty());
  viewer.swarm.setWantedPeers(2);
  const peer = await viewer.peer(seed);
  await viewer.fetchAll();
  t.equal(peer.wastedBytes, 0);
  t.match(peer.figures(), { state: 'open', piecesHeld: content.pieceCount, bytesReceived: content.manifest.sizeBytes });
  t.match((await seed.peer(viewer)).figures(), { bytesSent: content.manifest.sizeBytes });
  await eventually(() => seed.swarm.peers.get(viewer.peerId)?.has(content.pieceCount - 1), 'the seed knows what the viewer holds');
});

test('the manifest comes from a peer, checked', async (t) => {
  const server = await startSignalling(t.teardown);
  const seed = start(t, server, full());
  const viewer = start(t, server, new MemoryPieces(undefined));
  viewer.swarm.setWantedPeers(1);
  const peer = await viewer.peer(seed);
  const manifest = await peer.requestManifest({ signal: AbortSignal.timeout(5_000) });
  t.same(verifyManifest(manifest), content.manifest);
});

test('both dial at once and end up with one connection', async (t) => {
  const server = await startSignalling(t.teardown);
  const one = start(t, server, full());
  const other = start(t, server, empty());
  await eventually(() => one.state === 'connected' && other.state === 'connected', 'both are connected to signalling');
  // Each learns of the other at the same moment, and wants it.
  one.swarm.setWantedPeers(1);
  other.swarm.setWantedPeers(1);
  one.signalling.find(contentId, 1);
  other.signalling.find(contentId, 1);
  await Promise.all([one.peer(other), other.peer(one)]);
  await other.fetchAll();
  t.equal(one.opened, 1);
  t.equal(other.opened, 1);
  t.same([...one.gone, ...other.gone], []);
});

test('three share what each has', async (t) => {
  const server = await startSignalling(t.teardown);
  const stores = [empty(), empty(), empty()];
  for (let piece = 0; piece < content.pieceCount; piece += 1) stores[piece % 3]?.store(piece, content.piece(piece));
  const peers = stores.map((pieces) => start(t, server, pieces));
  for (const peer of peers) peer.swarm.setWantedPeers(2);
  await Promise.all(peers.map((peer) => peer.fetchAll()));
  for (const peer of peers) t.equal(peer.pieces.count, content.pieceCount);
});

test('one connection carries every swarm that two peers share', async (t) => {
  const second = sampleContent(3 * 256 * 1024, 9);
  const server = await startSignalling(t.teardown);
  const seed = start(t, server, full());
  const viewer = start(t, server, empty());
  viewer.swarm.setWantedPeers(1);
  await viewer.peer(seed);
  const told = { onPeerOpen: () => undefined, onPeerGone: () => undefined, onPeerHave: () => undefined, onGrant: () => undefined, onQueued: () => undefined, onSignalling: () => undefined };
  const offered = seed.network.join(second.manifest.contentId, MemoryPieces.full(second), told);
  const wanted = viewer.network.join(second.manifest.contentId, new MemoryPieces(second.manifest), told);
  wanted.setWantedPeers(1);
  const peer = await eventually(() => wanted.peers.get(seed.peerId), 'the second swarm is open');
  await eventually(() => peer.has(2), 'the seed has told what it holds');
  t.same(await peer.request(2, { signal: AbortSignal.timeout(5_000) }), second.piece(2));
  t.same(seed.gone, [], 'the first swarm is still open');
  offered.leave();
  await eventually(() => wanted.peers.size === 0, 'the second swarm is closed');
  t.equal(viewer.swarm.peers.size, 1);
});

test('a swarm that was left can be joined again on the same connection', async (t) => {
  const server = await startSignalling(t.teardown);
  const seed = start(t, server, full());
  const viewer = start(t, server, empty());
  viewer.swarm.setWantedPeers(1);
  await viewer.peer(seed);
  viewer.swarm.leave();
  await eventually(() => seed.gone.length === 1, 'the seed was told');
  const again = viewer.network.join(contentId, empty(), viewer);
  again.setWantedPeers(1);
  const peer = await eventually(() => again.peers.get(seed.peerId), 'the swarm is open again');
  await eventually(() => peer.has(0), 'the seed has told what it holds');
  t.same(await peer.request(0, { signal: AbortSignal.timeout(5_000) }), content.piece(0));
});

test('a full seed refuses, and takes the next when there is room', async (t) => {
  const server = await startSignalling(t.teardown);
  const seed = start(t, server, full(), { maxPeers: 1 });
  const timings = { connectRetryFirstMs: 50, connectRetryCapMs: 200, connectTries: 50, lookMs: 50 };
  const first = start(t, server, empty(), { timings });
  first.swarm.setWantedPeers(1);
  await first.peer(seed);
  const second = start(t, server, empty(), { timings });
  second.swarm.setWantedPeers(2);
  await second.peer(first);
  t.equal(seed.swarm.peers.size, 1);
  await first.network.stop();
  await second.peer(seed);
});

test('upload is bounded in rate, over all peers together', async (t) => {
  const server = await startSignalling(t.teardown);
  const small = sampleContent(4 * 256 * 1024, 5);
  const seed = start(t, server, MemoryPieces.full(small), { maxUploadMbps: 8 }, small);
  const viewers = [0, 1].map(() => start(t, server, new MemoryPieces(small.manifest), {}, small));
  for (const viewer of viewers) viewer.swarm.setWantedPeers(1);
  const sent = await Promise.all(viewers.map(async (viewer) => viewer.peer(seed)));
  const startedMs = performance.now();
  await Promise.all(viewers.map((viewer) => viewer.fetchAll()));
  const elapsedMs = performance.now() - startedMs;
  const bits = sent.reduce((sum, peer) => sum + peer.figures().bytesReceived, 0) * 8;
  t.ok(bits / elapsedMs / 1_000 < 8 * 1.35, `${(bits / elapsedMs / 1_000).toFixed(1)} Mb/s`);
  for (const peer of sent) t.match(peer.figures().path, { localType: /host|prflx/, remoteType: /host|prflx/, protocol: 'udp' }, 'the way it goes is known');
});

test('a seeder that spreads sends each piece about once', async (t) => {
  const server = await startSignalling(t.teardown);
  const seed = start(t, server, full(), { spreadPieces: true, maxUploadMbps: 30 });
  const viewers = [0, 1, 2].map(() => start(t, server, empty()));
  for (const viewer of viewers) viewer.swarm.setWantedPeers(3);
  await Promise.all(viewers.map((viewer) => viewer.peer(seed)));
  await Promise.all(viewers.map((viewer) => viewer.fetchAll()));
  const sent = [...seed.swarm.peers.values()].reduce((sum, peer) => sum + peer.figures().bytesSent, 0);
  t.comment(`the seeder sent ${(sent / content.manifest.sizeBytes).toFixed(2)} of the content to 3 viewers`);
  t.ok(sent < content.manifest.sizeBytes * 2.5);
});

test('a process whose network was stopped ends by itself', async (t) => {
  const server = await startSignalling(t.teardown);
  const seed = start(t, server, full());
  const child = spawn(process.execPath, [fileURLToPath(new URL('../fixtures/peer-process.ts', import.meta.url)), server.url, contentId, 'stop'], { stdio: 'inherit' });
  const [code] = await new Promise<[number | null]>((resolve) => { child.on('exit', (status) => resolve([status])); });
  t.equal(code, 0);
  t.equal(seed.gone.length, 1);
});
