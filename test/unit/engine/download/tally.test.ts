import { test } from 'tap';
import { Tally } from '../../../../engine/download/tally.ts';
import { sampleContent } from '../../../fixtures/sample-content.ts';

const { manifest, bytes } = sampleContent(3 * 256 * 1024 + 10);

test('every byte is counted for who gave it', (t) => {
  const tally = new Tally(manifest, 0);
  tally.resumed(0);
  tally.gave(1, 'cdn', 100);
  tally.gave(2, 'peer', 200);
  tally.gave(3, 'seeder', 300);
  t.equal(tally.bytesResumed, 256 * 1024);
  t.same(tally.bytesFrom, { cdn: 256 * 1024, peers: 256 * 1024, seeder: 10 });
  t.equal(tally.bytesHeld, bytes.length);
  t.same([...tally.pieceSources], [4, 1, 2, 3]);
  t.end();
});

test('a piece that the store lost is taken back and counted as wasted', (t) => {
  const tally = new Tally(manifest, 0);
  tally.gave(1, 'peer', 100);
  tally.lost(1);
  t.equal(tally.bytesHeld, 0);
  t.equal(tally.wastedBytes, 256 * 1024);
  t.same([...tally.pieceSources], [0, 0, 0, 0]);
  t.end();
});

test('the time left follows the pace, and is unknown before there is one', (t) => {
  const tally = new Tally(manifest, 0);
  t.equal(tally.remainingMs(0), null);
  tally.received(manifest.pieceLengthBytes, 1_000);
  tally.gave(0, 'cdn', 1_000);
  t.equal(tally.remainingMs(1_000), 2_000);
  t.equal(tally.remainingMs(10_000), null, 'while nothing comes there is none');
  t.end();
});

test('the rate shown falls to nothing by itself', (t) => {
  const tally = new Tally(manifest, 0);
  for (let now = 0; now < 3_000; now += 100) tally.received(100_000, now);
  t.ok(Math.abs(tally.receiveMbps(3_000) - 8) < 1, `${tally.receiveMbps(3_000)}`);
  t.equal(tally.receiveMbps(10_000), 0);
  t.end();
});

test('of the switches the last 256 are kept', (t) => {
  const tally = new Tally(manifest, 0);
  for (let turn = 0; turn < 300; turn += 1) tally.entered('cdn', 'swarm', 'cdn-busy', turn);
  t.equal(tally.switches.length, 256);
  t.equal(tally.switches.at(-1)?.atMs, 299);
  t.end();
});
