import { test } from 'tap';
import { ReplySlots } from '../../../../server/storage/reply-slots.ts';

test('gives a slot to as many as there are, and the next to whoever waits longest', async (t) => {
  const slots = new ReplySlots({ slots: 2, waitLimitMs: 10_000 });
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const use = (name: string): Promise<string> => slots.use(async () => {
    started.push(name);
    await new Promise<void>((resolve) => { ends.set(name, resolve); });
    return name;
  });
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(use);
  t.same(started, ['a', 'b']);
  ends.get('b')?.();
  t.equal(await b, 'b');
  await Promise.resolve();
  t.same(started, ['a', 'b', 'c']);
  for (const name of ['a', 'c']) ends.get(name)?.();
  await Promise.all([a, c]);
  t.same(started, ['a', 'b', 'c', 'd']);
  ends.get('d')?.();
  t.equal(await d, 'd');
});

test('frees the slot of a task that fails', async (t) => {
  const slots = new ReplySlots({ slots: 1, waitLimitMs: 10_000 });
  await t.rejects(slots.use(() => Promise.reject(new Error('lost'))), { message: 'lost' });
  t.equal(await slots.use(async () => 'next'), 'next');
});

test('lets nobody wait for ever, and keeps no place for whoever left', async (t) => {
  const slots = new ReplySlots({ slots: 1, waitLimitMs: 20 });
  const end = Promise.withResolvers<void>();
  const holder = slots.use(() => end.promise);
  const leaving = new AbortController();
  const left = slots.use(async () => t.fail('it left'), leaving.signal);
  leaving.abort(new Error('gone'));
  await t.rejects(left, { message: 'gone' });
  await t.rejects(slots.use(async () => t.fail('too late')), { code: 'unavailable' });
  await t.rejects(slots.use(async () => t.fail('it had left before'), leaving.signal), { message: 'gone' });
  end.resolve();
  await holder;
  t.equal(await slots.use(async () => 'next'), 'next');
});

test('loses no slot when whoever is next leaves in the moment it comes free', async (t) => {
  const slots = new ReplySlots({ slots: 1, waitLimitMs: 500 });
  const end = Promise.withResolvers<void>();
  const holder = slots.use(() => end.promise);
  const leaving = new AbortController();
  const left = slots.use(async () => t.fail('it left'), leaving.signal);
  end.resolve();
  leaving.abort(new Error('gone'));
  await t.rejects(left, { message: 'gone' });
  await holder;
  t.equal(await slots.use(async () => 'next'), 'next');
});
