/** What scripts rely on: exit codes, names of files, and going on after an interruption. */
import { randomBytes } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { runCommand } from '../fixtures/command.ts';

const NO_SUCH_VIDEO = 'ab'.repeat(32);

async function storeVideo({ url, adminToken }: RunningAppliance, bytes: Uint8Array): Promise<string> {
  const response = await fetch(`${url}/api/videos/film.mp4`, { method: 'PUT', body: bytes.slice(), headers: { authorization: `Bearer ${adminToken}` } });
  return (await response.json() as { contentId: string }).contentId;
}

const run = async (t: Test, argv: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<{ code: number | null; stderr: string }> => {
  const command = runCommand(t, argv, { cwd, env });
  return { code: await command.exitCode, stderr: await command.stderr };
};

test('a video that is not there exits with 3, and a node that is not there with 4', async (t) => {
  const { url } = await startAppliance(t);
  const cwd = t.testdir();
  t.equal((await run(t, ['get', NO_SUCH_VIDEO, '--from', url], cwd)).code, 3);
  t.equal((await run(t, ['get', NO_SUCH_VIDEO, '--from', 'http://127.0.0.1:1', '--timeout', '1'], cwd)).code, 4);
  t.same(await readdir(cwd), [], 'and nothing is left in the folder');
});

test('when the CDN is full and nobody shares, get gives up after its timeout with 4', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 0 });
  const cwd = t.testdir();
  const contentId = await storeVideo(node, randomBytes(400_000));
  const { code, stderr } = await run(t, ['get', contentId, '--from', node.url, '--timeout', '1'], cwd);
  t.equal(code, 4);
  t.match(stderr, /CDN|viewer|peer|nobody/i);
  t.notOk((await readdir(cwd)).includes('film.mp4'), 'a partial file never bears the final name');
});

test('an interrupted get exits with 130, and a second run goes on from there', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 4, cdnMaxMbps: 40, cdnMinStreamMbps: 10 });
  const cwd = t.testdir();
  const bytes = randomBytes(12_000_000);
  const contentId = await storeVideo(node, bytes);
  const first = runCommand(t, ['get', contentId, '--from', node.url, '--json'], { cwd });
  await first.line((line) => line.type === 'progress' && Number(line['bytesHeld']) > 1_000_000);
  first.signal('SIGINT');
  t.equal(await first.exitCode, 130);
  t.notOk((await readdir(cwd)).includes('film.mp4'), 'a partial file never bears the final name');
  const second = runCommand(t, ['get', contentId, '--from', node.url, '--json'], { cwd });
  t.equal(await second.exitCode, 0);
  const resumed = Number(second.lines.at(-1)?.['bytesResumed']);
  const fromCdn = (second.lines.at(-1)?.['bytesFrom'] as { cdn: number } | undefined)?.cdn ?? 0;
  t.ok(resumed > 1_000_000, 'what the first run kept is not fetched again');
  t.equal(resumed + fromCdn, bytes.length);
  t.equal(bytes.compare(await readFile(join(cwd, 'film.mp4'))), 0);
});

test('a get whose reader has gone stops as if it was interrupted', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 4, cdnMaxMbps: 40, cdnMinStreamMbps: 10 });
  const contentId = await storeVideo(node, randomBytes(12_000_000));
  const command = runCommand(t, ['get', contentId, '--from', node.url, '--json'], { cwd: t.testdir() });
  await command.line((line) => line.type === 'progress');
  command.hangUp();
  t.equal(await command.exitCode, 130);
  t.equal(await command.stderr, '');
});

test('a file that cannot be read is named, with what is wrong', async (t) => {
  const { url, adminToken } = await startAppliance(t);
  const cwd = t.testdir({ folder: {} });
  const env = { SWITCH_ADMIN_TOKEN: adminToken };
  for (const [argv, words] of [
    [['put', 'gone.mp4', '--to', url], /gone\.mp4 is not there\.\n$/],
    [['put', 'folder', '--to', url], /folder is not a file\./],
    [['seed', 'gone.mp4', '--to', url], /^gone\.mp4 is not there\.\n$/],
    [['seed', 'folder', '--to', url], /is a folder; name a file\.\n$/],
  ] as const) {
    const { code, stderr } = await run(t, argv, cwd, env);
    t.equal(code, 1);
    t.match(stderr, words);
    t.notMatch(stderr, /node:|ENOENT/, 'no stack');
  }
});

test('get never writes over another file of that name', async (t) => {
  const node = await startAppliance(t);
  const cwd = t.testdir({ 'film.mp4': 'something of mine' });
  const bytes = randomBytes(400_000);
  const contentId = await storeVideo(node, bytes);
  t.equal((await run(t, ['get', contentId, '--from', node.url], cwd)).code, 0);
  t.equal(await readFile(join(cwd, 'film.mp4'), 'utf8'), 'something of mine');
  t.equal(bytes.compare(await readFile(join(cwd, 'film (1).mp4'))), 0);
});

test('put of the same bytes says that they are there already', async (t) => {
  const { url, adminToken } = await startAppliance(t);
  const folder = t.testdir();
  await writeFile(join(folder, 'film.mp4'), randomBytes(700_000));
  const env = { SWITCH_ADMIN_TOKEN: adminToken, HOME: folder };
  const argv = ['put', 'film.mp4', '--to', url, '--json'];
  const first = runCommand(t, argv, { cwd: folder, env });
  t.equal(await first.exitCode, 0);
  t.match(first.lines.at(-1), { type: 'summary', alreadyStored: false });
  const second = runCommand(t, argv, { cwd: folder, env });
  t.equal(await second.exitCode, 0);
  t.match(second.lines.at(-1), { type: 'summary', alreadyStored: true, contentId: first.lines.at(-1)?.['contentId'] });
  t.equal((await run(t, argv, folder, { ...env, SWITCH_ADMIN_TOKEN: 'wrong' })).code, 1, 'a wrong token is refused');
  const nobody = await run(t, ['put', 'film.mp4', '--to', 'http://127.0.0.1:1'], folder, env);
  t.equal(nobody.code, 1);
  t.match(nobody.stderr, /Nobody answers at http:\/\/127\.0\.0\.1:1\. Is the node running there/);
});

test('seed shares a local file with viewers of a node whose CDN is full', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 0 });
  const folder = t.testdir({ viewer: {} });
  const bytes = randomBytes(2_000_000);
  await writeFile(join(folder, 'film.mp4'), bytes);
  const contentId = await storeVideo(node, bytes);
  const seed = runCommand(t, ['seed', 'film.mp4', '--to', node.url, '--json'], { cwd: folder });
  t.match(await seed.line(({ type }) => type === 'sharing'), { contentId }, 'a local file has the same content id');
  const viewer = runCommand(t, ['get', contentId, '--from', node.url, '--json', '--timeout', '20'], { cwd: join(folder, 'viewer') });
  t.equal(await viewer.exitCode, 0);
  t.same(viewer.lines.at(-1)?.['bytesFrom'], { cdn: 0, peers: bytes.length, seeder: 0 });
  t.equal(bytes.compare(await readFile(join(folder, 'viewer', 'film.mp4'))), 0);
  seed.signal('SIGINT');
  t.equal(await seed.exitCode, 0);
});

test('put sends the subtitles it is given, and tells of those it was not', async (t) => {
  const { url, adminToken } = await startAppliance(t);
  const folder = t.testdir({ 'film.en.srt': '1\n00:00:01,000 --> 00:00:02,000\nHello\n', 'film.de.vtt': 'WEBVTT\n\n00:01.000 --> 00:02.000\nHallo\n', 'other.srt': '', 'film.txt': '' });
  await writeFile(join(folder, 'film.mp4'), randomBytes(100_000));
  const env = { SWITCH_ADMIN_TOKEN: adminToken, HOME: folder };
  const bare = await run(t, ['put', 'film.mp4', '--to', url], folder, env);
  t.equal(bare.code, 0);
  t.match(bare.stderr, /not sent: film\.de\.vtt, film\.en\.srt\./);
  const put = runCommand(t, ['put', 'film.mp4', '--to', url, '--subtitles', 'film.en.srt', '--subtitles', 'film.de.vtt', '--json'], { cwd: folder, env });
  t.equal(await put.exitCode, 0);
  t.match(put.lines.at(-1), { type: 'summary', subtitles: ['film.en.srt', 'film.de.vtt'] });
  const list = runCommand(t, ['list', '--from', url, '--json'], { cwd: folder });
  t.equal(await list.exitCode, 0);
  t.match(list.lines, [{ type: 'video', mediaState: 'unreadable', subtitles: [{ language: 'en', label: 'English' }, { language: 'de', label: 'German' }] }]);
  const wrong = await run(t, ['put', 'film.mp4', '--to', url, '--subtitles', 'gone.srt'], folder, env);
  t.equal(wrong.code, 1);
  t.match(wrong.stderr, /gone\.srt is not there\./);
});
