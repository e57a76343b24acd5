import { test } from 'tap';
import { MAX_SAMPLES, TrafficHistory } from '../../../ui/video/traffic-history.ts';

const bytes = (cdn: number, peers = 0, seeder = 0) => ({ cdn, peers, seeder });
/** One megabyte a second is 8 Mb/s. */
const MB = 1_000_000;

test('tells each source’s rate in each step', async (t) => {
  const history = new TrafficHistory();
  for (let second = 1; second <= 4; second += 1) history.add(second * 1000, bytes(second * MB, second > 2 ? (second - 2) * 2 * MB : 0));
  const { atSeconds, cdn, peers, seeder } = history.rates();
  t.same(atSeconds, [1, 2, 3, 4]);
  t.same(cdn, [8, 8, 8, 8]);
  t.same(peers, [0, 0, 16, 16]);
  t.same(seeder, [0, 0, 0, 0]);
});

test('news within a step wait for its end', async (t) => {
  const history = new TrafficHistory();
  for (let at = 100; at <= 1000; at += 100) history.add(at, bytes(at * 1000));
  t.same(history.rates().cdn, [8]);
});

test('what came within the first moments is there too', async (t) => {
  const history = new TrafficHistory();
  t.same(history.rates().atSeconds, [], 'nothing came yet');
  history.add(40, bytes(MB));
  t.same(history.rates(), { atSeconds: [0.5], cdn: [16], peers: [0], seeder: [0] }, 'a burst of a moment is no rate');
  history.add(800, bytes(MB));
  t.same(history.rates().cdn, [10]);
});

test('a gap without news is silence, and not a trickle', async (t) => {
  const history = new TrafficHistory();
  history.add(1000, bytes(MB));
  history.add(61_000, bytes(2 * MB));
  const { atSeconds, cdn } = history.rates();
  t.same(atSeconds, [1, 60, 61]);
  t.same(cdn, [8, 0, 8]);
});

test('a session of any length stays bounded, and loses no byte', async (t) => {
  const history = new TrafficHistory();
  const seconds = 6 * 3600;
  for (let second = 1; second <= seconds; second += 1) history.add(second * 1000, bytes(second * MB));
  t.ok(history.samples.length <= MAX_SAMPLES, `${history.samples.length} samples`);
  const { atSeconds, cdn } = history.rates();
  const total = cdn.reduce((sum, mbps, at) => sum + (mbps * ((atSeconds[at] ?? 0) - (atSeconds[at - 1] ?? 0)) * MB) / 8, 0);
  const last = (atSeconds.at(-1) ?? 0) * MB;
  t.ok(Math.abs(total - last) < 1, `${total} of ${last}`);
  t.ok(last > seconds * MB * 0.95, 'the newest is there');
});

test('a counter that begins anew draws nothing below the ground', async (t) => {
  const history = new TrafficHistory();
  history.add(1000, bytes(MB));
  history.add(2000, bytes(0));
  t.same(history.rates().cdn, [8, 0]);
});
