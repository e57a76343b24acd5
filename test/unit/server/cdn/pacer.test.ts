import { test } from 'tap';
import { Pacer } from '../../../../server/cdn/pacer.ts';

const now = () => performance.now();

async function run(pacer: Pacer, until: number): Promise<number> {
  let bytes = 0;
  while (now() < until) {
    await pacer.take(pacer.portionBytes, new AbortController().signal);
    bytes += pacer.portionBytes;
  }
  return bytes;
}

test('streams together stay within the bound, and each gets its share', async (t) => {
  const pacer = new Pacer({ now }, { maxMbps: 80 });
  const startedAt = now();
  const bytes = await Promise.all(Array.from({ length: 4 }, () => run(pacer, startedAt + 500)));
  const seconds = (now() - startedAt) / 1000;
  const total = bytes.reduce((sum, one) => sum + one, 0);
  // Each stream's last portion was let through before its time was out, and a first one is free.
  const allowed = 10_000_000 * seconds + 5 * pacer.portionBytes;
  t.ok(total <= allowed, `${total} bytes of ${Math.round(allowed)} allowed`);
  t.ok(total >= 10_000_000 * 0.5 * 0.6, 'and the bound is used');
  t.ok(Math.max(...bytes) - Math.min(...bytes) <= 3 * pacer.portionBytes, `even shares: ${bytes.join(', ')}`);
});

test('time that nobody used is not saved up', async (t) => {
  let clock = 0;
  const pacer = new Pacer({ now: () => clock }, { maxMbps: 8 });
  const { signal } = new AbortController();
  await pacer.take(1000, signal);
  clock = 10_000;
  // 1000 bytes a ms: 20 ms of credit is 20,000 bytes, and no more.
  await pacer.take(20_000, signal);
  await pacer.take(1, signal);
  const abort = new AbortController();
  const late = pacer.take(1, abort.signal);
  abort.abort(new Error('gone'));
  await t.rejects(late, { message: 'gone' }, 'has to wait, until its reader went away');
});
