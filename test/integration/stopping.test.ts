import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { test } from 'tap';
import { Upload } from 'tus-js-client';
import { createEngine, MemoryPieceStore } from '../../engine/index.ts';
import { Closers } from '../../server/closers.ts';
import { eventually, fetchWhole, open } from '../fixtures/http.ts';
import { serve, type Served } from '../fixtures/served-node.ts';
import { SignallingTestClient } from '../fixtures/signalling-client.ts';
import { contentIdOf } from '../fixtures/upload-clients.ts';

const MIB = 1024 * 1024;
const TOKEN = 'a-token';
const AUTHORIZATION = { authorization: `Bearer ${TOKEN}` };
const TUS = { ...AUTHORIZATION, 'tus-resumable': '1.0.0' };
/** The default, and what container runtimes give. */
const KILLED_AFTER_MS = 10_000;

/** A PATCH whose body stops coming after `part`, as over a slow line; resolves with its answer. */
function patchPart(url: string, sizeBytes: number, part: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sending = request(url, {
      method: 'PATCH', agent: false,
      headers: { ...TUS, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0', 'content-length': sizeBytes },
    }, (response) => {
      response.resume();
      sending.destroy();
      resolve(response);
    });
    sending.on('error', reject);
    sending.write(part);
  });
}

test('a stop in a busy evening: nothing new, what runs ends or can go on, everybody is told, and out in time', async (t) => {
  const dataDir = t.testdir();
  const start = (port: string): Served => serve(t, ['--port', port, '--data-dir', dataDir, '--seeder', '--udp-port', '0', '--seeder-max-mbps', '16', '--reserve-free-bytes', '0'], { SWITCH_ADMIN_TOKEN: TOKEN });
  const node = start('0');
  const url = await node.url;
  const film = randomBytes(24 * MIB);
  const contentId = contentIdOf(film);
  await fetchWhole(`${url}/api/videos/film.mp4`, { method: 'PUT', headers: AUTHORIZATION, body: film });

  // A viewer who reads slowly, a peer of the seeder, somebody on signalling, one upload over a slow line, and one that goes on chunk by chunk.
  const viewer = await open(`${url}/videos/${contentId}/content`);
  const engine = createEngine({ appliances: [url] });
  t.teardown(() => engine.stop());
  const watched = await engine.open(await engine.manifest(contentId), { store: new MemoryPieceStore(), policy: 'swarm-first' });
  watched.finished.catch(() => undefined);
  await eventually('the seeder sends', () => watched.figures().bytesFrom.seeder > 0);
  const waiting = await SignallingTestClient.open(`${url.replace('http', 'ws')}/signalling`);
  await waiting.hello();
  const slow = randomBytes(4 * MIB);
  const created = await fetchWhole(`${url}/api/uploads`, { method: 'POST', headers: { ...TUS, 'upload-length': String(slow.length), 'upload-metadata': `filename ${btoa('slow.mp4')}` } });
  const slowPath = new URL(created.headers.location ?? '', url).pathname;
  const slowAnswer = patchPart(url + slowPath, slow.length, slow.subarray(0, MIB));
  // The disk is looked at: a request that asks where it stands would take the upload over.
  await eventually('its part is there', () => stat(join(dataDir, 'uploads', slowPath.split('/').at(-1) ?? '')).then(({ size }) => size === MIB, () => false));
  const large = randomBytes(16 * MIB);
  let chunks = 0;
  const offsets: number[] = [];
  const uploaded = new Promise<void>((resolve, reject) => {
    new Upload(large, {
      endpoint: `${url}/api/uploads`, headers: AUTHORIZATION, metadata: { filename: 'large.mp4' }, chunkSize: 256 * 1024,
      retryDelays: Array.from({ length: 100 }, () => 300), onSuccess: () => resolve(), onError: reject,
      onChunkComplete: (_size, accepted) => {
        offsets.push(accepted);
        chunks += 1;
        if (chunks === 5) node.child.kill('SIGTERM');
      },
    }).start();
  });
  await eventually('the stop has begun', () => node.log().includes('stopping'));
  const askedAt = performance.now();

  const ready = await fetchWhole(`${url}/readyz`);
  t.equal(ready.status, 503, 'not ready at once');
  for (const [what, answer] of [
    ['a new viewer', await fetchWhole(`${url}/videos/${contentId}/content`)],
    ['a new upload', await fetchWhole(`${url}/api/videos/other.mp4`, { method: 'PUT', headers: AUTHORIZATION, body: 'x' })],
    ['a new resumable upload', await fetchWhole(`${url}/api/uploads`, { method: 'POST', headers: { ...TUS, 'upload-length': '5' } })],
  ] as const) {
    t.equal(answer.status, 503, `${what} is refused`);
    t.match(answer.headers, { 'retry-after': /^\d+$/ });
    t.match(JSON.parse(answer.text), { type: '/problems/shutting-down' });
  }
  const closing = await waiting.next('closing');
  t.ok(closing.retryAfterMs >= 500 && closing.retryAfterMs <= 10_000, 'told when to come back');
  t.equal(await waiting.closed, 1012);
  await eventually('the seeder said goodbye', () => watched.figures().peers.length === 0, 5_000);
  const { statusCode, headers } = await slowAnswer;
  t.same([statusCode, headers['upload-offset']], [204, String(MIB)], 'the slow upload is told what came');
  let received = 0;
  for await (const chunk of viewer.response) received += (chunk as Buffer).length;
  t.equal(received, film.length, 'who watched got the rest');
  t.equal(await node.exited, 0);
  t.ok(performance.now() - askedAt < KILLED_AFTER_MS, `${Math.round(performance.now() - askedAt)} ms`);
  for (const line of node.log().trim().split('\n')) t.ok((JSON.parse(line) as { level: number }).level < 40, line);

  const again = start(new URL(url).port);
  await again.url;
  await uploaded;
  t.same(offsets, [...offsets].sort((one, other) => one - other), 'the upload went on by itself, and never back');
  const rest = await fetchWhole(url + slowPath, {
    method: 'PATCH', headers: { ...TUS, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(MIB) }, body: slow.subarray(MIB),
  });
  t.equal(rest.headers['switch-content-id'], contentIdOf(slow));
  for (const bytes of [film, slow, large]) t.ok((await fetchWhole(`${url}/videos/${contentIdOf(bytes)}/content`)).body.equals(bytes));
});

test('a plain upload that runs may end in the time of the drain, and is answered when it does not', async (t) => {
  const node = serve(t, ['--port', '0', '--data-dir', t.testdir(), '--drain-timeout-ms', '1500', '--reserve-free-bytes', '0'], { SWITCH_ADMIN_TOKEN: TOKEN });
  const url = await node.url;
  const bytes = randomBytes(2 * MIB);
  const put = (name: string) => {
    const sending = request(`${url}/api/videos/${name}`, { method: 'PUT', agent: false, headers: { ...AUTHORIZATION, 'content-length': bytes.length } });
    sending.write(bytes.subarray(0, MIB));
    return { sending, answer: once(sending, 'response').then(([response]) => (response as IncomingMessage).resume().statusCode) };
  };
  const [quick, stuck] = [put('quick.mp4'), put('stuck.mp4')];
  await eventually('both run', async () => (await fetchWhole(`${url}/api/status`)).status === 200 && quick.sending.writableLength === 0 && stuck.sending.writableLength === 0);
  node.child.kill('SIGTERM');
  await eventually('the stop has begun', () => node.log().includes('stopping'));
  quick.sending.end(bytes.subarray(MIB));
  t.equal(await quick.answer, 201);
  t.equal(await stuck.answer, 503);
  stuck.sending.destroy();
  t.equal(await node.exited, 0);
});

test('a part that hangs or fails in its end keeps no other from closing', async (t) => {
  const closed: string[] = [];
  const closers = new Closers({ limitMs: 50 });
  closers.add(() => void closed.push('storage'));
  closers.add(() => new Promise<void>(() => undefined));
  closers.add(() => { throw new Error('failed'); });
  closers.add(() => void closed.push('port'));
  const error = await closers.closeAll().then(() => undefined, (caught: unknown) => caught);
  t.same(closed, ['port', 'storage']);
  t.match(error, { errors: [{ message: 'failed' }, { message: /not done within 50 ms/ }] });
});
