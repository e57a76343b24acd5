import { test } from 'tap';
import { bytesOf, openDownload, startEngine } from '../fixtures/engine-bench.ts';
import { startCdnServer } from '../fixtures/cdn-server.ts';
import { MemorySwarm } from '../fixtures/memory-swarm.ts';
import { sampleContent } from '../fixtures/sample-content.ts';
import { SwitchError } from '../../engine/protocol/errors.ts';
import { MemoryPieceStore } from '../../engine/piece-store/memory-piece-store.ts';

const MiB = 1024 * 1024;
const content = sampleContent(12 * MiB + 1);

test('bans a peer after one corrupt piece, and stores no wrong byte', async (t) => {
  const swarm = new MemorySwarm(content);
  const liar = swarm.add({ peerId: 'liar', spoil: (bytes) => {
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    return bytes;
  } });
  swarm.add({ peerId: 'honest', latencyMs: 2, bytesPerMs: 20_000 });
  const { download } = await openDownload(startEngine(t, { appliances: [], swarm }), content);
  await download.finished;
  t.match(liar.banned, /wrong bytes for piece/);
  t.ok(liar.asked.length <= 2, 'what was in flight, and no more');
  t.equal(download.figures().hashFailures, 1);
  t.ok(download.figures().wastedBytes >= 256 * 1024);
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('a peer that stalls loses its requests to another', async (t) => {
  const swarm = new MemorySwarm(content);
  const lazy = swarm.add({ peerId: 'lazy' });
  lazy.stall();
  swarm.add({ peerId: 'busy', latencyMs: 2, bytesPerMs: 4_000 });
  const { download } = await openDownload(startEngine(t, { appliances: [], swarm }), content);
  await download.finished;
  t.ok(lazy.asked.length > 0, 'it was asked, and gave nothing to the end');
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('a stalled peer that alone has a piece keeps the request, and is not asked in a circle', async (t) => {
  const swarm = new MemorySwarm(content);
  const only = swarm.add({ peerId: 'only' });
  only.stall();
  const { download, until } = await openDownload(startEngine(t, { appliances: [], swarm }), content);
  await until(({ elapsedMs }) => elapsedMs >= 0 && only.asked.length >= 2);
  const timer = Promise.withResolvers<void>();
  setTimeout(timer.resolve, 2_500);
  await timer.promise;
  t.equal(only.asked.length, 2);
  only.goOn();
  await download.finished;
});

test('a peer that leaves in mid-piece costs nothing but that piece', async (t) => {
  const swarm = new MemorySwarm(content);
  const leaving = swarm.add({ peerId: 'leaving', latencyMs: 5, bytesPerMs: 5_000 });
  swarm.add({ peerId: 'staying', latencyMs: 5, bytesPerMs: 5_000 });
  const { download, until } = await openDownload(startEngine(t, { appliances: [], swarm }), content);
  await until(({ piecesHeld }) => piecesHeld >= 6);
  swarm.remove(leaving);
  await download.finished;
  t.equal(download.figures().bytesFrom.peers, content.bytes.length);
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('no CDN and no peer is waiting, and it goes on when one comes', async (t) => {
  const swarm = new MemorySwarm(content);
  const { download, until } = await openDownload(startEngine(t, { appliances: [], swarm }), content);
  await until(({ state }) => state === 'waiting');
  swarm.add({ peerId: 'late' });
  await download.finished;
  t.match(download.figures().switches.map(({ to, reason }) => `${to}: ${reason}`), ['waiting: no-source', 'swarm: peers-found', 'done: complete']);
});

test('a slow peer does not hold up the end: its last pieces are asked of another too', async (t) => {
  const swarm = new MemorySwarm(content);
  swarm.add({ peerId: 'fast', latencyMs: 1, bytesPerMs: 20_000 });
  swarm.add({ peerId: 'slow', latencyMs: 1, bytesPerMs: 20 });
  const { download } = await openDownload(startEngine(t, { appliances: [], swarm }), content);
  await download.finished;
  const slow = download.figures().peers.find(({ peerId }) => peerId === 'slow');
  t.equal(slow?.bytesReceived, 0, 'its first piece takes it 13 s, and nobody waited for that');
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('a store that cannot keep a piece fails the download, in its words, and asks for nothing more', async (t) => {
  const cdn = await startCdnServer(t, content);
  class FullStore extends MemoryPieceStore {
    override async write(piece: number, bytes: Uint8Array): Promise<void> {
      if (piece >= 4) throw new SwitchError('store-failed', 'The disk is full.');
      await super.write(piece, bytes);
    }
  }
  const download = await startEngine(t, { appliances: [cdn.url] }).open(content.manifest, { store: new FullStore() });
  await t.rejects(download.finished, { code: 'store-failed', message: 'The disk is full.' });
  t.equal(download.figures().state, 'failed');
  t.equal(download.figures().failure, 'The disk is full.');
  await t.rejects(download.read(11 * MiB, 11 * MiB + 1), { code: 'store-failed' });
});

test('a slow store holds the sources back: what waits to be written is bounded', async (t) => {
  const large = sampleContent(40 * MiB);
  const cdn = await startCdnServer(t, large);
  let waiting = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  class SlowStore extends MemoryPieceStore {
    override async write(piece: number, bytes: Uint8Array): Promise<void> {
      waiting += bytes.length;
      most = Math.max(most, waiting);
      await gate.promise;
      waiting -= bytes.length;
      await super.write(piece, bytes);
    }
  }
  const swarm = new MemorySwarm(large);
  swarm.add({ peerId: 'a' });
  const download = await startEngine(t, { appliances: [cdn.url], swarm }).open(large.manifest, { store: new SlowStore(), policy: 'both' });
  const settled = Promise.withResolvers<void>();
  setTimeout(settled.resolve, 1_500);
  await settled.promise;
  t.ok(most >= 8 * MiB && most <= 24 * MiB, `${most / MiB} MiB unwritten`);
  gate.resolve();
  await download.finished;
  t.ok(Buffer.from(await bytesOf(download)).equals(large.bytes));
});

test('a kept piece that the store loses is fetched again by who reads it', async (t) => {
  const swarm = new MemorySwarm(content);
  swarm.add({ peerId: 'a' });
  class ForgetfulStore extends MemoryPieceStore {
    forget = true;
    override async read(piece: number): Promise<Uint8Array> {
      if (piece === 3 && this.forget) {
        this.forget = false;
        throw new SwitchError('store-failed', 'The disk reports an error.');
      }
      return super.read(piece);
    }
  }
  const download = await startEngine(t, { appliances: [], swarm }).open(content.manifest, { store: new ForgetfulStore(), wants: 'what-is-read' });
  const bytes = await download.read(0, 2 * MiB);
  t.ok(Buffer.from(bytes).equals(content.bytes.subarray(0, 2 * MiB)));
});
