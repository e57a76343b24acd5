/** What can be played is told from what is inside, in words that people understand. */
import t from 'tap';
import { openMedia, playability } from '../../../../engine/media/index.ts';
import type { AudioTrackInfo, MediaInfo, TrackInfo, VideoTrackInfo } from '../../../../engine/media/index.ts';
import { fileSource, fragmentTimes, trackBytes } from '../../../fixtures/media-bytes.ts';
import { MEDIA_FILES, mediaFile } from '../../../fixtures/media-files.ts';

/** As Debian's Chromium answers. */
const inChromium = (mimeType: string): boolean => /^(video\/mp4; codecs="(avc1|vp09|av01)|audio\/mp4; codecs="(mp4a\.40\.2|opus|flac)|audio\/mpeg$|video\/webm; codecs="vp8|audio\/webm; codecs="vorbis)/.test(mimeType);

function picture(codec: string | null, codecString: string | null, number = 1): VideoTrackInfo {
  return { kind: 'video', number, codec, codecString, language: null, label: null, isDefault: true, width: 320, height: 180 };
}

function sound(codec: string, codecString: string, number: number, isDefault = true): AudioTrackInfo {
  return { kind: 'audio', number, codec, codecString, language: null, label: null, isDefault, channels: 2, sampleRateHz: 48_000 };
}

function told(...tracks: readonly TrackInfo[]): ReturnType<typeof playability> {
  const info: MediaInfo = { container: 'mp4', durationSeconds: 1, tracks };
  return playability(info, inChromium);
}

const H264 = picture('avc', 'avc1.64001f');
const AAC = sound('aac', 'mp4a.40.2', 2);

await t.test('a file that plays has no problems', async (test) => {
  test.strictSame(told(H264, AAC), { videoTrack: 1, audioTrack: 2, audioTracks: [2], problems: [] });
});

await t.test('what does not play is said, and what plays all the same', async (test) => {
  test.strictSame(told(picture('hevc', 'hev1.1.6.L93.B0')).problems, ['HEVC is not supported by this browser.']);
  test.strictSame(told(picture('hevc', 'hev1.1.6.L93.B0'), AAC).problems, ['HEVC is not supported by this browser; only the sound plays.']);
  test.strictSame(told(H264, sound('ac3', 'ac-3', 2)), {
    videoTrack: 1, audioTrack: null, audioTracks: [],
    problems: ['The sound is Dolby Digital (AC-3), which this browser does not play; the picture plays without sound.'],
  });
  test.strictSame(told(picture(null, null)).problems, ['The picture is in a format that browsers do not know.']);
  test.strictSame(told().problems, ['There is neither picture nor sound in this file.']);
});

await t.test('of several sounds, the default one that plays is first', async (test) => {
  const some = told(H264, sound('ac3', 'ac-3', 2), sound('aac', 'mp4a.40.2', 3, false), sound('opus', 'opus', 4));
  test.equal(some.audioTrack, 4);
  test.strictSame(some.audioTracks, [3, 4]);
  test.strictSame(some.problems, ['One sound of this file cannot be chosen: Dolby Digital (AC-3) is not supported by this browser.']);
});

await t.test('the types that are asked about are those that header segments have, and the table says what comes of it', async (test) => {
  for (const fixture of MEDIA_FILES.filter(({ container }) => container !== null)) {
    const source = await fileSource(await fixture.file());
    const media = await openMedia(source);
    const asked: string[] = [];
    const { videoTrack, audioTrack } = playability(media.info, (mimeType) => {
      asked.push(mimeType);
      return inChromium(mimeType);
    });
    const missing = [
      ...media.info.tracks.some(({ kind }) => kind === 'video') && videoTrack === null ? ['no-picture'] : [],
      ...audioTrack === null ? ['no-sound'] : [],
    ];
    test.strictSame(missing, fixture.plays === true ? [] : [fixture.plays], fixture.name);
    for (const { number, codec } of media.info.tracks) {
      if (codec !== null) test.ok(asked.includes((await media.initSegment(number, new AbortController().signal)).mimeType), fixture.name);
    }
    media.close();
    await source.close();
  }
});

await t.test('pictures before the beginning of a cut file are decoded, and not given a time below zero', async (test) => {
  const source = await fileSource(await mediaFile('mp4-cut').file());
  const media = await openMedia(source);
  const bytes = await trackBytes(media, 1);
  const [first] = fragmentTimes(bytes);
  test.equal(first?.decodeTicks, 0);
  const squeezed = first?.durations.filter((ticks) => ticks < 100).length ?? 0;
  test.ok(squeezed > 20, `${squeezed} frames pass before the first one shown`);
  for await (const fragment of media.fragments(1, { fromSeconds: 0, signal: new AbortController().signal })) test.ok(fragment.startSeconds >= 0);
  media.close();
  await source.close();
});
