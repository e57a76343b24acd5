import { test } from 'tap';
import { percent, rate, size, sizeOf } from '../../../ui/format/numbers.ts';
import { sinceStart, timeLeft, age } from '../../../ui/format/times.ts';

test('sizes are decimal, as fine as their unit deserves', async (t) => {
  const cases: [number, string][] = [
    [0, '0 bytes'], [999, '999 bytes'], [1000, '1.0 kB'], [262_144, '262 kB'], [8_400_000, '8.4 MB'], [318_000_000, '318 MB'],
    [1_423_000_000, '1.42 GB'], [64_500_000_000, '64.5 GB'], [412_000_000_000, '412 GB'], [1_300_000_000_000, '1.30 TB'],
  ];
  for (const [bytes, words] of cases) t.equal(size(bytes), words);
});

test('a part is shown in the unit and as finely as its whole, so that it does not jump', async (t) => {
  t.equal(sizeOf(0, 1_423_000_000), '0.00 of 1.42 GB');
  t.equal(sizeOf(950_000, 1_423_000_000), '0.00 of 1.42 GB');
  t.equal(sizeOf(700_000_000, 1_423_000_000), '0.70 of 1.42 GB');
  t.equal(sizeOf(40_000_000, 700_000_000), '40 of 700 MB');
});

test('rates keep their unit', async (t) => {
  t.equal(rate(0), '0.0 Mb/s');
  t.equal(rate(4.21), '4.2 Mb/s');
  t.equal(rate(9.97), '10 Mb/s');
  t.equal(rate(1234.4), '1,234 Mb/s');
});

test('100 % means that all of it is there', async (t) => {
  t.equal(percent(999_999, 1_000_000), '99 %');
  t.equal(percent(1_000_000, 1_000_000), '100 %');
  t.equal(percent(0, 0), '0 %');
});

test('spans of time are coarse', async (t) => {
  t.equal(timeLeft(300), '1 s');
  t.equal(timeLeft(61_000), '2 min');
  t.equal(timeLeft(7_500_000), '2 h 05 min');
  t.equal(sinceStart(7_400), '0:07');
  t.equal(sinceStart(3_729_000), '1:02:09');
  t.equal(age('2026-11-20T12:00:00Z', Date.parse('2026-11-23T13:00:00Z')), '3 days ago');
  t.equal(age('2026-11-23T12:59:50Z', Date.parse('2026-11-23T13:00:00Z')), 'just now');
});
