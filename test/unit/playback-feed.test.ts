/** What feeds one track, over a real file: what it reads with is given back, and what went wrong once is not held against it for ever. */
import { readFile } from 'node:fs/promises';
import { test, type Test } from 'tap';
import { type Fragment, MediaError, type MediaFile, openMedia } from '../../engine/media/index.ts';
import { TrackBuffer } from '../../ui/player/playback/track-buffer.ts';
import { type FeedHost, TrackFeed } from '../../ui/player/playback/track-feed.ts';
import { eventually } from '../fixtures/http.ts';
import { mediaFile } from '../fixtures/media-files.ts';

/** As much of a SourceBuffer as a feed uses: it takes what it is given, in its own time, and says what it was given. */
class FakeBuffer extends EventTarget {
  updating = false;
  mode = 'segments';
  timestampOffset = 0;
  readonly appended: number[] = [];
  /** How many appends from now on it has no room for. */
  refusals = 0;
  seconds = 0;
  onAppend: ((first: number) => void) | undefined;

  get buffered(): TimeRanges {
    return { length: this.seconds > 0 ? 1 : 0, start: () => 0, end: () => this.seconds };
  }

  appendBuffer(bytes: Uint8Array): void {
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw new DOMException('Full.', 'QuotaExceededError');
    }
    this.appended.push(bytes[0] ?? -1);
    this.#update();
    this.onAppend?.(bytes[0] ?? -1);
  }

  remove(): void {
    this.#update();
  }

  abort(): void {
    this.updating = false;
  }

  changeType(): void {
    this.appended.length = 0;
  }

  #update(): void {
    this.updating = true;
    setImmediate(() => {
      this.updating = false;
      this.dispatchEvent(new Event('updateend'));
    });
  }
}

interface Bench {
  readonly feed: TrackFeed;
  readonly buffer: FakeBuffer;
  readonly events: string[];
  playheadSeconds: number;
}

function bench(t: Test, file: MediaFile, options: { readonly trackNumber: number; readonly isLast?: () => boolean }): Bench {
  const buffer = new FakeBuffer();
  const events: string[] = [];
  const host: FeedHost = {
    initSegment: (trackNumber) => file.initSegment(trackNumber, AbortSignal.timeout(10_000)),
    playheadSeconds: () => made.playheadSeconds, playbackRate: () => 1, isLast: () => options.isLast?.() ?? false, hurrySeconds: () => undefined, mayAppend: () => true,
    onFed: () => events.push('fed'), onEnded: () => events.push('ended'), onSkipped: () => events.push('skipped'), onFailed: () => events.push('failed'),
  };
  const feed = new TrackFeed({ file, host }, { trackNumber: options.trackNumber, maxAheadBytes: 64 * 1024 * 1024, leadSeconds: 0, avoid: [] });
  feed.attach(new TrackBuffer({ buffer: buffer as unknown as SourceBuffer }, { mimeType: 'video/mp4' }));
  t.teardown(() => feed.close());
  const made: Bench = { feed, buffer, events, playheadSeconds: 0 };
  return made;
}

/** A file that is there only as fragments of a second each, the number of the track in the first byte. */
function madeUp(fragments: (trackNumber: number, fromSeconds: number) => AsyncGenerator<Fragment, void, undefined>): MediaFile {
  return {
    info: { container: 'mp4', durationSeconds: null, tracks: [] } as unknown as MediaFile['info'],
    reads: () => ({ count: 0, bytes: 0 }), keyFrameSeconds: async () => null, bytesOf: () => null, close: () => undefined,
    initSegment: async (trackNumber) => ({ mimeType: 'video/mp4', bytes: Uint8Array.of(trackNumber + 100), timestamps: 'in-fragments' }),
    fragments: (trackNumber, { fromSeconds }) => fragments(trackNumber, fromSeconds),
  };
}

const second = (trackNumber: number, at: number): Fragment => ({
  bytes: Uint8Array.of(trackNumber), startSeconds: at, endSeconds: at + 1, isIndependent: true, fileStart: at * 1_000, fileEnd: (at + 1) * 1_000,
});

test('many seeks read with one reader, and read the index once', async (t) => {
  // Longer than what is kept of it in memory, with its index at the end.
  const bytes = await readFile(await mediaFile('long.mp4').file());
  const indexAt = bytes.lastIndexOf('moov');
  let indexReads = 0;
  const file = await openMedia({
    sizeBytes: bytes.length,
    read: async (start, end) => {
      if (end > indexAt + 256 * 1024) indexReads += 1;
      return bytes.subarray(start, end);
    },
  });
  t.teardown(() => file.close());
  const picture = file.info.tracks.find(({ kind }) => kind === 'video')?.number ?? 0;
  const toOpen = indexReads;
  let [reading, most, begun] = [0, 0, 0];
  const counted: MediaFile = {
    info: file.info, reads: () => file.reads(), close: () => file.close(),
    initSegment: (...given) => file.initSegment(...given), keyFrameSeconds: (...given) => file.keyFrameSeconds(...given), bytesOf: (...given) => file.bytesOf(...given),
    async *fragments(...given) {
      begun += 1;
      reading += 1;
      most = Math.max(most, reading);
      try {
        yield* file.fragments(...given);
      } finally {
        reading -= 1;
      }
    },
  };
  const { feed, events } = bench(t, counted, { trackNumber: picture });
  const seeks = 20;
  const durationSeconds = file.info.durationSeconds ?? 0;
  for (let count = 0; count < seeks; count += 1) {
    const before = events.length;
    feed.begin(durationSeconds * ((count * 7) % seeks) / seeks);
    await eventually('a fragment of the new place', () => events.length > before);
  }
  t.equal(begun, seeks);
  t.equal(most, 1, 'one reads at a time');
  t.ok(toOpen > 0 && indexReads === toOpen, `${toOpen} reads of the index to open, ${indexReads} in all`);
  feed.close();
  await eventually('the last one is given back', () => reading === 0);
});

test('sounds switched there and back at once play the one that was chosen last', async (t) => {
  const file = madeUp(async function* fragments(trackNumber, fromSeconds) {
    for (let at = Math.floor(fromSeconds); at < 60; at += 1) yield second(trackNumber, at);
  });
  const { feed, buffer, events } = bench(t, file, { trackNumber: 2 });
  feed.begin(0);
  await eventually('the first sound', () => events.length > 5);
  const before = events.length;
  // The switch back comes while the init segment of the other is being appended.
  buffer.onAppend = (first) => { if (first === 103) feed.switchTo(2); };
  feed.switchTo(3);
  await eventually('it goes on', () => events.length > before + 5);
  const last = buffer.appended.lastIndexOf(102);
  t.ok(last > buffer.appended.indexOf(103), 'the header of the second was given again');
  t.notOk(buffer.appended.slice(last).includes(3), 'nothing of the other after it');
});

test('a fragment that is refused makes the goal smaller once, and it grows again', async (t) => {
  const file = madeUp(async function* fragments(trackNumber, fromSeconds) {
    for (let at = Math.floor(fromSeconds); at < 10_000; at += 1) yield second(trackNumber, at);
  });
  const one = bench(t, file, { trackNumber: 1 });
  one.feed.begin(0);
  await eventually('the first fragments', () => one.events.length > 5);
  t.equal(one.feed.fillSeconds(), 30);
  one.buffer.refusals = 40;
  while (one.buffer.refusals > 0) {
    one.feed.poke();
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  t.equal(one.feed.cannotHold(1), true, 'it says that it is full');
  t.ok(one.feed.fillSeconds() >= 30 * 0.3, `${one.feed.fillSeconds()} s after 40 tries`);
  const shrunk = one.feed.fillSeconds();
  for (let round = 0; round < 4; round += 1) {
    one.buffer.seconds = one.playheadSeconds;
    one.feed.poke();
    const before = one.events.length;
    await eventually('more is taken', () => {
      one.feed.poke();
      return one.events.length > before;
    });
    one.buffer.seconds = one.playheadSeconds + 100;
    one.feed.poke();
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    one.playheadSeconds += 10;
  }
  t.ok(one.feed.fillSeconds() > shrunk, `${one.feed.fillSeconds()} s a while later`);
  t.equal(one.feed.cannotHold(1), false);
});

const damagedEvery = (everySeconds: number): MediaFile => madeUp(async function* fragments(trackNumber, fromSeconds) {
  for (let at = Math.floor(fromSeconds); at < 2_000; at += 1) {
    if (at % everySeconds === everySeconds - 1) throw new MediaError('damaged', 'A damaged place.');
    yield second(trackNumber, at);
  }
});

test('damage far from the last has tries of its own, and damage without an end is given up', async (t) => {
  const far = bench(t, damagedEvery(100), { trackNumber: 1 });
  far.feed.begin(0);
  await eventually('the end', () => {
    far.playheadSeconds = far.feed.fed.endSeconds ?? 0;
    far.feed.poke();
    return far.events.includes('ended') || far.events.includes('failed');
  });
  t.notOk(far.events.includes('failed'), 'twenty places are passed');
  t.equal(far.events.filter((event) => event === 'skipped').length, 20);
  const near = bench(t, damagedEvery(4), { trackNumber: 1 });
  near.feed.begin(0);
  await eventually('it is given up', () => {
    near.playheadSeconds = near.feed.fed.endSeconds ?? 0;
    near.feed.poke();
    return near.events.includes('failed');
  });
});
