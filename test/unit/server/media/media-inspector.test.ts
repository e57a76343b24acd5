/** When the inspector works, when it waits, and when it gives up; over a real filesystem store, with readers made for each test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import type { ByteSource, MediaInfo } from '../../../../engine/media/index.ts';
import { MediaInspector, type InspectorComponents, type InspectorOptions } from '../../../../server/media/media-inspector.ts';
import { FilesystemVideoStore } from '../../../../server/storage/filesystem-video-store.ts';
import { StorageError } from '../../../../server/storage/storage-error.ts';
import type { VideoStore } from '../../../../server/storage/video-store.ts';
import { eventually, sampleBytes, storeVideo } from '../../../fixtures/storage-samples.ts';

const MKV: MediaInfo = { container: 'matroska', durationSeconds: 2, tracks: [] };
const SUBTITLES = [{ language: 'en', label: 'English', bytes: Buffer.from('WEBVTT\n') }];
const quiet = { warn: () => undefined, info: () => undefined };

async function library(t: Test): Promise<FilesystemVideoStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switch-inspector-'));
  const videos = new FilesystemVideoStore({}, { dataDir });
  await videos.start();
  // An appliance has a server that keeps the process; the inspector's own timers do not.
  const alive = setInterval(() => undefined, 60_000);
  t.teardown(async () => {
    clearInterval(alive);
    await videos.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  return videos;
}

function inspector(t: Test, videos: VideoStore, parts: Partial<InspectorComponents> = {}, options: InspectorOptions = {}): MediaInspector {
  const made = new MediaInspector({
    videos, describe: async () => MKV, readSubtitles: async () => SUBTITLES, isBusy: () => false, log: quiet, ...parts,
  }, { retryAfterMs: 10, ...options });
  t.teardown(() => made.stop());
  return made;
}

const stored = async (videos: VideoStore, seed: string): Promise<string> => (await storeVideo(videos, sampleBytes(1000, seed))).video.contentId;
const isInspected = (videos: VideoStore, contentId: string) => async (): Promise<boolean> => (await videos.get(contentId))?.isInspected === true;

/** As readers do, which wrap what they meet. */
async function describeWrapping(source: ByteSource, { signal }: { readonly signal: AbortSignal }): Promise<MediaInfo> {
  await source.read(0, 10, { signal }).catch((cause: unknown) => { throw new Error('wrapped', { cause }); });
  return MKV;
}

function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => { signal.addEventListener('abort', () => reject(signal.reason), { once: true }); });
}

test('an upload is answered in time although its file takes long, and is finished in the background', async (t) => {
  const videos = await library(t);
  const go = Promise.withResolvers<void>();
  const one = inspector(t, videos, { describe: async () => { await go.promise; return MKV; } }, { answerWithinMs: 30 });
  one.start();
  const contentId = await stored(videos, 'slow');
  const fromMs = performance.now();
  await one.added(contentId);
  t.ok(performance.now() - fromMs < 2_000);
  t.equal((await videos.get(contentId))?.mediaState, 'pending');
  go.resolve();
  await eventually(isInspected(videos, contentId));
  t.match(await videos.get(contentId), { mediaState: 'read', subtitles: [{ label: 'English', origin: 'embedded' }] });
});

test('a stop ends a look that hangs, and leaves the video to the next start', async (t) => {
  const videos = await library(t);
  const contentId = await stored(videos, 'hangs');
  let signals = 0;
  const one = inspector(t, videos, { describe: async (_source, { signal }) => { signals += 1; return never(signal); } });
  one.start();
  await eventually(() => signals === 1);
  await one.stop();
  t.equal((await videos.get(contentId))?.mediaState, 'pending');
  await one.added(contentId);
  t.equal(signals, 1, 'nothing begins after the stop');
  const two = inspector(t, videos);
  two.start();
  await eventually(isInspected(videos, contentId));
});

test('a file that takes too long each time is unreadable in the end', async (t) => {
  const videos = await library(t);
  const contentId = await stored(videos, 'endless');
  let tries = 0;
  inspector(t, videos, { describe: async (_source, { signal }) => { tries += 1; return never(signal); } }, { describeTimeoutMs: 20 }).start();
  await eventually(isInspected(videos, contentId));
  t.match(await videos.get(contentId), { mediaState: 'unreadable', media: null });
  t.ok(tries >= 4, `${tries} tries`);
});

test('a storage that fails says nothing about the file: it is tried again', async (t) => {
  const videos = await library(t);
  const contentId = await stored(videos, 'away');
  let failures = 0;
  const flaky: VideoStore = new Proxy(videos, {
    get: (target, name) => {
      if (name === 'read' && failures < 2) {
        failures += 1;
        return () => { throw new StorageError('unavailable', 'away'); };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  inspector(t, flaky, { describe: describeWrapping }).start();
  await eventually(isInspected(videos, contentId));
  t.equal(failures, 2);
  t.equal((await videos.get(contentId))?.mediaState, 'read');
});

test('the background takes one video after the other, and one that fails holds up no other', async (t) => {
  const videos = await library(t);
  const contentIds = await Promise.all(['a', 'b', 'c'].map((seed) => stored(videos, seed)));
  let [running, most] = [0, 0];
  const describe = async (source: ByteSource, { signal }: { readonly signal: AbortSignal }): Promise<MediaInfo> => {
    running += 1;
    most = Math.max(most, running);
    await source.read(0, 1000, { signal });
    running -= 1;
    return MKV;
  };
  const readSubtitles = async (_source: ByteSource, _media: MediaInfo, signal: AbortSignal): Promise<typeof SUBTITLES> => {
    if (running > 0) most = 99;
    signal.throwIfAborted();
    throw new Error('broken inside');
  };
  inspector(t, videos, { describe, readSubtitles }).start();
  for (const contentId of contentIds) await eventually(isInspected(videos, contentId));
  t.equal(most, 1);
  t.same((await videos.list({ limit: 10, sort: 'title' })).items.map(({ mediaState, subtitles }) => [mediaState, subtitles.length]), [['read', 0], ['read', 0], ['read', 0]]);
});

test('a deletion ends the look at once', async (t) => {
  const videos = await library(t);
  const contentId = await stored(videos, 'deleted');
  const ended = Promise.withResolvers<unknown>();
  const begun = Promise.withResolvers<void>();
  const one = inspector(t, videos, {
    readSubtitles: async (_source, _media, signal) => {
      begun.resolve();
      return never(signal).catch((error: unknown) => { ended.resolve(error); throw error; });
    },
  });
  one.start();
  await begun.promise;
  await videos.delete(contentId);
  one.forget(contentId);
  t.match(await ended.promise, { code: 'no-such-video' });
});

test('two appliances on one library do each work once', async (t) => {
  const videos = await library(t);
  const claims = new Map<string, string>();
  const shared: VideoStore = new Proxy(videos, {
    get: (target, name) => {
      if (name === 'claimInspection') {
        return async (contentId: string, holder: string, forMs: number): Promise<boolean> => {
          if ((claims.get(contentId) ?? holder) !== holder) return false;
          if (forMs === 0) claims.delete(contentId);
          else claims.set(contentId, holder);
          return true;
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const contentIds = await Promise.all(Array.from({ length: 6 }, (_, index) => stored(videos, `shared ${index}`)));
  let reads = 0;
  const readSubtitles = async (source: ByteSource, _media: MediaInfo, signal: AbortSignal): Promise<typeof SUBTITLES> => {
    reads += 1;
    await source.read(0, 1000, { signal });
    return SUBTITLES;
  };
  for (const one of [inspector(t, shared, { readSubtitles }, { claimMs: 300 }), inspector(t, shared, { readSubtitles }, { claimMs: 300 })]) one.start();
  for (const contentId of contentIds) await eventually(isInspected(videos, contentId));
  t.equal(reads, contentIds.length);
  for (const contentId of contentIds) t.equal((await videos.get(contentId))?.subtitles.length, 1);
});
