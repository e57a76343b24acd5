/** The frames of ISO files, found by our own reader of their tables: the same that mediabunny finds in the whole of them. */
import { createHash } from 'node:crypto';
import t from 'tap';
import type { Test } from 'tap';
import { openMedia } from '../../../../engine/media/index.ts';
import { Demuxer } from '../../../../engine/media/demuxer.ts';
import { keyFrameTimes } from '../../../../engine/media/key-frames.ts';
import { boxesIn, MAX_BOXES, viewOf } from '../../../../engine/media/iso/boxes.ts';
import { Movie } from '../../../../engine/media/iso/movie.ts';
import { frameBytes, keySeconds, moviePackets } from '../../../../engine/media/iso/movie-packets.ts';
import { sampleCount, tablesIn } from '../../../../engine/media/iso/tables.ts';
import type { MediaPacket } from '../../../../engine/media/media-packet.ts';
import type { ByteSource, FileBytes } from '../../../../engine/media/media-source.ts';
import { UnitReader } from '../../../../engine/media/unit-reader.ts';
import { fileSource, trackBytes } from '../../../fixtures/media-bytes.ts';
import { MEDIA_FILES, mediaFile } from '../../../fixtures/media-files.ts';

const { signal } = new AbortController();
const MAX_SHORT_READ_BYTES = 16 * 1024;

interface BothWays {
  readonly units: UnitReader;
  readonly whole: Demuxer;
  readonly short: Demuxer;
  readonly movie: Movie;
}

async function bytesOf(test: Test, name: string): Promise<Buffer> {
  const file = await fileSource(await mediaFile(name).file());
  test.teardown(async () => await file.close());
  return Buffer.from(await file.read(0, file.sizeBytes, { signal }));
}

function memorySource(bytes: Buffer): ByteSource {
  return { sizeBytes: bytes.length, read: async (start, end) => new Uint8Array(bytes.subarray(start, end)) };
}

async function bothWays(test: Test, bytes: Buffer): Promise<BothWays> {
  const units = new UnitReader(memorySource(bytes));
  const movie = await Movie.of(units, signal);
  if (movie === null) throw new Error('It has no movie box that is read here.');
  const whole = Demuxer.ofFile(units, signal, { isStream: false });
  const short = Demuxer.ofFile(movie.short, signal, { isStream: false });
  test.teardown(() => [whole, short].map((demuxer) => demuxer.close()));
  return { units, whole, short, movie };
}

/** Each as one line. */
async function some(packets: AsyncGenerator<MediaPacket, void, undefined>, count: number): Promise<string> {
  const found: string[] = [];
  for await (const { bytes, ...facts } of packets) {
    found.push(`${JSON.stringify(facts)} ${createHash('sha256').update(bytes).digest('base64')}`);
    if (found.length === count) break;
  }
  return found.join('\n');
}

/** From the first to after the last byte of those shown before `toSeconds`, up to the first that is not. */
async function placeOf(packets: AsyncGenerator<MediaPacket, void, undefined>, toSeconds: number): Promise<FileBytes | null> {
  let start: number | undefined;
  let end = 0;
  for await (const { fileStart, fileEnd, presentationSeconds } of packets) {
    if (start !== undefined && presentationSeconds >= toSeconds) break;
    start ??= fileStart;
    end = Math.max(end, fileEnd);
  }
  return start === undefined ? null : { start, end };
}

async function comparePackets(test: Test, { units, whole, short, movie }: BothWays, count: number, times: readonly number[]): Promise<void> {
  for (const track of await whole.input.getTracks()) {
    if (!track.isVideoTrack() && !track.isAudioTrack()) continue;
    for (const fromSeconds of times) {
      const options = { fromSeconds, signal, onWait: () => undefined };
      const ours = await some(moviePackets({ units, movie, demuxer: short }, track.id, options), count);
      const theirs = await some(whole.packets(track.id, options), count);
      test.not(theirs, '', 'there are frames');
      test.equal(ours, theirs, `track ${track.id} from ${fromSeconds} s`);
    }
    const frames = await movie.frames(track.id, short, signal);
    for (const fromSeconds of frames === null ? [] : times) {
      const place = await placeOf(whole.packets(track.id, { fromSeconds, signal, onWait: () => undefined }), fromSeconds + 1);
      test.same(frames && frameBytes(frames, fromSeconds, fromSeconds + 1), place, 'where it lies');
    }
    const info = { container: 'mp4', durationSeconds: null, tracks: [] } as const;
    if (track.isVideoTrack() && frames !== null) test.strictSame(keySeconds(frames), await keyFrameTimes(whole, track.id, info), 'key frames');
  }
}

for (const fixture of MEDIA_FILES.filter(({ name, container }) => (container === 'mp4' || container === 'mov') && !name.includes('fragmented'))) {
  await t.test(`${fixture.name}: every frame is the one that mediabunny finds`, async (test) => {
    const both = await bothWays(test, await bytesOf(test, fixture.name));
    test.ok(both.movie.hasFrames);
    await comparePackets(test, both, Number.POSITIVE_INFINITY, [0]);
    await comparePackets(test, both, 3, [-1, 0.04, 1.999, 2, 2.001, 5.3, 9.96, 100]);
  });
}

await t.test('times that stand for nothing that an encoder does, and a first frame that is not named: the same frames', async (test) => {
  const bytes = await bytesOf(test, 'mp4-index-first');
  const offsetsAt = bytes.indexOf('ctts') + 8;
  // In frames: shown at once, before others, and in groups that are shown the other way round.
  const frames = [1, 0, -1, 2, 60, 1, -60, 3];
  for (let entry = 0; entry < bytes.readUInt32BE(offsetsAt); entry += 1) bytes.writeInt32BE(512 * (frames[entry % 11 % frames.length] ?? 0), offsetsAt + 4 + 8 * entry + 4);
  bytes.writeUInt32BE(3, bytes.indexOf('stss') + 12);
  const both = await bothWays(test, bytes);
  test.ok(both.movie.hasFrames);
  await comparePackets(test, both, Number.POSITIVE_INFINITY, [0]);
  await comparePackets(test, both, 3, [-3, 1.9, 2, 3.96, 4.5, 7, 9.9]);
});

await t.test('two hours: the same frames anywhere, and a movie box of a few kilobytes', async (test) => {
  const bytes = await bytesOf(test, 'long.mp4');
  const both = await bothWays(test, bytes);
  await comparePackets(test, both, 40, [0, 1234.5, 3601, 7199.9]);
  const at = bytes.indexOf('moov') - 4;
  const short = Buffer.from(await both.movie.short.read(at, bytes.length, { signal }));
  test.ok(short.readUInt32BE(0) < MAX_SHORT_READ_BYTES, `${short.readUInt32BE(0)} bytes`);
  test.equal(short.toString('latin1', short.readUInt32BE(0) + 4, short.readUInt32BE(0) + 8), 'free');
  const after = at + bytes.readUInt32BE(at);
  test.equal(short.readUInt32BE(0) + short.readUInt32BE(short.readUInt32BE(0)), after - at, 'what follows stays where it is');
  test.same(Buffer.from(await both.movie.short.read(at - 5, at + 11, { signal })), Buffer.concat([bytes.subarray(at - 5, at), short.subarray(0, 11)]), 'a read across its beginning');
});

await t.test('a copy that did not end as it should has its frames up to there', async (test) => {
  const bytes = await bytesOf(test, 'mp4-index-first');
  const cut = bytes.subarray(0, bytes.length >> 1);
  const both = await bothWays(test, cut);
  await comparePackets(test, both, Number.POSITIVE_INFINITY, [0]);
});

for (const [what, change] of [
  ['more times than sizes', (bytes: Buffer) => bytes.writeUInt32BE(bytes.readUInt32BE(bytes.indexOf('stts') + 12) + 1, bytes.indexOf('stts') + 12)],
  ['fewer frames in the chunks than there are', (bytes: Buffer) => bytes.writeUInt32BE(1, bytes.indexOf('stco') + 8)],
  ['more sizes than the box holds', (bytes: Buffer) => bytes.writeUInt32BE(0x7f_ff_ff_ff, bytes.indexOf('stsz') + 12)],
  ['other sizes', (bytes: Buffer) => bytes.write('stz2', bytes.indexOf('stsz'), 'latin1')],
  ['encrypted frames', (bytes: Buffer) => bytes.write('encv', bytes.indexOf('avc1', bytes.indexOf('stsd')), 'latin1')],
] as const) {
  await t.test(`${what}: the whole tables are left to mediabunny`, async (test) => {
    const bytes = await bytesOf(test, 'mp4-index-first');
    change(bytes);
    const movie = await Movie.of(new UnitReader(memorySource(bytes)), signal);
    test.equal(movie?.hasFrames, false);
  });
}

/** One with what is in it. */
function box(type: string, ...inside: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + inside.reduce((sum, { length }) => sum + length, 0));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...inside]);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

/** Of three frames with these times: how many, and how long. */
function countOf(...times: readonly number[]): number | null {
  const stbl = box('stbl', box('stts', numbers(0, times.length / 2, ...times)), box('stsz', numbers(0, 100, 3)), box('stsc', numbers(0, 1, 1, 3, 1)), box('stco', numbers(0, 1, 0)));
  return sampleCount(tablesIn(viewOf(stbl), { type: 'stbl', start: 0, inside: 8, end: stbl.length }));
}

await t.test('times whose first entry has no frames are left to mediabunny, which would see nothing else of a short table', async (test) => {
  test.equal(countOf(3, 40), 3);
  test.equal(countOf(1, 40, 2, 40), 3);
  test.equal(countOf(0, 40, 3, 40), null);
});

await t.test('a movie box of nothing but boxes is not taken apart further than any film needs', async (test) => {
  const many = box('moov', Buffer.concat(Array.from({ length: 4 * MAX_BOXES }, () => box('free'))));
  test.equal(boxesIn(viewOf(many), 8, many.length).length, MAX_BOXES);
  test.type(await Movie.of(new UnitReader(memorySource(many)), signal), Movie);
  const levels = 20_000;
  const deep = Buffer.concat(Array.from({ length: levels }, (_level, index) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 * (levels - index));
    head.write('moov', 4, 'latin1');
    return head;
  }));
  const units = new UnitReader(memorySource(deep));
  test.equal((await Movie.of(units, signal))?.short, units, 'there is nothing to shorten');
});

await t.test('a movie box larger than that of any film is refused before it is read', async (test) => {
  const head = Buffer.concat([numbers(512 * 1024 * 1024), Buffer.from('moov')]);
  const source: ByteSource = { sizeBytes: 1024 ** 3, read: async (start, end) => {
    test.equal(start, 0);
    const bytes = new Uint8Array(end - start);
    bytes.set(head.subarray(0, bytes.length));
    return bytes;
  } };
  await test.rejects(Movie.of(new UnitReader(source), signal), { code: 'damaged' });
});

await t.test('fragments, and tracks that do not say how long they are, are not read by tables', async (test) => {
  test.equal(await Movie.of(new UnitReader(memorySource(await bytesOf(test, 'mp4-fragmented'))), signal), null);
  const unsaid = await bytesOf(test, 'mp4-index-last');
  for (let at = unsaid.indexOf('mdhd'); at >= 0; at = unsaid.indexOf('mdhd', at + 4)) unsaid.writeUInt32BE(0, at + 4 + 16);
  test.equal(await Movie.of(new UnitReader(memorySource(unsaid)), signal), null);
});

await t.test('reading tables that was given up begins anew for who asks next', async (test) => {
  const bytes = await bytesOf(test, 'mp4-index-first');
  const media = await openMedia(memorySource(bytes));
  test.teardown(() => media.close());
  const giveUp = new AbortController();
  giveUp.abort();
  await test.rejects(media.fragments(1, { fromSeconds: 0, signal: giveUp.signal }).next(), { code: 'aborted' });
  test.ok((await trackBytes(media, 1)).length > 0);
});
