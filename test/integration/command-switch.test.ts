/** The six steps of the control flow with three command-line clients and a node with one slot, on both stores. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { startAppliance } from '../fixtures/appliance.ts';
import { runCommand, type Line } from '../fixtures/command.ts';
import { mongoDatabase } from '../fixtures/mongo.ts';

const VIDEO_BYTES = 24_000_000;
/** Makes the swarm's part last long enough for the CDN to come back in the middle. */
const SHARER_MBPS = '40';
/** A viewer that holds its slot for as long as the test wants. */
const HOLDER_BYTES_PER_SECOND = '50k';

interface BytesFrom { readonly cdn: number; readonly peers: number; readonly seeder: number }
const bytesFrom = (line: Line): BytesFrom => line['bytesFrom'] as BytesFrom;

async function sixSteps(t: Test, mongodbUri: string | undefined): Promise<void> {
  const folder = t.testdir({ anna: {}, carla: {} });
  const bytes = randomBytes(VIDEO_BYTES);
  await writeFile(join(folder, 'holiday.mp4'), bytes);
  const { url, adminToken } = await startAppliance(t, { dataDir: join(folder, 'node'), cdnMaxStreams: 1, ...(mongodbUri === undefined ? {} : { mongodbUri }) });
  const env = { SWITCH_ADMIN_TOKEN: adminToken, HOME: folder };

  const put = runCommand(t, ['put', join(folder, 'holiday.mp4'), '--to', url, '--json'], { cwd: folder, env });
  t.equal(await put.exitCode, 0, 'the upload is done');
  const contentId = String(put.lines.at(-1)?.['contentId']);
  t.match(contentId, /^[0-9a-f]{64}$/, 'and tells the content id');

  const list = runCommand(t, ['list', '--from', url, '--json'], { cwd: folder });
  t.equal(await list.exitCode, 0);
  t.match(list.lines, [{ type: 'video', contentId, title: 'holiday', sizeBytes: VIDEO_BYTES }], 'the list has it');

  const anna = runCommand(t, ['get', `${url}/videos/${contentId}`, '--seed', '--max-upload-mbps', SHARER_MBPS, '--json'], { cwd: join(folder, 'anna') });
  const first = await anna.line(({ type }) => type === 'summary');
  t.same(bytesFrom(first), { cdn: VIDEO_BYTES, peers: 0, seeder: 0 }, 'with room, the CDN serves all of it');
  await anna.line(({ type }) => type === 'sharing');

  const holder = spawn('curl', ['-s', '--limit-rate', HOLDER_BYTES_PER_SECOND, `${url}/videos/${contentId}/content`, '-o', '/dev/null'], { stdio: 'ignore' });
  t.teardown(() => holder.kill('SIGKILL'));
  await t.resolves(untilFull(url), 'a plain client holds the only slot');

  const carla = runCommand(t, ['get', contentId, '--from', url, '--json'], { cwd: join(folder, 'carla') });
  const swarming = await carla.line((line) => line.type === 'progress' && line['state'] === 'swarm' && bytesFrom(line).peers > 1_000_000);
  t.equal(bytesFrom(swarming).cdn, 0, 'refused, a client gets its pieces from the viewer who shares');
  const gone = once(holder, 'exit');
  holder.kill('SIGTERM');
  await gone;

  t.equal(await carla.exitCode, 0, 'and finishes');
  const summary = carla.lines.at(-1);
  t.match(summary, { type: 'summary', contentId, name: 'holiday.mp4', sizeBytes: VIDEO_BYTES, file: join(folder, 'carla', 'holiday.mp4'), hashFailures: 0 });
  const from = bytesFrom(summary ?? { type: 'none' });
  t.equal(from.cdn + from.peers + from.seeder, VIDEO_BYTES, 'every byte is counted once, by its source');
  t.ok(from.cdn > 0 && from.peers > 1_000_000 && from.seeder === 0, 'both the CDN and the viewer gave some of it');
  const switches = summary?.['switches'] as { from: string; to: string; reason: string }[];
  t.match(switches.find(({ from: before }) => before === 'swarm'), { to: 'cdn', reason: 'cdn-granted' }, 'it went back because a slot was granted to it');
  t.equal(bytes.compare(await readFile(join(folder, 'carla', 'holiday.mp4'))), 0, 'the file is the same, byte for byte');
  t.same(await readdir(join(folder, 'carla')), ['holiday.mp4'], 'and nothing lies beside it');

  anna.signal('SIGINT');
  t.equal(await anna.exitCode, 0, 'who shares until interrupted has done its job');
}

async function untilFull(url: string): Promise<void> {
  const limit = AbortSignal.timeout(10_000);
  for (;;) {
    limit.throwIfAborted();
    const response = await fetch(`${url}/api/status`, { signal: limit });
    const { cdn } = await response.json() as { cdn: { activeStreams: number; maxStreams: number } };
    if (cdn.activeStreams === cdn.maxStreams) return;
  }
}

test('a refused client is served by the swarm and goes back when granted: filesystem', (t) => sixSteps(t, undefined));

test('a refused client is served by the swarm and goes back when granted: GridFS', async (t) => {
  const database = await mongoDatabase();
  if (database === undefined) {
    t.pass('no MongoDB server', { skip: 'no MongoDB server can be had here' });
    return;
  }
  t.teardown(() => database.drop());
  await sixSteps(t, database.uri);
});
