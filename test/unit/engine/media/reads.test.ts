/** How a media file is read: few and joined reads, and what becomes of those given up. */
import t from 'tap';
import type { Test } from 'tap';
import { MediaError, openMedia } from '../../../../engine/media/index.ts';
import type { ByteSource, MediaFile } from '../../../../engine/media/index.ts';
import { Demuxer } from '../../../../engine/media/demuxer.ts';
import { UNIT_BYTES, UnitReader } from '../../../../engine/media/unit-reader.ts';
import { fileSource } from '../../../fixtures/media-bytes.ts';
import { mediaFile } from '../../../fixtures/media-files.ts';
import { eventually } from '../../../fixtures/http.ts';

interface GatedRead {
  readonly start: number;
  readonly end: number;
  readonly signal: AbortSignal;
  answer(): void;
  fail(reason: Error): void;
}

/** Answers at once, until `hold`: then each read waits to be answered. */
class GatedSource implements ByteSource {
  readonly sizeBytes: number;
  readonly held: GatedRead[] = [];
  readonly #source: ByteSource;
  #isHolding = false;

  constructor(source: ByteSource) {
    this.#source = source;
    this.sizeBytes = source.sizeBytes;
  }

  hold(isHolding: boolean): void {
    this.#isHolding = isHolding;
  }

  async read(start: number, end: number, options: { readonly signal: AbortSignal }): Promise<Uint8Array> {
    if (this.#isHolding) {
      await new Promise<void>((answer, fail) => {
        this.held.push({ start, end, signal: options.signal, answer, fail });
        options.signal.addEventListener('abort', () => fail(new Error('given up')));
      });
    }
    return await this.#source.read(start, end, options);
  }
}

/** Bytes that tell their place. */
function counted(sizeBytes: number): GatedSource {
  return new GatedSource({
    sizeBytes,
    read: async (start, end) => Uint8Array.from({ length: end - start }, (_, index) => (start + index) % 251),
  });
}

async function gated(test: Test, name: string): Promise<{ readonly source: GatedSource; readonly media: MediaFile }> {
  const file = await fileSource(await mediaFile(name).file());
  const source = new GatedSource(file);
  const media = await openMedia(source);
  test.teardown(async () => {
    media.close();
    await file.close();
  });
  return { source, media };
}

const forever = new AbortController().signal;

await t.test('small reads next to each other cost one read of the source', async (test) => {
  const units = new UnitReader(counted(10 * UNIT_BYTES));
  for (let at = 0; at < UNIT_BYTES; at += 10_000) {
    const end = Math.min(at + 10_000, UNIT_BYTES);
    const bytes = await units.read(at, end, { signal: forever });
    test.ok(bytes.length === end - at && bytes[0] === at % 251 && bytes.at(-1) === (end - 1) % 251);
  }
  test.strictSame(units.reads(), { count: 1, bytes: UNIT_BYTES });
  const long = await units.read(100, 4 * UNIT_BYTES + 5, { signal: forever });
  test.equal(long.length, 4 * UNIT_BYTES - 95);
  test.ok(long.every((byte, index) => byte === (100 + index) % 251));
  test.strictSame(units.reads(), { count: 2, bytes: 5 * UNIT_BYTES }, 'what was missing came in one read');
});

await t.test('a read that somebody else waits for goes on when one gives up', async (test) => {
  const source = counted(UNIT_BYTES);
  source.hold(true);
  const units = new UnitReader(source);
  const giveUp = new AbortController();
  const first = units.read(0, 10, { signal: giveUp.signal });
  const second = units.read(5, 20, { signal: forever });
  giveUp.abort();
  await test.rejects(first, { code: 'aborted' });
  test.notOk(source.held[0]?.signal.aborted, 'the source goes on');
  source.held[0]?.answer();
  test.equal((await second)[0], 5);
  test.equal(source.held.length, 1);
});

await t.test('a read that nobody waits for is given up at the source, and asked for anew', async (test) => {
  const source = counted(UNIT_BYTES);
  source.hold(true);
  const units = new UnitReader(source);
  const giveUp = new AbortController();
  const first = units.read(0, 10, { signal: giveUp.signal });
  giveUp.abort();
  await test.rejects(first, { code: 'aborted' });
  test.ok(source.held[0]?.signal.aborted);
  source.hold(false);
  test.equal((await units.read(3, 10, { signal: forever }))[0], 3);
});

await t.test('what is kept has a bound', async (test) => {
  const units = new UnitReader(counted(100 * UNIT_BYTES));
  for (let unit = 0; unit < 100; unit += 1) await units.read(unit * UNIT_BYTES, unit * UNIT_BYTES + 1, { signal: forever });
  const before = units.reads().count;
  await units.read(99 * UNIT_BYTES, 99 * UNIT_BYTES + 1, { signal: forever });
  test.equal(units.reads().count, before, 'the last is kept');
  await units.read(0, 1, { signal: forever });
  test.equal(units.reads().count, before + 1, 'the first is not');
});

for (const name of ['long.mp4', 'long-fragmented.mp4', 'long.mkv', 'long-live.mkv', 'long.ts']) {
  await t.test(`${name}: after a read was given up or failed, the same place can be read`, async (test) => {
    const { source, media } = await gated(test, name);
    const undisturbed = await gated(test, name);
    for (const [order, { number }] of media.info.tracks.entries()) {
      for (const [how, seconds] of [['abort', 3600], ['fail', 5000], ['abort', 1800]] as const) {
        // Elsewhere for each track: what lies beside the picture is at hand already.
        const fromSeconds = seconds + order * 700;
        source.hold(true);
        const giveUp = new AbortController();
        const attempt = firstBytes(media, number, fromSeconds, giveUp.signal).then(() => null, (reason: unknown) => reason);
        await eventually('A read', () => source.held.length > 0);
        if (how === 'abort') giveUp.abort();
        else for (const read of source.held) read.fail(new Error('The cable was pulled.'));
        const error = await attempt;
        test.equal(error instanceof MediaError ? error.code : error, how === 'abort' ? 'aborted' : 'source-failed', `${how} at ${fromSeconds}`);
        if (how === 'abort') test.ok(source.held.every(({ signal }) => signal.aborted), 'the source was told');
        source.held.length = 0;
        source.hold(false);
        test.strictSame(await firstBytes(media, number, fromSeconds), await firstBytes(undisturbed.media, number, fromSeconds));
      }
    }
  });

  await t.test(`${name}: opening and seeking take few reads, however long the file is`, async (test) => {
    const { source, media } = await gated(test, name);
    const opened = media.reads();
    test.comment(`open: ${opened.count} reads, ${opened.bytes} bytes of ${source.sizeBytes}`);
    test.ok(opened.count <= 8, `${opened.count} reads`);
    test.ok(Math.abs((media.info.durationSeconds ?? 0) - 7200) < 3, `${media.info.durationSeconds} seconds`);
    const [track] = media.info.tracks;
    for (const fromSeconds of [3601, 6900, 100]) {
      const before = media.reads();
      for await (const fragment of media.fragments(track?.number ?? 0, { fromSeconds, signal: forever })) {
        test.ok(fragment.startSeconds <= fromSeconds + 0.001 && fragment.startSeconds > fromSeconds - 4.1, `${fragment.startSeconds} for ${fromSeconds}`);
        break;
      }
      const after = media.reads();
      test.comment(`seek to ${fromSeconds}: ${after.count - before.count} reads, ${after.bytes - before.bytes} bytes`);
      test.ok(after.count - before.count <= 12, `${after.count - before.count} reads to ${fromSeconds}`);
    }
  });
}

async function firstBytes(media: MediaFile, track: number, fromSeconds: number, signal = forever): Promise<Uint8Array> {
  for await (const fragment of media.fragments(track, { fromSeconds, signal })) return fragment.bytes;
  throw new Error('No fragment.');
}

await t.test('what is at hand goes out before the next frame is waited for', async (test) => {
  const { source, media } = await gated(test, 'long.mp4');
  const fromSeconds = 3601;
  const first = await firstEnd(media, fromSeconds);
  // Only the unit with the first frames is at hand.
  const limit = Math.ceil(first / UNIT_BYTES) * UNIT_BYTES;
  source.hold(true);
  const giveUp = new AbortController();
  const ends: number[] = [];
  const streamed = (async () => {
    for await (const fragment of media.fragments(1, { fromSeconds, signal: giveUp.signal })) ends.push(fragment.fileEnd);
  })().then(() => null, (reason: unknown) => reason);
  await eventually('A read', () => source.held.length > 0);
  const atHand = await lastFrameEnd('long.mp4', fromSeconds, limit);
  await eventually('All that is at hand', () => ends.at(-1) === atHand);
  giveUp.abort();
  const error = await streamed;
  test.equal(error instanceof MediaError ? error.code : error, 'aborted');
});

async function firstEnd(media: MediaFile, fromSeconds: number): Promise<number> {
  for await (const fragment of media.fragments(1, { fromSeconds, signal: forever })) return fragment.fileEnd;
  throw new Error('No fragment.');
}

/** Where the last of the frames ends that lie one after the other before `limit`, seen with another reader. */
async function lastFrameEnd(name: string, fromSeconds: number, limit: number): Promise<number> {
  const file = await fileSource(await mediaFile(name).file());
  const units = new UnitReader(file);
  const demuxer = Demuxer.ofFile(units, forever, { isStream: false });
  let end = 0;
  for await (const packet of demuxer.packets(1, { fromSeconds, signal: forever, onWait: () => undefined })) {
    if (packet.fileEnd > limit) break;
    end = packet.fileEnd;
  }
  demuxer.close();
  units.close();
  await file.close();
  return end;
}

await t.test('leaving a stream ends its reads', async (test) => {
  const { source, media } = await gated(test, 'mkv');
  const fresh = await openMedia(source);
  test.teardown(() => fresh.close());
  source.hold(true);
  for await (const fragment of media.fragments(1, { fromSeconds: 0, signal: forever })) {
    test.ok(fragment.isIndependent);
    break;
  }
  fresh.close();
  await test.rejects(firstBytes(fresh, 1, 0), { code: 'aborted' });
  test.ok(source.held.every(({ signal }) => signal.aborted));
});

await t.test('opening can be given up', async (test) => {
  const file = await fileSource(await mediaFile('mp4-index-last').file());
  test.teardown(async () => await file.close());
  const source = new GatedSource(file);
  source.hold(true);
  const giveUp = new AbortController();
  const opening = openMedia(source, { signal: giveUp.signal });
  await eventually('A read', () => source.held.length > 0);
  giveUp.abort();
  await test.rejects(opening, { code: 'aborted' });
  test.ok(source.held[0]?.signal.aborted);
});
