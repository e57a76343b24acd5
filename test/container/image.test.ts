/** The image as people run it: small, quick, content with few rights, and keeping what it was given. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { content, names, put, sha256, signedIn, signIn } from '../fixtures/container-library.ts';
import { containerTest, docker, image, RESTRICTIONS, runToEnd, startContainer, volume } from '../fixtures/docker.ts';
import { open } from '../fixtures/http.ts';
import { oldVolume } from '../fixtures/old-data.ts';

const MIB = 1024 * 1024;
const ADDED_LIMIT_BYTES = 120 * MIB;
const HEALTHY_LIMIT_MS = 3_000;
const IDLE_LIMIT_BYTES = 150 * MIB;
const STOP_LIMIT_MS = 10_000;
/** What the system and the engine take on the way to a reader who reads nothing. */
const LONGER_THAN_BUFFERS = 64 * MIB;
/** Other tests run beside these on the same processors: the least of so many is what the node itself takes. */
const TRIES = 4;

containerTest('adds less than 120 MB to its base, has no compiler, and says what it is', async (t) => {
  const [base, ours] = await Promise.all(['node:24-bookworm-slim', image()].map(async (name) => Number(await docker('image', 'inspect', '--format', '{{.Size}}', name))));
  const addedBytes = (ours ?? 0) - (base ?? 0);
  t.comment(`${(addedBytes / 1e6).toFixed(1)} MB on top of the base's ${((base ?? 0) / 1e6).toFixed(1)} MB`);
  t.ok(addedBytes > 0 && addedBytes < ADDED_LIMIT_BYTES, `${addedBytes} bytes`);
  const { logs } = await runToEnd(t, ['--entrypoint', 'sh'], {
    command: ['-c', 'for name in gcc cc g++ make python3; do command -v $name; done; software-switch --version'],
  });
  t.match(logs, /^\d+\.\d+\.\d+\n$/);
  const config = JSON.parse(await docker('image', 'inspect', '--format', '{{json .Config}}', image())) as Record<string, unknown>;
  t.match(config, {
    Labels: { 'org.opencontainers.image.title': 'Software Switch', 'org.opencontainers.image.version': String }, StopSignal: 'SIGTERM',
    ExposedPorts: { '8080/tcp': {}, '9000/udp': {} }, Volumes: { '/data': {} }, Entrypoint: ['/usr/bin/tini', '--', 'software-switch'], Cmd: ['serve'],
  });
});

containerTest('takes, lists and sends videos with every restriction, as a user it does not know, and writes only what it stores', async (t) => {
  const node = await startContainer(t, [...RESTRICTIONS, '--user', '65534:65534']);
  await node.healthy();
  const url = await node.url();
  const bytes = randomBytes(3 * MIB + 17);
  const contentId = await put(url, 'Holiday.mp4', bytes);
  t.same(await names(url), ['Holiday.mp4']);
  const range = await content(url, contentId, 'bytes=1000000-1999999');
  t.equal(range.status, 206);
  t.ok(range.bytes.equals(bytes.subarray(1_000_000, 2_000_000)), 'a range has the right bytes');
  t.equal((await fetch(`${url}/`, { headers: { accept: 'text/html' } })).status, 200, 'the page is in it');
  const copy = '/data/copy.mp4';
  await docker('exec', node.name, 'software-switch', 'get', `http://127.0.0.1:8080/videos/${contentId}`, '-o', copy);
  t.match(await docker('exec', node.name, 'sha256sum', copy), sha256(bytes), 'the command is in it');
  t.equal(await docker('diff', node.name), '', 'nothing was written outside of /data and /tmp');
  t.match(await docker('exec', node.name, 'software-switch', 'healthcheck'), 'The node is ready.');
});

containerTest('is healthy in three seconds, small at rest, and gone in ten though a stream is open', async (t) => {
  let healthyMs = Number.POSITIVE_INFINITY;
  for (let tries = 1; tries <= TRIES && healthyMs >= HEALTHY_LIMIT_MS; tries += 1) {
    const node = await startContainer(t, []);
    await node.healthy();
    healthyMs = Math.min(healthyMs, await startToHealthyMs(node.name));
    if (healthyMs >= HEALTHY_LIMIT_MS && tries < TRIES) {
      await docker('rm', '--force', '--volumes', node.name);
      continue;
    }
    const url = await node.url();
    const contentId = await put(url, 'Long.mp4', randomBytes(LONGER_THAN_BUFFERS));
    const idleBytes = parseSize(await docker('stats', '--no-stream', '--format', '{{.MemUsage}}', node.name));
    t.comment(`healthy after ${Math.round(healthyMs)} ms, ${(idleBytes / MIB).toFixed(0)} MiB at rest`);
    t.ok(idleBytes < IDLE_LIMIT_BYTES, `${idleBytes} bytes at rest`);

    const { response } = await open(`${url}/videos/${contentId}/content`);
    t.teardown(() => response.destroy());
    const startMs = performance.now();
    await docker('stop', '--time', '30', node.name);
    const stopMs = performance.now() - startMs;
    t.comment(`stopped after ${Math.round(stopMs)} ms with a stream open`);
    t.ok(stopMs < STOP_LIMIT_MS, `${stopMs} ms to stop`);
    t.equal(await docker('inspect', '--format', '{{.State.ExitCode}}', node.name), '0');
  }
  t.ok(healthyMs < HEALTHY_LIMIT_MS, `${healthyMs} ms to healthy`);
});

containerTest('keeps everything through a restart and a kill', async (t) => {
  const node = await startContainer(t, ['-v', `${await volume(t)}:/data`]);
  await node.healthy();
  const bytes = randomBytes(2 * MIB);
  const contentId = await put(await node.url(), 'Kept.mp4', bytes);
  const cookie = await signIn(await node.url());
  for (const words of [['restart'], ['kill']] as const) {
    await docker(...words, node.name);
    if (words[0] === 'kill') await docker('start', node.name);
    await node.healthy();
    const url = await node.url();
    t.same(await names(url), ['Kept.mp4'], words[0]);
    t.equal(sha256((await content(url, contentId)).bytes), sha256(bytes));
    t.ok(await signedIn(url, cookie), 'who was signed in still is');
  }
});

containerTest('works with a volume that an earlier version made', async (t) => {
  const { dataDir, facts } = await oldVolume(t);
  await promisify(execFile)('chown', ['-R', '1000:1000', dataDir]);
  const node = await startContainer(t, ['-v', `${dataDir}:/data`], { setsToken: false });
  await node.healthy();
  const url = await node.url();
  t.same(await names(url), facts.videos.map(({ name }) => name).toSorted());
  for (const video of facts.videos) t.equal(sha256((await content(url, video.contentId)).bytes), video.sha256, video.name);
  t.ok(await signedIn(url, await signIn(url, facts.token)), 'the admin token is the one it had');
});

/** From the engine's own clock: the container's start, and the end of the first check that found it well. */
async function startToHealthyMs(name: string): Promise<number> {
  const state = JSON.parse(await docker('inspect', '--format', '{{json .State}}', name)) as {
    readonly StartedAt: string; readonly Health: { readonly Log: readonly { readonly End: string; readonly ExitCode: number }[] };
  };
  const first = state.Health.Log.find(({ ExitCode }) => ExitCode === 0);
  return first === undefined ? Number.POSITIVE_INFINITY : Date.parse(first.End) - Date.parse(state.StartedAt);
}

/** `98.46MiB / 23.54GiB` */
function parseSize(text: string): number {
  const [, value = '', unit = ''] = /^([\d.]+)(KiB|MiB|GiB)/.exec(text) ?? [];
  return Number(value) * ({ KiB: 1024, MiB: MIB, GiB: 1024 * MIB }[unit] ?? Number.NaN);
}
