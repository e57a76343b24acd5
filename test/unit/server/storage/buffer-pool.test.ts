import { test } from 'tap';
import { BufferPool } from '../../../../server/storage/buffer-pool.ts';

const LENGTH = 1024;

const pool = (maxIdle: number): BufferPool => new BufferPool({}, { lengthBytes: LENGTH, maxIdle });

test('lends a buffer again once it was given back, and to one at a time', async (t) => {
  const buffers = pool(4);
  const first = buffers.take(LENGTH);
  const second = buffers.take(LENGTH);
  t.not(first.buffer, second.buffer);
  buffers.give(first);
  buffers.give(first);
  const [third, fourth] = [buffers.take(LENGTH - 1), buffers.take(LENGTH)];
  t.equal(third.buffer, first.buffer);
  t.equal(third.byteLength, LENGTH - 1);
  t.not(fourth.buffer, first.buffer, 'given twice, it went round once');
});

test('what is kept does not come back, nor what it never gave', async (t) => {
  const buffers = pool(4);
  const kept = buffers.take(LENGTH);
  buffers.keep(kept);
  buffers.give(kept);
  const foreign = new Uint8Array(LENGTH);
  buffers.give(foreign);
  const next = buffers.take(LENGTH);
  t.not(next.buffer, kept.buffer);
  t.not(next.buffer, foreign.buffer);
});

test('holds no more than it may, and makes other lengths for their asker alone', async (t) => {
  const buffers = pool(1);
  const taken = [buffers.take(LENGTH), buffers.take(LENGTH)];
  for (const bytes of taken) buffers.give(bytes);
  const again = [buffers.take(LENGTH), buffers.take(LENGTH)];
  t.equal(again.filter(({ buffer }) => taken.some((bytes) => bytes.buffer === buffer)).length, 1);
  for (const lengthBytes of [1, LENGTH / 2, LENGTH + 1]) {
    const bytes = buffers.take(lengthBytes);
    t.equal(bytes.byteLength, lengthBytes);
    buffers.give(bytes);
    t.not(buffers.take(lengthBytes).buffer, bytes.buffer);
  }
});
