import { test } from 'tap';
import { NEW_DETAILS } from '../../../../server/storage/video-details.ts';
import { BufferPool } from '../../../../server/storage/buffer-pool.ts';
import { PieceCache } from '../../../../server/storage/piece-cache.ts';
import { StorageError } from '../../../../server/storage/storage-error.ts';
import type { VideoStore } from '../../../../server/storage/video-store.ts';
import { readAll, sampleBytes } from '../../../fixtures/storage-samples.ts';

const PIECE = 16 * 1024;
const HOT = 'a'.repeat(64);
const LARGE = 'b'.repeat(64);

interface CountedReads {
  readonly videos: Pick<VideoStore, 'get' | 'read'>;
  readonly reads: [contentId: string, start: number, end: number][];
}

/** A store in memory that counts what is read, and waits for `gate` before it answers. */
function memoryVideos(contents: Record<string, Buffer>, gate: Promise<unknown> = Promise.resolve()): CountedReads {
  const reads: CountedReads['reads'] = [];
  const videos: CountedReads['videos'] = {
    get: async (contentId) => {
      const bytes = contents[contentId];
      if (bytes === undefined) return undefined;
      return {
        contentId, name: 'x', title: 'x', mediaType: 'video/mp4', sizeBytes: bytes.byteLength, pieceLengthBytes: PIECE, createdAt: new Date(0).toISOString(), ...NEW_DETAILS,
      };
    },
    read: async function* read(contentId, start, end) {
      reads.push([contentId, start, end]);
      await gate;
      for (let at = start; at < end; at += 4 * PIECE + 1000) yield Buffer.from(contents[contentId]?.subarray(at, Math.min(at + 4 * PIECE + 1000, end)) ?? []);
    },
  };
  return { videos, reads };
}

const hot = sampleBytes(10 * PIECE + 5, 'hot');
const large = sampleBytes(400 * PIECE, 'large');

test('gives every piece its bytes, the short last one too', async (t) => {
  const { videos } = memoryVideos({ [HOT]: hot });
  for (const maxBytes of [0, PIECE, 3 * PIECE, 1024 * 1024, 64 * 1024 * 1024]) {
    const cache = new PieceCache({ videos }, { maxBytes });
    for (const piece of [0, 10, 3, 3, 9, 0, 10]) {
      t.ok(Buffer.from(await cache.piece(HOT, piece)).equals(hot.subarray(piece * PIECE, (piece + 1) * PIECE)), `piece ${piece}`);
    }
    await t.rejects(cache.piece(HOT, 11), RangeError);
    t.ok(cache.figures().bytes <= maxBytes, `${cache.figures().bytes} of ${maxBytes}`);
  }
});

test('reads any range, whatever is in memory', async (t) => {
  const { videos } = memoryVideos({ [HOT]: hot });
  const cache = new PieceCache({ videos }, { maxBytes: 12 * PIECE });
  for (const [start, end] of [[0, 0], [5, 6], [PIECE - 1, PIECE + 1], [0, hot.byteLength], [0, hot.byteLength], [3 * PIECE, hot.byteLength], [7, 9 * PIECE + 7]] as const) {
    await cache.piece(HOT, start % 7);
    t.ok((await readAll(cache.read(HOT, start, end))).equals(hot.subarray(start, end)), `${start}-${end}`);
  }
  await t.rejects(readAll(cache.read(HOT, 0, hot.byteLength + 1)), RangeError);
  await t.rejects(readAll(cache.read(LARGE, 0, 1)), StorageError);
  await t.rejects(cache.piece(LARGE, 0), StorageError);
});

test('joins callers that want the same piece at the same time, and lets one of them leave', async (t) => {
  const gate = Promise.withResolvers<void>();
  const { videos, reads } = memoryVideos({ [HOT]: hot }, gate.promise);
  const cache = new PieceCache({ videos }, { maxBytes: 64 * 1024 * 1024 });
  const leaving = new AbortController();
  const left = cache.piece(HOT, 2, { signal: leaving.signal });
  const waiting = [cache.piece(HOT, 2), cache.piece(HOT, 2), cache.piece(HOT, 3)];
  leaving.abort(new Error('left'));
  await t.rejects(left, { message: 'left' });
  gate.resolve();
  t.ok((await Promise.all(waiting)).every((bytes) => bytes.byteLength === PIECE));
  t.equal(reads.length, 1);
});

test('a neighbour of a piece that was read is in memory', async (t) => {
  const { videos, reads } = memoryVideos({ [HOT]: hot });
  const cache = new PieceCache({ videos }, { maxBytes: 64 * 1024 * 1024 });
  await cache.piece(HOT, 4);
  await cache.piece(HOT, 5);
  t.equal(reads.length, 1);
  t.match(cache.figures(), { hits: 1, misses: 1, maxBytes: 64 * 1024 * 1024 });
});

test('a scan of a large file does not push out the pieces many share', async (t) => {
  const { videos, reads } = memoryVideos({ [HOT]: hot, [LARGE]: large });
  const cache = new PieceCache({ videos }, { maxBytes: 40 * PIECE });
  const wantHot = async (): Promise<void> => {
    for (let piece = 0; piece < 10; piece += 1) await cache.piece(HOT, piece);
  };
  await wantHot();
  for (let piece = 0; piece < 20; piece += 1) await cache.piece(LARGE, piece);
  await wantHot();
  const before = reads.length;
  for (let piece = 20; piece < 400; piece += 1) {
    for (let block = 0; block < 4; block += 1) await cache.piece(LARGE, piece);
  }
  await readAll(cache.read(LARGE, 0, large.byteLength));
  reads.length = 0;
  await wantHot();
  t.ok(before > 0);
  t.same(reads, [], 'all of it is still in memory');
  t.ok(cache.figures().bytes <= 40 * PIECE);
});

test('a cold file passes through in large buffers, and is kept where it is wanted again', async (t) => {
  const { videos, reads } = memoryVideos({ [LARGE]: large });
  const cache = new PieceCache({ videos }, { maxBytes: 1000 * PIECE });
  await readAll(cache.read(LARGE, 0, large.byteLength));
  t.same(reads, [[LARGE, 0, large.byteLength]], 'one read of the store');
  t.equal(cache.figures().bytes, 0, 'nothing kept of what was wanted once');
  await readAll(cache.read(LARGE, 0, large.byteLength));
  t.ok(cache.figures().bytes > large.byteLength / 2, 'wanted twice');
  reads.length = 0;
  t.ok((await readAll(cache.read(LARGE, 100, large.byteLength - 100))).equals(large.subarray(100, large.byteLength - 100)));
  t.ok(reads.reduce((sum, [, start, end]) => sum + end - start, 0) < large.byteLength / 2, 'most comes from memory');
});

test('what it keeps of a lent buffer stays as it is when the reader gives the buffer back', async (t) => {
  const buffers = new BufferPool({}, { lengthBytes: 4 * PIECE, maxIdle: 2 });
  const lending: Pick<VideoStore, 'get' | 'read'> = {
    get: memoryVideos({ [LARGE]: large }).videos.get,
    read: async function* read(_contentId, start, end, options) {
      for (let at = start; at < end; at += 4 * PIECE) {
        const bytes = options?.buffers?.take(Math.min(4 * PIECE, end - at)) ?? new Uint8Array(0);
        bytes.set(large.subarray(at, at + bytes.byteLength));
        yield bytes;
      }
    },
  };
  const cache = new PieceCache({ videos: lending }, { maxBytes: 1000 * PIECE });
  for (let round = 0; round < 4; round += 1) {
    let at = 0;
    for await (const bytes of cache.read(LARGE, 0, large.byteLength, { buffers })) {
      if (!large.subarray(at, at + bytes.byteLength).equals(bytes)) t.fail(`other bytes at ${at} in round ${round}`);
      at += bytes.byteLength;
      buffers.give(bytes);
    }
    t.equal(at, large.byteLength);
  }
  t.ok(cache.figures().hits > 0, 'some came from memory');
});

test('forgets a deleted video, also one that is just being read', async (t) => {
  const contents: Record<string, Buffer> = { [HOT]: hot };
  const gate = Promise.withResolvers<void>();
  const { videos } = memoryVideos(contents, gate.promise);
  const cache = new PieceCache({ videos }, { maxBytes: 1024 * 1024 });
  const late = cache.piece(HOT, 0);
  await new Promise((resolve) => { setImmediate(resolve); });
  cache.forget(HOT);
  delete contents[HOT];
  gate.resolve();
  await late.catch(() => undefined);
  t.equal(cache.figures().bytes, 0);
  await t.rejects(cache.piece(HOT, 0), StorageError);
});
