/** Seeking, and what is asked of the switch for it, in real Chromium against a real appliance. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { putVideo, startAppliance } from '../fixtures/appliance.ts';
import { plainOrigin } from '../fixtures/browser-switch.ts';
import { eventually } from '../fixtures/http.ts';
import { CLOCK_PLACES, clockSeconds, makeClockVideo } from '../fixtures/playback-clock.ts';
import { playbackTab, type PlaybackTab } from '../fixtures/playback-bench.ts';
import { seededRandom } from '../fixtures/seeded-random.ts';

const SECONDS = 120;
const FRAME_SECONDS = 1 / 25;
const SEEKS = 20;
const SEED = 4;

async function shownSeconds(tab: PlaybackTab): Promise<number> {
  return clockSeconds(await tab.call('luma', CLOCK_PLACES));
}

type Clock = Partial<Parameters<typeof makeClockVideo>[0]>;

const made = new Map<string, Promise<Buffer>>();

/** Each made once for all tests that want it. */
function clockVideo(t: Test, options: Clock = {}): Promise<Buffer> {
  const key = JSON.stringify(options.output ?? []);
  const making = made.get(key) ?? makeClock(t, options);
  made.set(key, making);
  return making;
}

async function makeClock(t: Test, options: Clock): Promise<Buffer> {
  const path = join(t.testdir(), 'clock.mp4');
  await makeClockVideo({ path, seconds: SECONDS, ...options });
  return readFile(path);
}

for (const [where, output] of [['front', ['-movflags', '+faststart']], ['end', []]] as const) {
  test(`each of ${SEEKS} random seeks shows the frame of its time, with the index at the ${where}, on plain http by address`, async (t) => {
    const appliance = await startAppliance(t, { host: '0.0.0.0' });
    const plain = plainOrigin(appliance.url);
    const { contentId } = await putVideo(appliance, 'clock.mp4', await clockVideo(t, { output }));
    const tab = await playbackTab(t, plain.url, plain.args);
    t.equal(await tab.page.evaluate(() => isSecureContext), false, 'nothing of a secure context is there');
    await tab.open({ contentId });
    const random = seededRandom(SEED);
    const took: number[] = [];
    for (let count = 0; count < SEEKS; count += 1) {
      const target = random() * (SECONDS - 0.1);
      took.push(await tab.call('seek', target));
      const shown = await shownSeconds(tab);
      t.ok(shown <= target + FRAME_SECONDS && shown > target - 2 * FRAME_SECONDS, `shows ${shown} s for ${target} s`);
    }
    t.comment(`seeks took ${took.map(Math.round).join(', ')} ms`);
    t.same(tab.errors, []);
  });
}

test('begins where it was told to, and ends right after a seek to the last second', async (t) => {
  const appliance = await startAppliance(t);
  const { contentId } = await putVideo(appliance, 'clock.mp4', await clockVideo(t));
  const tab = await playbackTab(t, appliance.url);
  await tab.open({ contentId, startSeconds: 61 });
  await eventually('the frame of second 61', async () => Math.abs(await shownSeconds(tab) - 61) < 2 * FRAME_SECONDS);
  await tab.call('seek', SECONDS - 1);
  await tab.call('play');
  await tab.call('ended');
  t.ok(Math.abs((await tab.call('state')).currentTime - SECONDS) < 0.2);
  await tab.call('seek', 3);
  t.ok(Math.abs(await shownSeconds(tab) - 3) < 2 * FRAME_SECONDS, 'and goes back after the end');
  t.same(tab.errors, []);
});

test('inside the buffer a seek reads nothing again; outside it gives up what was being read', async (t) => {
  const appliance = await startAppliance(t);
  const { contentId } = await putVideo(appliance, 'clock.mp4', await clockVideo(t));
  const tab = await playbackTab(t, appliance.url);
  await tab.open({ contentId });
  await tab.call('play');
  await eventually('the buffer is full', async () => ((await tab.call('figures'))?.bufferAheadSeconds ?? 0) > 29);
  await eventually('reading rests', async () => {
    const before = (await tab.call('reads')).length;
    await tab.page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 500); }));
    return (await tab.call('reads')).length === before;
  });
  await tab.call('pause');
  const before = (await tab.call('reads')).length;
  const position = (await tab.call('state')).currentTime;
  await tab.call('seek', position + 8);
  await tab.call('seek', position + 1);
  t.equal((await tab.call('reads')).length, before, 'nothing was read for it');
  for (let count = 0; count < 30; count += 1) await tab.call('jump', 40 + (count * 37) % 75);
  await tab.call('seek', 100);
  t.ok(Math.abs(await shownSeconds(tab) - 100) < 2 * FRAME_SECONDS);
  t.equal((await tab.call('reads')).filter(({ outcome }) => outcome === 'pending').length, 0, 'no read of an earlier place goes on');
  t.same(tab.errors, []);
});
