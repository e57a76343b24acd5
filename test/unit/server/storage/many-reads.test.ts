import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'tap';
import { readMany } from '../../../../server/storage/many-reads.ts';

const NAMES = Array.from({ length: 1_000 }, (_, index) => index);

function busyFor(ms: number): void {
  for (const startMs = performance.now(); performance.now() - startMs < ms;);
}

test('reads one by one what comes at once, in order', async (t) => {
  let later = 0;
  const results = await readMany(NAMES, { now: (name) => name * 2, later: async (name) => (later += 1, name * 2) });
  t.same(results, NAMES.map((name) => name * 2));
  t.equal(later, 0);
});

test('reads side by side, in order all the same, where the disk takes its time', async (t) => {
  let now = 0;
  let atOnce = 0;
  let most = 0;
  const results = await readMany(NAMES, {
    now: (name) => {
      now += 1;
      busyFor(4);
      return name;
    },
    later: async (name) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await delay(name % 3);
      atOnce -= 1;
      return name;
    },
  });
  t.same(results, NAMES);
  t.ok(now > 0 && now < 200, `waited for ${now}`);
  t.ok(most > 1 && most <= 16, `${most} at once`);
});

test('lets others have their turn, and ends when it is told to', async (t) => {
  const stop = new AbortController();
  let read = 0;
  setImmediate(() => stop.abort(new Error('told to stop')));
  await t.rejects(readMany(NAMES, { now: () => (read += 1), later: async () => 0 }, stop.signal), { message: 'told to stop' });
  t.ok(read < NAMES.length);
});

test('ends with what a read throws, either way', async (t) => {
  const failure = new Error('the disk is gone');
  const fails = (): never => { throw failure; };
  await t.rejects(readMany(NAMES, { now: fails, later: async () => 0 }), failure);
  await t.rejects(readMany(NAMES, { now: () => busyFor(4), later: async () => fails() }), failure);
  t.same(await readMany([], { now: fails, later: fails }), []);
});
