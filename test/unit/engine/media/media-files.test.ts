/** Every file of the table, read and cut, and read back by ffmpeg. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { MediaError, openMedia } from '../../../../engine/media/index.ts';
import type { MediaFile } from '../../../../engine/media/index.ts';
import { fileSource, fragmentTimes, frameHashes, trackBytes } from '../../../fixtures/media-bytes.ts';
import { MEDIA_FILES } from '../../../fixtures/media-files.ts';
import type { MediaFixture } from '../../../fixtures/media-files.ts';

const folder = await mkdtemp(join(tmpdir(), 'media-files-'));
t.teardown(async () => await rm(folder, { recursive: true }));
const PLAYED = MEDIA_FILES.filter(({ container }) => container !== null);
/** Half its frames belong before its beginning: it has a test of its own. */
const CUT = 'mp4-cut';

async function opened(test: Test, fixture: MediaFixture): Promise<MediaFile> {
  const source = await fileSource(await fixture.file());
  const media = await openMedia(source);
  test.teardown(async () => {
    media.close();
    await source.close();
  });
  return media;
}

async function written(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

for (const fixture of PLAYED) {
  await t.test(`${fixture.name}: says what is inside`, async (test) => {
    const { info, reads } = await opened(test, fixture).then((media) => ({ info: media.info, reads: media.reads() }));
    test.equal(info.container, fixture.container);
    test.equal(info.tracks.find(({ kind }) => kind === 'video')?.codec ?? null, fixture.videoCodec);
    test.equal(info.tracks.find(({ kind }) => kind === 'audio')?.codec ?? null, fixture.audioCodec);
    test.ok(Math.abs((info.durationSeconds ?? 0) - fixture.durationSeconds) < 0.15, `${info.durationSeconds} seconds`);
    test.ok(reads.count <= 4, `${reads.count} reads`);
  });

  if (fixture.videoCodec !== null && fixture.name !== CUT) {
    await t.test(`${fixture.name}: a decoder finds the same frames in the fragments`, async (test) => {
      const media = await opened(test, fixture);
      const video = media.info.tracks.find(({ kind }) => kind === 'video');
      if (video === undefined) throw new Error('No picture.');
      const original = await frameHashes(await fixture.file(), 'v');
      if (fixture.frames !== null) test.equal(original.length, fixture.frames);
      test.strictSame(await frameHashes(await written(`${fixture.name}.out`, await trackBytes(media, video.number)), 'v'), original);
      // An open group begins with pictures that lean on the group before it, and are left out: their traces are ffmpeg's complaint.
      const level = fixture.name === 'mp4-open-groups' ? 'fatal' : 'error';
      const middle = await frameHashes(await written(`${fixture.name}.middle`, await trackBytes(media, video.number, { fromSeconds: 5.3 })), 'v', level);
      const groupSeconds = fixture.name === 'mp4-long-group' ? 10 : 4;
      test.ok(middle.length > 0 && middle.length <= original.length * (0.47 + groupSeconds / 10), `${middle.length} frames from the middle on`);
      test.strictSame(middle, original.slice(-middle.length));
    });
  }

  await t.test(`${fixture.name}: sound goes through a decoder`, async (test) => {
    const media = await opened(test, fixture);
    const audio = media.info.tracks.find(({ kind }) => kind === 'audio');
    if (audio === undefined) throw new Error('No sound.');
    const original = await frameHashes(await fixture.file(), 'a');
    const bytes = await trackBytes(media, audio.number);
    const whole = await frameHashes(await written(`${fixture.name}.sound`, bytes), 'a');
    test.ok(Math.abs(whole.length - original.length) <= 3, `${whole.length} of ${original.length} frames`);
    const share = (await trackBytes(media, audio.number, { fromSeconds: 5.3 })).length / bytes.length;
    test.ok(share > 0.3 && share < 0.65, `${share} of the bytes from the middle on`);
  });

  await t.test(`${fixture.name}: decode times never go back, and fragments join without a gap`, async (test) => {
    const media = await opened(test, fixture);
    for (const { number, codec } of media.info.tracks) {
      if (codec === null) continue;
      const fragments = fragmentTimes(await trackBytes(media, number));
      for (const [index, { decodeTicks, durations }] of fragments.entries()) {
        test.ok(durations.every((ticks) => ticks > 0), 'every frame lasts');
        const before = fragments[index - 1];
        if (before === undefined) continue;
        const last = before.durations.at(-1) ?? 0;
        const end = before.durations.reduce((sum, ticks) => sum + ticks, before.decodeTicks);
        test.ok(decodeTicks > end - last && decodeTicks <= end + last, `fragment ${index} of track ${number} begins at ${decodeTicks}, after ${end}`);
      }
    }
  });
}

await t.test('the first fragment is a few frames, however large the groups of pictures are', async (test) => {
  for (const fixture of PLAYED.filter(({ videoCodec }) => videoCodec !== null)) {
    const media = await opened(test, fixture);
    const video = media.info.tracks.find(({ kind }) => kind === 'video');
    for await (const first of media.fragments(video?.number ?? 0, { fromSeconds: 0, signal: new AbortController().signal })) {
      test.ok(first.isIndependent, `${fixture.name}: begins with a key frame`);
      // Four frames in a row may be shown over a little more than they take.
      test.ok(first.endSeconds - first.startSeconds <= (fixture.name.includes('uneven') ? 0.5 : 0.3), `${fixture.name}: ${first.endSeconds - first.startSeconds} s`);
      test.ok(first.fileStart < first.fileEnd, `${fixture.name}: bytes ${first.fileStart} to ${first.fileEnd}`);
      break;
    }
  }
});

await t.test('a file that cannot be read is called by its name', async (test) => {
  for (const [name, words] of [['avi', /AVI/], ['mpeg-ps', /MPEG program/], ['wmv', /Windows Media/]] as const) {
    const fixture = MEDIA_FILES.find((file) => file.name === name);
    if (fixture === undefined) throw new Error(name);
    const source = await fileSource(await fixture.file());
    const error = await openMedia(source).catch((reason: unknown) => reason);
    await source.close();
    test.ok(error instanceof MediaError && error.code === 'unreadable' && words.test(error.message), String(error));
  }
});
