import { test } from 'tap';
import { Throughput } from '../../../../engine/schedule/throughput.ts';

test('knows nothing before the first byte', (t) => {
  t.equal(new Throughput().bytesPerMs, undefined);
  t.end();
});

test('a steady source is estimated at its rate, from the first measurement on', (t) => {
  const throughput = new Throughput();
  for (let turn = 0; turn < 5; turn += 1) {
    throughput.add(100_000, 100);
    t.equal(Math.round(throughput.bytesPerMs ?? 0), 1_000);
  }
  t.end();
});

test('the estimate falls at once and rises with care', (t) => {
  const falling = new Throughput();
  const rising = new Throughput();
  for (let turn = 0; turn < 50; turn += 1) {
    falling.add(200_000, 200);
    rising.add(20_000, 200);
  }
  falling.add(100_000, 1_000);
  rising.add(1_000_000, 1_000);
  t.ok((falling.bytesPerMs ?? 0) < 600, `fell from 1000 to ${falling.bytesPerMs} after a second at 100`);
  t.ok((rising.bytesPerMs ?? 0) < 300, `rose from 100 to ${rising.bytesPerMs} after a second at 1000`);
  t.end();
});

test('a transfer that took no time by the clock is no infinite rate', (t) => {
  const throughput = new Throughput();
  throughput.add(1_000, 0);
  t.ok(Number.isFinite(throughput.bytesPerMs));
  t.end();
});
