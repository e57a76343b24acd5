import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test, type Test } from 'tap';
import { contentUrl, putVideo, startAppliance } from '../fixtures/appliance.ts';

const run = promisify(execFile);
const BYTES = randomBytes(9_000_003);

async function installed(t: Test, program: string): Promise<boolean> {
  try {
    await run('which', [program]);
    return true;
  } catch {
    if (process.env['CI'] === 'true') throw new Error(`${program} is not installed`);
    t.comment(`skipped: ${program} is not installed`);
    return false;
  }
}

test('curl resumes a download that was cut', async (t) => {
  if (!(await installed(t, 'curl'))) return;
  const node = await startAppliance(t);
  const url = contentUrl(node, await putVideo(node, 'ü.mp4', BYTES));
  const file = join(t.testdir(), 'half.mp4');
  await writeFile(file, BYTES.subarray(0, 4_000_000));
  await run('curl', ['-sS', '--fail', '-C', '-', '-o', file, url]);
  t.ok((await readFile(file)).equals(BYTES));
});

test('curl saves under the name of the upload', async (t) => {
  if (!(await installed(t, 'curl'))) return;
  const node = await startAppliance(t);
  const url = contentUrl(node, await putVideo(node, 'my film.mp4', BYTES));
  const folder = t.testdir();
  await run('curl', ['-sS', '--fail', '-OJ', '--output-dir', folder, `${url}?download=1`]);
  t.ok((await readFile(join(folder, 'my film.mp4'))).equals(BYTES));
});

test('wget -c goes on where it stopped', async (t) => {
  if (!(await installed(t, 'wget'))) return;
  const node = await startAppliance(t);
  const url = contentUrl(node, await putVideo(node, 'a.mp4', BYTES));
  const file = join(t.testdir(), 'half.mp4');
  await writeFile(file, BYTES.subarray(0, 4_000_000));
  await run('wget', ['-q', '-c', '-O', file, url]);
  t.ok((await readFile(file)).equals(BYTES));
});

test('aria2c -x4 loads over four connections', async (t) => {
  if (!(await installed(t, 'aria2c'))) return;
  const node = await startAppliance(t);
  const url = contentUrl(node, await putVideo(node, 'a.mp4', BYTES));
  const folder = t.testdir();
  await run('aria2c', ['-q', '-x4', '-s4', '-k1M', '-d', folder, '-o', 'a.mp4', url]);
  t.ok((await readFile(join(folder, 'a.mp4'))).equals(BYTES));
});

test('aria2c -x4 is content with a single slot', async (t) => {
  if (!(await installed(t, 'aria2c'))) return;
  const node = await startAppliance(t, { cdnMaxStreams: 1 });
  const url = contentUrl(node, await putVideo(node, 'a.mp4', BYTES));
  const folder = t.testdir();
  await run('aria2c', ['-q', '-x4', '-s4', '-k1M', '--max-tries=0', '--retry-wait=1', '-d', folder, '-o', 'a.mp4', url]);
  t.ok((await readFile(join(folder, 'a.mp4'))).equals(BYTES));
});

test('ffprobe reads a film whose index is at its end', async (t) => {
  if (!(await installed(t, 'ffprobe')) || !(await installed(t, 'ffmpeg'))) return;
  const folder = join(t.testdir(), 'media');
  await mkdir(folder);
  const file = join(folder, 'film.mp4');
  await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25', '-t', '4', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', file]);
  const node = await startAppliance(t);
  const url = contentUrl(node, await putVideo(node, 'film.mp4', await readFile(file)));
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', 'format=duration,format_name', '-of', 'json', url]);
  t.match(JSON.parse(stdout), { format: { format_name: /mp4/, duration: /^4\.0/ } });
});
