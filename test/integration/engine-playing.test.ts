/** A player's way of reading, over a real CDN and a swarm in memory: steady, refused, cut off, granted, paused, and elsewhere. */
import { test } from 'tap';
import type { Download, ReadAheadRun } from '../../engine/api.ts';
import type { DownloadFigures } from '../../engine/figures.ts';
import { openDownload, startEngine } from '../fixtures/engine-bench.ts';
import { startCdnServer } from '../fixtures/cdn-server.ts';
import { eventually } from '../fixtures/http.ts';
import { MemorySwarm } from '../fixtures/memory-swarm.ts';
import { sampleContent } from '../fixtures/sample-content.ts';

const MiB = 1024 * 1024;
/** A piece a second: 2 Mb/s, and 80 s of it. */
const PIECE = 256 * 1024;
const content = sampleContent(20 * MiB);
const SECONDS = content.pieceCount;

/** The next minute is held ready, of which the player itself takes twenty seconds. */
const HELD_S = 20;
const AHEAD_S = 60;

const aheadOf = (second: number): ReadAheadRun =>
  ({ start: (second + HELD_S) * PIECE, end: (second + AHEAD_S) * PIECE, dueInMs: HELD_S * 1_000, bytesPerSecond: PIECE });

const readSecond = async (download: Download, second: number, dueInMs: number): Promise<boolean> => {
  const end = Math.min((second + 1) * PIECE, content.bytes.length);
  return Buffer.from(await download.read(second * PIECE, end, { dueInMs })).equals(content.bytes.subarray(second * PIECE, end));
};

const isIdle = ({ state }: DownloadFigures): boolean => state === 'idle';

test('a steady player asks the CDN for useful windows, and holds nothing open between them', async (t) => {
  const cdn = await startCdnServer(t, content);
  const swarm = new MemorySwarm(content);
  const peer = swarm.add({ peerId: 'a' });
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content, { wants: 'what-is-read' });
  for (let second = 0; second < SECONDS; second += 1) {
    download.readAhead([aheadOf(second - HELD_S)]);
    t.ok(await readSecond(download, second, HELD_S * 1_000));
    await until((figures) => isIdle(figures) || figures.state === 'done');
    await eventually('the CDN is left', () => cdn.activeStreams === 0);
  }
  t.ok(cdn.requests.length <= 5, `${cdn.requests.length} requests for ${SECONDS} s`);
  t.same(peer.asked, [], 'nothing was urgent');
  t.equal(download.figures().bytesFrom.cdn, content.bytes.length);
  t.equal(download.figures().wastedBytes, 0);
  await download.finished;
});

test('refused from the start, a player is served by several peers in parallel, first what is due first', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.maxStreams = 0;
  const swarm = new MemorySwarm(content);
  const peers = ['a', 'b', 'c'].map((peerId) => swarm.add({ peerId, latencyMs: 5, bytesPerMs: 4_000 }));
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content, { wants: 'what-is-read' });
  download.readAhead([{ start: 30 * PIECE, end: 60 * PIECE, dueInMs: 0, bytesPerSecond: PIECE }]);
  t.ok(await readSecond(download, 30, 0));
  await until(isIdle);
  for (const { asked } of peers) {
    t.ok(asked.length > 3, `${asked.length} pieces of 30`);
    t.same(asked, asked.toSorted((a, b) => a - b));
  }
  t.equal(download.figures().bytesFrom.peers, 30 * PIECE);
  t.equal(swarm.memberships[0]?.waiting, false, 'no place in the queue is held while nothing is wanted');
  t.equal(swarm.memberships[0]?.sharing, true);
  download.readAhead([{ start: 60 * PIECE, end: 80 * PIECE, dueInMs: 0, bytesPerSecond: PIECE }]);
  cdn.grants.add('token');
  const granted = until(({ bytesFrom }) => bytesFrom.cdn > 0);
  swarm.grant('token', performance.now() + 5_000);
  t.ok(await readSecond(download, 79, 10_000));
  t.ok((await granted).bytesFrom.cdn > 0, 'the CDN is back as soon as it grants');
});

for (const fault of ['cut', 'stall'] as const) {
  test(`a CDN that ${fault === 'cut' ? 'is cut off' : 'falls silent'} in mid-play: what is read next comes from peers within a second`, async (t) => {
    const cdn = await startCdnServer(t, content);
    const swarm = new MemorySwarm(content);
    for (const peerId of ['a', 'b']) swarm.add({ peerId, latencyMs: 5, bytesPerMs: 4_000 });
    const { download } = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content, { wants: 'what-is-read' });
    cdn.bytesPerSecond = 10 * MiB;
    let brokenAtMs = 0;
    cdn.fault = (_sent, offset) => {
      if (offset < 10 * PIECE + 1) return undefined;
      if (brokenAtMs === 0) brokenAtMs = performance.now();
      cdn.maxStreams = 0;
      return fault;
    };
    download.readAhead([{ start: 0, end: AHEAD_S * PIECE, dueInMs: 0, bytesPerSecond: PIECE }]);
    for (let second = 0; second < 16; second += 1) t.ok(await readSecond(download, second, 2_000));
    t.ok(brokenAtMs > 0);
    const tookMs = performance.now() - brokenAtMs;
    t.ok(tookMs < 1_500, `${tookMs} ms`);
    t.ok(download.figures().switches.some(({ from, to, reason }) => from === 'cdn' && to === 'swarm' && reason === 'cdn-gone'));
  });
}

test('an aborted read rejects at once, and what only it wanted is not fetched any more', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.bytesPerSecond = MiB;
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content, { wants: 'what-is-read' });
  download.readAhead([]);
  const stop = new AbortController();
  const read = download.read(0, 10 * MiB, { signal: stop.signal });
  await until(({ state }) => state === 'cdn');
  stop.abort();
  await t.rejects(read, { code: 'aborted' });
  await until(isIdle);
  await eventually('the CDN is left', () => cdn.activeStreams === 0);
  t.ok(download.figures().bytesHeld < 5 * MiB);
  await t.rejects(download.read(15 * MiB, 16 * MiB, { signal: stop.signal }), { code: 'aborted' });
  await until(isIdle);
  await t.rejects(download.read(0, content.bytes.length + 1), { code: 'bad-range' });
  await t.rejects(download.read(0, 1, { dueInMs: Number.NaN }), RangeError);
});

test('an abort does not wait for a store that hangs', async (t) => {
  const swarm = new MemorySwarm(content);
  swarm.add({ peerId: 'a' });
  const { download, store, until } = await openDownload(startEngine(t, { appliances: [], swarm }), content, { wants: 'what-is-read' });
  download.readAhead([{ start: 0, end: content.bytes.length, dueInMs: 0, bytesPerSecond: PIECE }]);
  await until(({ piecesHeld, state }) => piecesHeld === content.pieceCount && state === 'done');
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const readStored = store.read.bind(store);
  store.read = async (piece) => {
    asked.resolve();
    await gate.promise;
    return readStored(piece);
  };
  const stop = new AbortController();
  const read = download.read(0, 1, { signal: stop.signal });
  await asked.promise;
  stop.abort();
  await t.rejects(read, { code: 'aborted' });
  gate.resolve();
});

test('from watching to downloading and back: the rest is fetched, and given up again', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.bytesPerSecond = 20 * MiB;
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content, { wants: 'what-is-read' });
  download.readAhead([{ start: 0, end: 2 * MiB, dueInMs: 0, bytesPerSecond: PIECE }]);
  await until((figures) => isIdle(figures) && figures.piecesHeld === 8);
  download.setWants('everything');
  await until(({ piecesHeld }) => piecesHeld > 16);
  download.setWants('what-is-read');
  const idle = await until(isIdle);
  t.ok(idle.piecesHeld < content.pieceCount, `${idle.piecesHeld} pieces`);
  await eventually('the CDN is left', () => cdn.activeStreams === 0);
  download.setWants('everything');
  await download.finished;
  t.equal(download.figures().bytesFrom.cdn, content.bytes.length, 'no piece twice');
  const before = cdn.requests.length;
  download.setWants('what-is-read');
  t.ok(await readSecond(download, 40, 0));
  t.equal(download.figures().state, 'done', 'with everything here nothing changes');
  t.equal(cdn.requests.length, before);
});

test('picture and sound far apart, read in turns without saying so: neither drives the other out', async (t) => {
  const cdn = await startCdnServer(t, content);
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content, { wants: 'what-is-read', readAheadBytes: 4 * MiB });
  for (let turn = 0; turn < 24; turn += 1) {
    t.ok(await readSecond(download, turn, 0));
    t.ok(await readSecond(download, 40 + turn, 0));
  }
  await until(isIdle);
  t.ok(cdn.requests.length <= 24, `${cdn.requests.length} requests for 48 reads`);
  t.ok(download.figures().wastedBytes < 4 * MiB, `${download.figures().wastedBytes} bytes wasted`);
});

test('bytes can be read when they are verified, however long the store takes', async (t) => {
  const swarm = new MemorySwarm(content);
  swarm.add({ peerId: 'a' });
  const { download, store } = await openDownload(startEngine(t, { appliances: [], swarm }), content, { wants: 'what-is-read' });
  const gate = Promise.withResolvers<void>();
  const write = store.write.bind(store);
  store.write = async (piece, bytes) => {
    await gate.promise;
    return write(piece, bytes);
  };
  t.ok(await readSecond(download, 3, 0));
  t.equal(swarm.memberships[0]?.announced.size, 0, 'nobody is told of what is not kept');
  gate.resolve();
  await eventually('the piece is told of', () => swarm.memberships[0]?.announced.has(3));
});
