/** The example of hls.js with our loader, on real files: it plays them to their end, on the file's own timeline, with seeks. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { test, type Test } from 'tap';
import { contentUrl, putVideo, startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { launchProfile, type Profile } from '../fixtures/browser.ts';
import { serveExamples } from '../fixtures/example-pages.ts';
import { mediaFile } from '../fixtures/media-files.ts';

/** From opening the page to the first frame, and from a seek to its frame: far beyond what it takes on a busy machine. */
const LIMIT_MS = 30_000;

interface Opened {
  readonly page: Page;
  /** The file as the appliance's CDN gives it, for a plain `<video>`. */
  readonly plainUrl: string;
}

/** One appliance and one browser for all: each test opens a page of its own in it. */
class Cinema {
  readonly #appliance: RunningAppliance;
  readonly profile: Profile;

  constructor(appliance: RunningAppliance, profile: Profile) {
    this.#appliance = appliance;
    this.profile = profile;
  }

  /** `hls` and `subtitles` are written into the example's options. Its hls.js is then the page's `hls`. */
  async load(t: Test, name: string, { hls = '', subtitles = '' }: { readonly hls?: string; readonly subtitles?: string } = {}): Promise<Opened> {
    const fixture = mediaFile(name);
    const video = await putVideo(this.#appliance, fixture.fileName, await readFile(await fixture.file()));
    const folder = await serveExamples(t, `${this.#appliance.url}/videos/${video.contentId}`, [
      ['new Hls({ loader });', `new Hls({ loader, ${hls} }); globalThis.hls = hls; hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, (_, { id }) => { hls.switched = id; });`],
      ['source: download }', `source: download, ${subtitles} }`],
    ]);
    const page = await this.profile.context.newPage();
    t.teardown(() => page.close());
    await page.goto(`${folder}hls.html`);
    return { page, plainUrl: contentUrl(this.#appliance, video) };
  }

  async open(t: Test, name: string, options: { readonly hls?: string; readonly subtitles?: string } = {}): Promise<Opened> {
    const opened = await this.load(t, name, options);
    await opened.page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 3, null, { timeout: LIMIT_MS })
      .catch((error: unknown) => { throw new Error(`${name} did not begin: ${this.profile.errors.join('; ')}`, { cause: error }); });
    return opened;
  }
}

/** Plays on, quickly and to the end. */
async function playToEnd(page: Page): Promise<{ durationSeconds: number; frames: number; dropped: number; audioBytes: number; error: string | null }> {
  return page.evaluate(async () => {
    const video = document.querySelector('video');
    if (video === null) throw new Error('there is no <video>');
    video.playbackRate = 4;
    const ended = new Promise((resolve) => { video.addEventListener('ended', resolve); video.addEventListener('error', resolve); });
    await video.play();
    await ended;
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
    return {
      durationSeconds: video.duration, frames: totalVideoFrames, dropped: droppedVideoFrames,
      audioBytes: (video as unknown as { webkitAudioDecodedByteCount: number }).webkitAudioDecodedByteCount, error: video.error?.message ?? null,
    };
  });
}

interface Frame {
  /** Of the frame that is shown. */
  readonly seconds: number;
  /** Of a little copy of it: four bytes a pixel. */
  readonly pixels: readonly number[];
}

/** What hls.js shows at a time, what a plain `<video>` shows then, and half a second later. */
async function framesAt(page: Page, plainUrl: string, seconds: number): Promise<{ ours: Frame | undefined; plain: Frame | undefined; later: Frame | undefined }> {
  const [ours, plain, later] = await page.evaluate(async ([url, at]) => {
    const [own] = document.querySelectorAll('video');
    const other = document.createElement('video');
    if (own === undefined) throw new Error('there is no <video>');
    other.crossOrigin = 'anonymous';
    other.src = url;
    document.body.append(other);
    await new Promise((resolve) => { other.addEventListener('canplay', resolve, { once: true }); });
    const frames: { seconds: number; pixels: number[] }[] = [];
    for (const [video, wanted] of [[own, at], [other, at], [other, at + 0.5]] as const) {
      video.pause();
      const frame = new Promise<number>((resolve) => { video.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime)); });
      video.currentTime = wanted;
      const mediaTime = await frame;
      const context = new OffscreenCanvas(64, 36).getContext('2d');
      context?.drawImage(video, 0, 0, 64, 36);
      frames.push({ seconds: mediaTime, pixels: [...context?.getImageData(0, 0, 64, 36).data ?? []] });
    }
    other.removeAttribute('src');
    other.load();
    other.remove();
    return frames;
  }, [plainUrl, seconds] as const);
  return { ours, plain, later };
}

/** The mean of what two pictures differ by, of 255: those of one frame by about 5, because two pipelines scale them. */
function difference(one: Frame | undefined, other: Frame | undefined): number {
  if (one === undefined || other === undefined) return Number.NaN;
  return one.pixels.reduce((sum, value, index) => sum + Math.abs(value - (other.pixels[index] ?? 0)), 0) / one.pixels.length;
}

test('hls.js with our loader', async (all) => {
  const cinema = new Cinema(await startAppliance(all), await launchProfile(all, { args: ['--autoplay-policy=no-user-gesture-required'] }));

  for (const name of ['mp4-index-last', 'mp4-fragmented', 'mkv-h264-mp3', 'webm-vp9-opus', 'mkv-odd-start', 'mp4-long-group']) {
    all.test(`plays ${name} to its end`, async (t) => {
      const { page } = await cinema.open(t, name);
      const { durationSeconds } = mediaFile(name);
      const played = await playToEnd(page);
      t.equal(played.error, null);
      t.ok(Math.abs(played.durationSeconds - durationSeconds) < 0.2, `lasts ${played.durationSeconds} s`);
      t.ok(played.frames >= 240, `${played.frames} frames decoded`);
      t.ok(played.audioBytes > 10_000, `${played.audioBytes} bytes of sound decoded`);
    });
  }

  // The playlist of a fragmented file knows no key frames: its segments begin elsewhere than it says.
  for (const name of ['mp4-index-last', 'mp4-fragmented']) {
    all.test(`shows of ${name} what a plain <video> shows at the same time, wherever it began`, async (t) => {
      const { page, plainUrl } = await cinema.open(t, name, { hls: 'startPosition: 7.3' });
      t.ok(await page.evaluate(() => (document.querySelector('video')?.buffered.start(0) ?? 0) > 2), 'it began in the middle');
      for (const seconds of [7.5, 9.1, 1.3, 5.9]) {
        const { ours, plain, later } = await framesAt(page, plainUrl, seconds);
        t.ok(Math.abs((ours?.seconds ?? 0) - (plain?.seconds ?? 1)) < 0.01, `at ${seconds} s the frames of ${ours?.seconds} s and ${plain?.seconds} s`);
        t.ok(difference(ours, plain) < difference(ours, later) / 2, `which differ by ${difference(ours, plain).toFixed(2)}, and by ${difference(ours, later).toFixed(2)} from what comes half a second later`);
      }
    });
  }

  all.test('plays a segment while it is made, where hls.js is told to', async (t) => {
    const { page } = await cinema.open(t, 'mkv', { hls: 'progressive: true' });
    const { frames } = await playToEnd(page);
    t.ok(frames >= 240, `${frames} frames decoded`);
  });

  all.test('offers every sound, and changes between them', async (t) => {
    const { page } = await cinema.open(t, 'mkv-two-sounds-subtitles');
    const names = await page.evaluate(() => (globalThis as unknown as InPage).hls.audioTracks.map(({ name, lang }) => [name, lang]));
    t.same(names, [['Original', 'eng'], ['Deutsch', 'deu']]);
    await page.evaluate(() => { (globalThis as unknown as InPage).hls.audioTrack = 1; });
    await page.waitForFunction(() => (globalThis as unknown as InPage).hls.switched === 1, null, { timeout: LIMIT_MS });
    t.ok((await playToEnd(page)).audioBytes > 10_000);
  });

  all.test('shows subtitles that lie at addresses of their own', async (t) => {
    const { page } = await cinema.open(t, 'mp4-index-last', { subtitles: "subtitles: [{ url: new URL('text.vtt', location.href).href, label: 'English', language: 'en' }]" });
    await page.evaluate(() => { (globalThis as unknown as InPage).hls.subtitleTrack = 0; });
    const cues = await page.waitForFunction(() => {
      const found = [...document.querySelector('video')?.textTracks ?? []].flatMap((track) => [...track.cues ?? []] as VTTCue[]);
      return found.length === 0 ? null : found.map(({ startTime, endTime, text }) => ({ startTime, endTime, text }));
    }, null, { timeout: LIMIT_MS });
    t.same(await cues.jsonValue(), [{ startTime: 1, endTime: 3, text: 'The first line' }]);
  });

  all.test('nothing of all that was an error to the browser', async (t) => {
    t.same(cinema.profile.errors, []);
  });

  all.test('says before playing that the browser cannot decode the picture', async (t) => {
    const failure = cinema.profile.context.waitForEvent('weberror', { timeout: LIMIT_MS });
    await cinema.load(t, 'mp4-hevc-aac');
    t.match((await failure).error().message, 'hls.js cannot play hevc in this browser');
  });
});

interface InPage {
  readonly hls: HlsInPage;
}

interface HlsInPage {
  readonly audioTracks: readonly { readonly name: string; readonly lang: string }[];
  audioTrack: number;
  subtitleTrack: number;
  /** The sound that was changed to. */
  switched?: number;
}
