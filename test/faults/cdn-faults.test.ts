import { test } from 'tap';
import type { DownloadFigures } from '../../engine/figures.ts';
import { bytesOf, openDownload, startEngine } from '../fixtures/engine-bench.ts';
import { startCdnServer } from '../fixtures/cdn-server.ts';
import { MemorySwarm } from '../fixtures/memory-swarm.ts';
import { type SampleContent, sampleContent } from '../fixtures/sample-content.ts';

const MiB = 1024 * 1024;
const content = sampleContent(24 * MiB + 5);

const swarmOf = (sample: SampleContent, peerIds: readonly string[] = ['a', 'b'], bytesPerMs = 20_000): MemorySwarm => {
  const swarm = new MemorySwarm(sample);
  for (const peerId of peerIds) swarm.add({ peerId, latencyMs: 2, bytesPerMs });
  return swarm;
};

const path = ({ switches }: DownloadFigures): string[] => switches.map(({ to, reason }) => `${to}: ${reason}`);

test('a CDN cut in mid-window: peers go on in the same moment, and every byte is right', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.fault = (sent) => (sent > 2 * MiB ? 'cut' : undefined);
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url], swarm: swarmOf(content) }), content);
  await download.finished;
  const figures = download.figures();
  t.match(path(figures).slice(0, 2), ['cdn: cdn-admitted', 'swarm: cdn-gone']);
  t.ok(figures.bytesFrom.cdn >= MiB && figures.bytesFrom.peers > 0, JSON.stringify(figures.bytesFrom));
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('a CDN that falls silent in mid-window: peers go on while it is still silent', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.fault = (sent) => (sent > 2 * MiB ? 'stall' : undefined);
  // Slow enough that they are still at it when the figures are looked at, on a busy machine too.
  const swarm = swarmOf(content, ['a', 'b'], 4_000);
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content);
  await until(({ bytesFrom }) => bytesFrom.peers > 0);
  t.equal(cdn.activeStreams, 1, 'the silent stream is still open: nobody waited for its end');
  await download.finished;
  t.match(path(download.figures()).slice(0, 2), ['cdn: cdn-admitted', 'swarm: cdn-gone']);
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('a CDN that falls silent with nobody else: the stream is given up, and asked for again', async (t) => {
  const cdn = await startCdnServer(t, content);
  let stalls = 0;
  cdn.fault = (sent) => {
    if (sent <= 2 * MiB || stalls > 0) return undefined;
    stalls += 1;
    return 'stall';
  };
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content);
  await download.finished;
  t.match(path(download.figures()), ['cdn: cdn-admitted', 'waiting: cdn-gone', 'cdn: cdn-admitted', 'done: complete']);
  t.equal(download.figures().bytesFrom.cdn, content.bytes.length);
});

test('one window of wrong bytes is counted, fetched again, and never stored', async (t) => {
  const cdn = await startCdnServer(t, content);
  let lies = 0;
  cdn.spoil = (chunk, offset) => {
    if (offset < 5 * MiB || lies > 0) return chunk;
    lies += 1;
    const wrong = chunk.slice();
    wrong[7] = (wrong[7] ?? 0) ^ 1;
    return wrong;
  };
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content);
  await download.finished;
  t.equal(download.figures().hashFailures, 1);
  t.ok(download.figures().wastedBytes > 0);
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('a CDN whose copy is damaged is left alone, and the next appliance serves', async (t) => {
  const bad = await startCdnServer(t, content);
  const good = await startCdnServer(t, content);
  bad.spoil = (chunk) => new Uint8Array(chunk.length);
  const { download } = await openDownload(startEngine(t, { appliances: [bad.url, good.url] }), content);
  await download.finished;
  t.equal(bad.requests.length, 2, 'asked twice, then no more');
  t.equal(download.figures().hashFailures, 2);
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('answers that do not fit what was asked for are not taken', async (t) => {
  for (const [name, headers] of Object.entries({
    'another content': { etag: `"${'0'.repeat(64)}"`, 'content-range': `bytes 0-9/${content.bytes.length}` },
    'another range': { etag: `"${content.manifest.contentId}"`, 'content-range': `bytes 5-9/${content.bytes.length}` },
  })) {
    const bad = await startCdnServer(t, content);
    bad.answer = (_request, response) => {
      response.writeHead(206, headers).end('0123456789');
      return true;
    };
    const good = await startCdnServer(t, content);
    const { download } = await openDownload(startEngine(t, { appliances: [bad.url, good.url] }), content);
    await download.finished;
    t.ok(bad.requests.length > 0, name);
    t.equal(download.figures().hashFailures, 0, 'noticed before a byte was read');
    t.ok(download.figures().bytesFrom.cdn === content.bytes.length, name);
  }
});

test('a server that knows no ranges is of no use in the middle, and is not mistaken for one', async (t) => {
  const plain = await startCdnServer(t, content);
  plain.answer = (_request, response) => {
    response.writeHead(200, { 'content-length': content.bytes.length }).end(content.bytes);
    return true;
  };
  const { download } = await openDownload(startEngine(t, { appliances: [plain.url], swarm: swarmOf(content) }), content);
  await download.finished;
  t.ok(download.figures().bytesFrom.cdn >= 16 * MiB, 'its first bytes are the content\'s');
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('an appliance that is not there: the second serves at once, and peers where there is no second', async (t) => {
  const gone = await startCdnServer(t, content);
  await gone.stop();
  const cdn = await startCdnServer(t, content);
  const two = await openDownload(startEngine(t, { appliances: [gone.url, cdn.url] }), content);
  await two.download.finished;
  t.equal(two.download.figures().bytesFrom.cdn, content.bytes.length);
  const alone = await openDownload(startEngine(t, { appliances: [gone.url], swarm: swarmOf(content) }), content);
  await alone.download.finished;
  t.match(path(alone.download.figures()), ['swarm: cdn-down', 'done: complete']);
});

test('everybody gone: it waits, loses nothing, and goes on when the CDN is back', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.bytesPerSecond = 20 * MiB;
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content);
  await until(({ piecesHeld }) => piecesHeld >= 8);
  await cdn.stop();
  const waiting = await until(({ state }) => state === 'waiting');
  t.ok(waiting.piecesHeld >= 8);
  cdn.bytesPerSecond = 0;
  await cdn.start();
  await download.finished;
  t.equal(download.figures().bytesFrom.cdn, content.bytes.length, 'each piece once');
  t.ok(Buffer.from(await bytesOf(download)).equals(content.bytes));
});

test('Retry-After is honoured: a refused client without a queue does not come early', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.maxStreams = 0;
  cdn.retryAfterSeconds = 1;
  const times: number[] = [];
  cdn.answer = () => {
    times.push(performance.now());
    return false;
  };
  const { download, until } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content);
  await until(() => times.length >= 3);
  for (let at = 1; at < times.length; at += 1) t.ok((times[at] ?? 0) - (times[at - 1] ?? 0) >= 999, `${times[at]}`);
  await download.close();
});
