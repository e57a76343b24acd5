/** What the appliance finds in the videos it is given: formats, subtitles, and what happens when something is in its way. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test, type Test } from 'tap';
import type { Video } from '../../server/storage/video-store.ts';
import { putVideo, startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { eventually, fetchWhole } from '../fixtures/http.ts';

const run = promisify(execFile);

const SRT = '1\n00:00:00,200 --> 00:00:01,000\nHello <i>there</i>\n\n2\n00:00:01,200 --> 00:00:01,900\nSalt & pepper\n';

/** A film of two seconds, of what `args` say beside picture and sound. */
async function film(t: Test, name: string, args: readonly string[], subtitles = 0): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'switch-film-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'text.srt'), SRT);
  const texts = Array.from({ length: subtitles }, () => ['-i', 'text.srt']).flat();
  const maps = Array.from({ length: subtitles + 2 }, (_, index) => ['-map', `${index}`]).flat();
  await run('ffmpeg', [
    '-hide_banner', '-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=2', '-f', 'lavfi', '-i', 'sine=d=2', ...texts, ...maps,
    ...args, name,
  ], { cwd: folder });
  return readFile(join(folder, name));
}

async function entry({ url }: RunningAppliance, contentId: string): Promise<Video> {
  return await (await fetch(`${url}/api/videos/${contentId}`)).json() as Video;
}

async function subtitlesOf(node: RunningAppliance, contentId: string, count: number): Promise<{ video: Video; texts: string[] }> {
  const video = await eventually(`${count} subtitles`, async () => {
    const now = await entry(node, contentId);
    return now.subtitles.length === count && now;
  });
  const texts = await Promise.all(video.subtitles.map(async ({ id }) => (await fetchWhole(`${node.url}/api/videos/${contentId}/subtitles/${id}`)).text));
  return { video, texts };
}

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac'];

test('the answer to an upload says what is inside', async (t) => {
  const node = await startAppliance(t);
  const video = await putVideo(node, 'film.mp4', await film(t, 'film.mp4', H264));
  t.match(video, { mediaState: 'read', posterId: null, subtitles: [], media: { container: 'mp4' } });
  t.ok(Math.abs((video.media?.durationSeconds ?? 0) - 2) < 0.1, `${video.media?.durationSeconds} s`);
  t.match(video.media?.tracks, [
    { kind: 'video', codec: 'avc', codecString: /^avc1\./, width: 320, height: 180 }, { kind: 'audio', codec: 'aac', codecString: 'mp4a.40.2', channels: 1 },
  ]);
  t.notOk('isInspected' in video, 'what is only for the appliance is not told');
  t.same((await (await fetch(`${node.url}/api/videos`)).json() as { items: Video[] }).items[0]?.media, video.media, 'and so does the list');
});

test('text subtitles inside a Matroska file are given as WebVTT, with their languages', async (t) => {
  const node = await startAppliance(t);
  const bytes = await film(t, 'film.mkv', [
    ...H264, '-c:s:0', 'srt', '-c:s:1', 'ass', '-c:s:2', 'webvtt', '-metadata:s:s:0', 'language=eng', '-metadata:s:s:0', 'title=For the hard of hearing', '-metadata:s:s:1', 'language=ger',
  ], 3);
  const { contentId } = await putVideo(node, 'film.mkv', bytes);
  const { video, texts } = await subtitlesOf(node, contentId, 3);
  t.match(video.subtitles, [
    { language: 'eng', label: 'For the hard of hearing', origin: 'embedded' }, { language: 'ger', label: 'German', origin: 'embedded' },
    { language: null, label: 'Subtitles 3', origin: 'embedded' },
  ]);
  for (const text of texts) {
    t.match(text, /^WEBVTT/);
    t.match(text, /00:00:00\.2\d\d --> 00:00:01\.0\d\d\n.*Hello/);
    t.match(text, /Salt &(?:amp;)? pepper/);
  }
});

test('a recording without an index has its subtitles too', async (t) => {
  const node = await startAppliance(t);
  const bytes = await film(t, 'film.mkv', [...H264, '-c:s', 'srt', '-live', '1'], 1);
  const { contentId } = await putVideo(node, 'film.mkv', bytes);
  t.match((await subtitlesOf(node, contentId, 1)).texts[0], /Hello[^]*Salt/);
});

test('text subtitles inside an MP4 file are given as WebVTT', async (t) => {
  const node = await startAppliance(t);
  const { contentId } = await putVideo(node, 'film.mp4', await film(t, 'film.mp4', [...H264, '-c:s', 'mov_text', '-metadata:s:s:0', 'language=fra'], 1));
  const { video, texts } = await subtitlesOf(node, contentId, 1);
  t.match(video.subtitles, [{ language: 'fra', label: 'French', origin: 'embedded' }]);
  t.match(texts[0], /00:00:00\.2\d\d --> 00:00:01\.0\d\d\n.*Hello there\n[^]*Salt &amp; pepper/);
});

test('what is no media file, or one that no browser knows, is unreadable and stays downloadable', async (t) => {
  const node = await startAppliance(t);
  const truncated = (await film(t, 'film.mp4', H264)).subarray(0, 5000);
  for (const [name, bytes] of [
    ['noise.mp4', Buffer.alloc(70_000, 'noise')], ['old.avi', await film(t, 'old.avi', ['-c:v', 'mpeg4', '-c:a', 'libmp3lame'])], ['cut.mp4', truncated], ['one.mkv', Buffer.from([0x1a])],
  ] as const) {
    const { contentId } = await putVideo(node, name, bytes);
    const video = await eventually(name, async () => {
      const now = await entry(node, contentId);
      return now.mediaState !== 'pending' && now;
    });
    t.match(video, { mediaState: 'unreadable', media: null, subtitles: [] }, name);
    t.equal((await fetchWhole(`${node.url}/videos/${contentId}/content`)).body.compare(bytes), 0, name);
  }
});

test('a library of the version before opens, and is looked into in the background', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'switch-old-library-'));
  t.teardown(() => rm(dataDir, { recursive: true, force: true }));
  const bytes = await film(t, 'film.mkv', [...H264, '-c:s', 'srt'], 1);
  const first = await startAppliance(t, { dataDir });
  const { contentId, name, title, mediaType, sizeBytes, pieceLengthBytes, createdAt } = await putVideo(first, 'film.mkv', bytes);
  await subtitlesOf(first, contentId, 1);
  await first.appliance.stop();
  const folder = join(dataDir, 'videos', contentId);
  await rm(join(folder, 'extras'), { recursive: true });
  // As that version wrote it, field for field.
  await writeFile(join(folder, 'entry.json'), `${JSON.stringify({ contentId, name, title, mediaType, sizeBytes, pieceLengthBytes, createdAt }, null, 2)}\n`);
  const second = await startAppliance(t, { dataDir });
  const { video, texts } = await subtitlesOf(second, contentId, 1);
  t.match(video, { mediaState: 'read', title, createdAt, media: { container: 'matroska' } });
  t.match(texts[0], /Hello/);
});

test('a stop in the middle of a look leaves nothing, and the next start looks again', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'switch-stopped-'));
  t.teardown(() => rm(dataDir, { recursive: true, force: true }));
  await mkdir(dataDir, { recursive: true });
  const bytes = await film(t, 'film.mkv', [...H264, '-c:s', 'srt'], 1);
  const first = await startAppliance(t, { dataDir });
  const { contentId } = await putVideo(first, 'film.mkv', bytes);
  await first.appliance.stop();
  const second = await startAppliance(t, { dataDir });
  const { video } = await subtitlesOf(second, contentId, 1);
  t.equal(video.mediaState, 'read');
  await second.appliance.stop();
  const third = await startAppliance(t, { dataDir });
  t.same((await entry(third, contentId)).subtitles, video.subtitles, 'found once, they stay the same');
});

test('a video can be deleted while it is looked into', async (t) => {
  const node = await startAppliance(t);
  const bytes = await film(t, 'film.mkv', [...H264, '-c:s', 'srt'], 1);
  const headers = { authorization: `Bearer ${node.adminToken}` };
  for (let turn = 0; turn < 3; turn += 1) {
    const { contentId } = await putVideo(node, 'film.mkv', bytes);
    t.equal((await fetchWhole(`${node.url}/api/videos/${contentId}`, { method: 'DELETE', headers })).status, 204);
    t.equal((await fetchWhole(`${node.url}/api/videos/${contentId}`)).status, 404);
  }
  const { contentId } = await putVideo(node, 'film.mkv', bytes);
  t.match((await subtitlesOf(node, contentId, 1)).texts[0], /Hello/, 'and the same bytes are looked into anew');
});
