/** The loader that hls.js is given: what it answers, when, and what it leaves to hls.js's own. */
import type { FragmentLoaderContext, HlsConfig, Loader, LoaderCallbacks, LoaderConfiguration, LoaderContext, LoaderStats } from 'hls.js';
import { test } from 'tap';
import type { Fragment, FragmentOptions, MediaFile, TrackInfo } from '../../../../../engine/media/index.ts';
import { createHlsLoader, type HlsLoaderClass } from '../../../../../ui/player/hls/index.ts';

const CONFIG = {} as HlsConfig;
const POLICY = {} as LoaderConfiguration;
const VIDEO: TrackInfo = { kind: 'video', number: 1, codec: 'avc', codecString: 'avc1.64001f', language: null, label: null, isDefault: true, width: 320, height: 180 };

/** Ten seconds with a key frame every two; each fragment is one byte a second, after its time. */
class TwoSecondGroups implements MediaFile {
  readonly info = { container: 'mp4' as const, durationSeconds: 10, tracks: [VIDEO] };
  knowsKeyFrames = true;
  /** Until aborted. */
  hold = false;
  failWith: Error | undefined;
  reads(): { count: number; bytes: number } { return { count: 1, bytes: 1 }; }
  async initSegment(): Promise<{ mimeType: string; bytes: Uint8Array; timestamps: 'in-fragments' }> {
    return { mimeType: 'video/mp4; codecs="avc1.64001f"', bytes: Uint8Array.of(77), timestamps: 'in-fragments' };
  }
  async *fragments(_track: number, { fromSeconds, toSeconds = Infinity, signal }: FragmentOptions): AsyncGenerator<Fragment, void, undefined> {
    if (this.failWith !== undefined) throw this.failWith;
    for (let at = Math.floor(Math.min(fromSeconds, 9) / 2) * 2; at < Math.min(10, toSeconds); at += 1) {
      if (this.hold) await new Promise((_, reject) => { signal.addEventListener('abort', () => reject(signal.reason as Error)); });
      yield { bytes: Uint8Array.of(at), startSeconds: at, endSeconds: at + 1, isIndependent: at % 2 === 0, fileStart: at, fileEnd: at + 1 };
    }
  }
  bytesOf(): null { return null; }
  async keyFrameSeconds(): Promise<readonly number[] | null> { return this.knowsKeyFrames ? [0, 2, 4, 6, 8] : null; }
  close(): void {}
}

/** Stands for hls.js's own, and notes what it is asked. */
class OtherLoader implements Loader<LoaderContext> {
  static asked: string[] = [];
  context: LoaderContext | null = null;
  stats = {} as LoaderStats;
  load(context: LoaderContext): void { OtherLoader.asked.push(context.url); }
  abort(): void { OtherLoader.asked.push('abort'); }
  destroy(): void { OtherLoader.asked.push('destroy'); }
}

const Hls = { DefaultConfig: { loader: OtherLoader } };

interface Answer {
  readonly data: string | number[] | undefined;
  readonly failure: string | undefined;
  readonly parts: number[][];
  readonly trueStart: number | undefined;
  readonly stats: LoaderStats;
}

/** Loads one address; `start` is told once the request was made. */
async function ask(loader: HlsLoaderClass, url: string, { progressive = false, onStart }: { progressive?: boolean; onStart?: (loading: Loader<LoaderContext>) => void } = {}): Promise<Answer> {
  const loading = new loader(CONFIG);
  let trueStart: number | undefined;
  const context = { url, responseType: '', frag: { setStart: (seconds: number) => { trueStart = seconds; } } } as unknown as FragmentLoaderContext;
  return new Promise((resolve) => {
    let isWithin = true;
    const parts: number[][] = [];
    const end = (answer: Partial<Answer>): void => {
      if (isWithin) throw new Error('answered within the call');
      resolve({ data: undefined, failure: undefined, parts, trueStart, stats: loading.stats, ...answer });
    };
    const callbacks: LoaderCallbacks<LoaderContext> = {
      onSuccess: ({ data }) => end({ data: data instanceof ArrayBuffer ? [...new Uint8Array(data)] : data as string }),
      onError: ({ code, text }) => end({ failure: `${code} ${text}` }),
      onTimeout: () => end({ failure: 'timeout' }),
      onAbort: () => end({ failure: 'aborted' }),
      ...(progressive ? { onProgress: (_stats, _context, data) => { parts.push([...new Uint8Array(data as ArrayBuffer)]); } } : {}),
    };
    loading.load(context, POLICY, callbacks);
    isWithin = false;
    onStart?.(loading);
  });
}

const at = (url: string, name: string): string => new URL(name, url).href;

test('answers playlists, the header, and segments from key frame to key frame', async (t) => {
  const { loader, url } = await createHlsLoader({ Hls, source: new TwoSecondGroups() });
  t.match((await ask(loader, url)).data, 'track-1.m3u8');
  t.match((await ask(loader, at(url, 'track-1.m3u8'))).data, /EXTINF:2.000000,\nsegment-1-0.m4s\n#EXTINF:2.000000,\nsegment-1-1.m4s\n#EXTINF:4/);
  t.same((await ask(loader, at(url, 'init-1.mp4'))).data, [77]);
  const segment = await ask(loader, at(url, 'segment-1-2.m4s'));
  t.same(segment.data, [4, 5, 6, 7]);
  t.match(segment.stats, { loaded: 4, total: 4, chunkCount: 4, aborted: false });
  t.ok(segment.stats.loading.end >= segment.stats.loading.first && segment.stats.loading.first >= segment.stats.loading.start);
});

test('where no index has the key frames, each segment goes from one to the next, and hls.js is told where it begins', async (t) => {
  const file = new TwoSecondGroups();
  file.knowsKeyFrames = false;
  file.info.durationSeconds = 10;
  const { loader, url } = await createHlsLoader({ Hls, source: file });
  const first = await ask(loader, at(url, 'segment-1-0.m4s'));
  const second = await ask(loader, at(url, 'segment-1-1.m4s'));
  t.same([first.data, second.data], [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9]]);
  t.equal(second.trueStart, 6);
});

test('gives the parts of a segment as they are made, to those who take them', async (t) => {
  const { loader, url } = await createHlsLoader({ Hls, source: new TwoSecondGroups() });
  const { parts, data } = await ask(loader, at(url, 'segment-1-0.m4s'), { progressive: true });
  t.same(parts, [[0], [1]]);
  t.same(data, [], 'and nothing twice');
});

test('an abort gives up what is being made', async (t) => {
  const file = new TwoSecondGroups();
  const { loader, url } = await createHlsLoader({ Hls, source: file });
  file.hold = true;
  const answer = await ask(loader, at(url, 'segment-1-0.m4s'), { onStart: (loading) => { setTimeout(() => loading.abort(), 5); } });
  t.equal(answer.failure, 'aborted');
  t.equal(answer.stats.aborted, true);
});

test('a failure is told as one, with its words', async (t) => {
  const file = new TwoSecondGroups();
  const { loader, url } = await createHlsLoader({ Hls, source: file });
  t.match((await ask(loader, at(url, 'segment-1-99.m4s'))).failure, '404');
  file.failWith = new Error('nobody serves it');
  t.match((await ask(loader, at(url, 'segment-1-0.m4s'))).failure, 'nobody serves it');
});

test('leaves every other address to hls.js’s own loader', async (t) => {
  const { loader } = await createHlsLoader({ Hls, source: new TwoSecondGroups() });
  const loading = new loader(CONFIG);
  const stats = loading.stats;
  loading.load({ url: 'https://elsewhere.example/text.vtt', responseType: 'text' } as LoaderContext, POLICY, {} as LoaderCallbacks<LoaderContext>);
  loading.abort();
  loading.destroy();
  t.same(OtherLoader.asked, ['https://elsewhere.example/text.vtt', 'abort', 'destroy']);
  t.equal(loading.stats, stats, 'which counts into the figures that hls.js has already');
});

test('two loaders on one page answer their own addresses alone', async (t) => {
  const one = await createHlsLoader({ Hls, source: new TwoSecondGroups() });
  const two = await createHlsLoader({ Hls, source: new TwoSecondGroups() });
  t.not(one.url, two.url);
});
