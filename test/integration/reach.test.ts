/** A whole appliance whose seeder is reached by one published UDP port only, as in a container. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test, type Test } from 'tap';
import { MemoryPieceStore } from '../../engine/index.ts';
import { putVideo, startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { eventually } from '../fixtures/http.ts';
import { sampleContent } from '../fixtures/sample-content.ts';
import { freeUdpPort, startUdpNat, type UdpNat } from '../fixtures/udp-nat.ts';
import { NOWHERE, watchedViewer } from '../fixtures/watched-viewer.ts';

const LIMIT_MS = 20_000;
const BYTES = 600_000;

interface Published {
  readonly node: RunningAppliance;
  readonly nat: UdpNat;
  readonly udpPort: number;
  readonly contentId: string;
}

/** The CDN serves nobody: what comes, comes from the seeder. */
async function publishedNode(t: Test): Promise<Published> {
  const udpPort = await freeUdpPort();
  const nat = await startUdpNat(t, udpPort);
  const node = await startAppliance(t, { cdnMaxStreams: 0, seeder: true, seederMaxMbps: 0, udpPort, announce: [`127.0.0.1:${nat.port}`] });
  const { contentId } = await putVideo(node, 'holiday.bin', sampleContent(BYTES).bytes);
  return { node, nat, udpPort, contentId };
}

test('many viewers at once get a video through the one published port', async (t) => {
  const { node, nat, contentId } = await publishedNode(t);
  const viewers = Array.from({ length: 8 }, () => watchedViewer(t, node.url, { announce: () => [NOWHERE] }));
  const downloads = await Promise.all(viewers.map(async ({ engine }) => {
    const download = await engine.open(await engine.manifest(contentId), { store: new MemoryPieceStore(), timeoutMs: LIMIT_MS, share: false });
    await download.finished;
    return download;
  }));
  for (const download of downloads) t.same(download.figures().bytesFrom, { cdn: 0, peers: 0, seeder: BYTES });
  for (const viewer of viewers) {
    t.same((await viewer.pairs()).map(({ remote }) => remote), [{ address: '127.0.0.1', port: nat.port, type: 'host' }]);
    const byTheSeeder = viewer.told.filter((candidate) => !candidate.includes(NOWHERE.ip));
    t.same(byTheSeeder.map((candidate) => candidate.split(' ').slice(4)), [['127.0.0.1', String(nat.port), 'typ', 'host']], 'and are told no other address');
  }
  t.ok(nat.bytesOut > viewers.length * BYTES, 'every byte went through it');
});

test('a viewer that comes again and again gets through each time', async (t) => {
  const { node, nat, contentId } = await publishedNode(t);
  for (let visit = 1; visit <= 4; visit += 1) {
    const { engine } = watchedViewer(t, node.url, { announce: () => [NOWHERE] });
    const download = await engine.open(await engine.manifest(contentId), { store: new MemoryPieceStore(), timeoutMs: LIMIT_MS });
    await download.finished;
    await engine.stop();
    t.ok(nat.senders >= visit);
  }
});

test('two nodes that each have but one port find each other, and again after one was restarted', async (t) => {
  const { node, nat, contentId } = await publishedNode(t);
  const udpPort = await freeUdpPort();
  for (let visit = 1; visit <= 2; visit += 1) {
    const { engine, pairs } = watchedViewer(t, node.url, { udpPort, announce: () => [NOWHERE] });
    const download = await engine.open(await engine.manifest(contentId), { store: new MemoryPieceStore(), timeoutMs: LIMIT_MS });
    await download.finished;
    t.match(await pairs(), [{ remote: { port: nat.port } }]);
    await engine.stop();
    await eventually('the port is free again', () => isFree(udpPort));
  }
});

test('holds the port as long as it runs, and no longer', async (t) => {
  const { node, udpPort } = await publishedNode(t);
  t.notOk(await isFree(udpPort), 'also while nobody is connected');
  await node.appliance.stop();
  await eventually('the port is free again', () => isFree(udpPort));
});

test('does not start on a UDP port that another program has, and says so', async (t) => {
  const other = createSocket('udp4').bind(0);
  await once(other, 'listening');
  t.teardown(() => other.close());
  const { port } = other.address();
  await t.rejects(startAppliance(t, { seeder: true, udpPort: port }), { code: 'udp-port-taken', message: new RegExp(`UDP port ${port} is taken by another program`) });
  await t.resolves(startAppliance(t, { seeder: false, udpPort: port }), 'without a seeder nobody needs it');
});

async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind(port);
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
