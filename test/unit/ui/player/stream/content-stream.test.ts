/** A download as a stream: the right bytes in order, no faster than the reader, and given up the moment nobody wants it. */
import { test } from 'tap';
import type { ReadAheadRun, ReadOptions } from '../../../../../engine/index.ts';
import { contentStream } from '../../../../../ui/player/stream/index.ts';
import { sampleContent } from '../../../../fixtures/sample-content.ts';

const { manifest, bytes } = sampleContent(900_000);
const PIECE = manifest.pieceLengthBytes;

/** A download whose reads are answered at once, or when the test lets them. */
class Reads {
  readonly manifest = manifest;
  readonly asked: [number, number][] = [];
  readonly ahead: (readonly ReadAheadRun[])[] = [];
  hold = false;
  failWith: Error | undefined;

  async read(start: number, end: number, { signal }: ReadOptions = {}): Promise<Uint8Array> {
    this.asked.push([start, end]);
    if (this.failWith !== undefined) throw this.failWith;
    if (this.hold) await new Promise((_, reject) => { signal?.addEventListener('abort', () => reject(signal.reason as Error)); });
    return bytes.slice(start, end);
  }

  readAhead(runs: readonly ReadAheadRun[]): void {
    this.ahead.push(runs);
  }
}

async function all(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

test('gives the whole content in order, a piece at a time', async (t) => {
  const reads = new Reads();
  t.same(await all(contentStream(reads)), bytes);
  t.same(reads.asked, [[0, PIECE], [PIECE, 2 * PIECE], [2 * PIECE, 3 * PIECE], [3 * PIECE, 900_000]]);
  t.same(reads.ahead.at(-1), [], 'and wants nothing more at the end');
});

test('gives a part, cut at the borders of pieces', async (t) => {
  const reads = new Reads();
  t.same(await all(contentStream(reads, { start: 1000, end: PIECE + 10 })), bytes.subarray(1000, PIECE + 10));
  t.same(reads.asked, [[1000, PIECE], [PIECE, PIECE + 10]]);
  t.ok(reads.ahead.flat().every(({ end }) => end <= PIECE + 10), 'nothing is fetched ahead beyond the end asked for');
});

test('an empty part is an empty stream', async (t) => {
  const reads = new Reads();
  t.equal((await all(contentStream(reads, { start: 5, end: 5 }))).length, 0);
  t.same(reads.asked, []);
});

test('reads nothing before the reader asks, and nothing beyond what it asked', async (t) => {
  const reads = new Reads();
  const reader = contentStream(reads).getReader();
  await new Promise((resolve) => { setImmediate(resolve); });
  t.same(reads.asked, []);
  t.equal((await reader.read()).value?.length, PIECE);
  await new Promise((resolve) => { setImmediate(resolve); });
  t.equal(reads.asked.length, 1);
  t.match(reads.ahead.at(-1), [{ start: PIECE, end: 900_000 }], 'while the engine knows what comes next');
});

test('reads ahead as far as told, and not at all with 0', async (t) => {
  const some = new Reads();
  await contentStream(some, { readAheadBytes: 1000 }).getReader().read();
  t.match(some.ahead, [[{ start: PIECE, end: PIECE + 1000 }]]);
  const none = new Reads();
  await all(contentStream(none, { readAheadBytes: 0 }));
  t.same(none.ahead, []);
});

test('cancelling gives up the read and the read-ahead', async (t) => {
  const reads = new Reads();
  reads.hold = true;
  const reader = contentStream(reads).getReader();
  const read = reader.read();
  await new Promise((resolve) => { setImmediate(resolve); });
  await reader.cancel('enough');
  t.same(await read, { done: true, value: undefined });
  t.same(reads.ahead.at(-1), []);
});

test('an aborted signal ends the stream with its reason', async (t) => {
  const reads = new Reads();
  reads.hold = true;
  const stop = new AbortController();
  const reader = contentStream(reads, { signal: stop.signal }).getReader();
  const read = reader.read();
  await new Promise((resolve) => { setImmediate(resolve); });
  stop.abort(new Error('the page is closed'));
  await t.rejects(read, { message: 'the page is closed' });
  t.same(reads.ahead.at(-1), []);
  await t.rejects(contentStream(reads, { signal: stop.signal }).getReader().read(), { message: 'the page is closed' }, 'also when it came before');
});

test('fails as the download fails', async (t) => {
  const reads = new Reads();
  reads.failWith = new Error('nobody serves it');
  await t.rejects(all(contentStream(reads)), { message: 'nobody serves it' });
  t.same(reads.ahead.at(-1), []);
});

test('refuses bytes that are not there', async (t) => {
  for (const range of [{ start: -1 }, { start: 10, end: 5 }, { end: 900_001 }, { start: 0.5 }]) {
    t.throws(() => contentStream(new Reads(), range), { code: 'bad-range' });
  }
});
