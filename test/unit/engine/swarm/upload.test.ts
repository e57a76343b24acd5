import { test } from 'tap';
import { PieceCache } from '../../../../engine/swarm/piece-cache.ts';
import { RateMeter } from '../../../../engine/rate-meter.ts';
import { TokenBucket } from '../../../../engine/swarm/token-bucket.ts';
import { UploadDesk } from '../../../../engine/swarm/upload-desk.ts';
import { UploadSlots } from '../../../../engine/swarm/upload-slots.ts';
import { MemoryPieces } from '../../../fixtures/peer-pair.ts';

function makeSlots(): { readonly slots: UploadSlots<string>; readonly clock: { ms: number } } {
  const clock = { ms: 0 };
  return { clock, slots: new UploadSlots(() => clock.ms, { slots: 2, turnMs: 4_000 }) };
}

test('upload slots serve so many at a time and tell the others when to come back', async (t) => {
  const { slots } = makeSlots();
  t.equal(slots.ask('a', true), 0);
  t.equal(slots.ask('b', true), 0);
  const later = slots.ask('c', true);
  t.ok(later > 0 && later <= 2_000);
  t.equal(slots.ask('a', false), 0, 'who has a slot goes on');
});

test('upload slots go to those who waited, in the order they first asked', async (t) => {
  const { slots } = makeSlots();
  for (const peer of ['a', 'b', 'c', 'd']) slots.ask(peer, true);
  slots.forget('a');
  t.ok(slots.ask('d', true) > 0, 'c was first');
  t.equal(slots.ask('c', true), 0);
  slots.forget('b');
  t.equal(slots.ask('d', true), 0);
});

test('upload slots change hands after a turn while others wait, never inside a piece', async (t) => {
  const { slots, clock } = makeSlots();
  slots.ask('a', true);
  slots.ask('b', true);
  for (clock.ms = 500; clock.ms <= 4_500; clock.ms += 500) {
    slots.ask('c', true);
    t.equal(slots.ask('a', false), 0);
    t.equal(slots.ask('b', false), 0);
  }
  t.ok(slots.ask('a', true) > 0);
  t.equal(slots.ask('c', true), 0);
  t.ok(slots.ask('b', true) > 0, 'it had its turn as well, and now a waits');
  t.equal(slots.ask('a', true), 0, 'so it goes round');
});

test('upload slots are kept for a turn and longer while nobody waits', async (t) => {
  const { slots, clock } = makeSlots();
  for (clock.ms = 0; clock.ms < 20_000; clock.ms += 500) t.equal(slots.ask('a', true), 0);
});

test('upload slots are free again when the holder went quiet, and not kept for who does not come back', async (t) => {
  const { slots, clock } = makeSlots();
  for (const peer of ['a', 'b', 'c']) slots.ask(peer, true);
  clock.ms = 1_500;
  t.ok(slots.ask('d', true) === 0, 'one place is for c, the other is free');
  t.ok(slots.ask('e', true) > 0);
  clock.ms = 4_600;
  slots.touch('d');
  t.equal(slots.ask('e', true), 0);
});

test('a token bucket keeps to its rate, in turn', async (t) => {
  const bucket = new TokenBucket(() => performance.now(), 40);
  t.equal(bucket.take(500_000, 0), undefined, 'a burst is let through');
  const order: number[] = [];
  const startedMs = performance.now();
  await Promise.all([1, 2, 3].map(async (index) => {
    await bucket.take(100_000, 0);
    order.push(index);
  }));
  t.ok(performance.now() - startedMs >= 50, '300 kB at 5 MB/s take 60 ms');
  t.same(order, [1, 2, 3]);
  const waiting = bucket.take(500_000, 0);
  bucket.close();
  await waiting;
  t.equal(new TokenBucket(() => 0, 0).take(1e12, 0), undefined, '0 is unlimited');
});

test('a token bucket lets go first who began first, and who began at the same time in turn', async (t) => {
  const bucket = new TokenBucket(() => performance.now(), 40);
  bucket.take(500_000, 0);
  const gone: string[] = [];
  const wait = async (name: string, sinceMs: number): Promise<void> => {
    await bucket.take(50_000, sinceMs);
    gone.push(name);
  };
  await Promise.all([wait('second', 5), wait('third', 5), wait('last', 9), wait('first', 1)]);
  bucket.close();
  t.same(gone, ['first', 'second', 'third', 'last']);
});

test('a token bucket takes a new rate for who waits already, too', async (t) => {
  const bucket = new TokenBucket(() => performance.now(), 0);
  t.equal(bucket.take(1e9, 0), undefined, 'unlimited at first');
  bucket.setRate(0.001);
  while (bucket.take(64 * 1024, 0) === undefined);
  const slow = bucket.take(64 * 1024, 0);
  t.ok(slow, 'an eighth of a kilobyte a second would take minutes');
  const startedMs = performance.now();
  bucket.setRate(100);
  await slow;
  t.ok(performance.now() - startedMs < 1_000);
  bucket.setRate(0.001);
  const waiting = Promise.all([1, 2, 3].map(() => bucket.take(64 * 1024, 0)));
  bucket.setRate(0);
  await waiting;
  bucket.close();
});

test('with a lower rate fewer are served at a time, and with a higher one more', async (t) => {
  const desk = new UploadDesk(() => 0, { maxUploadSlots: 8, maxUploadMbps: 0, turnMs: 4_000 });
  const served = (): number => Array.from({ length: 10 }, () => desk.slots.ask({}, true)).filter((waitMs) => waitMs === 0).length;
  desk.setMaxUploadMbps(10);
  t.equal(served(), 3, 'each at a useful rate');
  desk.setMaxUploadMbps(0);
  const fresh = new UploadDesk(() => 0, { maxUploadSlots: 8, maxUploadMbps: 1, turnMs: 4_000 });
  fresh.setMaxUploadMbps(0);
  t.equal(Array.from({ length: 10 }, () => fresh.slots.ask({}, true)).filter((waitMs) => waitMs === 0).length, 8);
  desk.close();
});

test('the pieces being sent are read once and bounded', async (t) => {
  const pieces = new MemoryPieces(undefined);
  for (let piece = 0; piece < 5; piece += 1) pieces.store(piece, new Uint8Array(100).fill(piece));
  const cache = new PieceCache({ maxPieces: 3, maxBytes: 250 });
  await Promise.all([cache.read('x', 0, pieces), cache.read('x', 0, pieces)]);
  t.equal(pieces.reads, 1);
  await cache.read('x', 1, pieces);
  await cache.read('x', 2, pieces);
  await cache.read('x', 2, pieces);
  t.equal(pieces.reads, 3);
  await cache.read('x', 0, pieces);
  t.equal(pieces.reads, 4, 'the oldest went when the bytes were too many');
  t.equal(await cache.read('x', 99, pieces), undefined);
  t.equal(await cache.read('x', 0, { manifest: undefined, has: () => true, read: async () => { throw new Error('disk'); } }).then((b) => b?.[0]), 0);
  t.equal(await cache.read('y', 0, { manifest: undefined, has: () => true, read: async () => { throw new Error('disk'); } }), undefined);
  cache.forget('x');
  const before = pieces.reads;
  await cache.read('x', 0, pieces);
  t.equal(pieces.reads, before + 1);
});

test('a rate meter tells the rate of the last seconds', async (t) => {
  const clock = { ms: 10_000 };
  const meter = new RateMeter(clock.ms);
  for (let step = 0; step < 100; step += 1) {
    clock.ms += 100;
    meter.add(125_000, clock.ms);
  }
  t.ok(Math.abs(meter.mbps(clock.ms) - 10) < 1, `${meter.mbps(clock.ms)} Mb/s`);
  clock.ms += 5_000;
  t.equal(meter.mbps(clock.ms), 0);
  t.equal(meter.totalBytes, 12_500_000);
});
