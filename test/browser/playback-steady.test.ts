/** A long playback: what it holds, what it asks for, and what it does when something goes wrong. In real Chromium, against a real appliance. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { putVideo, startAppliance } from '../fixtures/appliance.ts';
import { eventually } from '../fixtures/http.ts';
import { mediaFile, runFfmpeg } from '../fixtures/media-files.ts';
import { makeClockVideo } from '../fixtures/playback-clock.ts';
import { playbackTab, type PlaybackTab } from '../fixtures/playback-bench.ts';

const RICH_SECONDS = 20;
const made = new Map<string, Promise<Buffer>>();

/** Made once for all tests that want it. */
function once(name: string, t: Test, make: (path: string) => Promise<void>): Promise<Buffer> {
  const making = made.get(name) ?? (async () => {
    const path = join(t.testdir(), name);
    await make(path);
    return readFile(path);
  })();
  made.set(name, making);
  return making;
}

/** A minute with two sounds. */
const clockVideo = (t: Test): Promise<Buffer> => once('clock.mp4', t, (path) => makeClockVideo({ path, seconds: 60, soundsHz: [300, 1_200] }));

async function untilPosition(tab: PlaybackTab, seconds: number): Promise<void> {
  await eventually(`second ${seconds}`, async () => (await tab.call('state')).currentTime >= seconds, 60_000);
}

test('holds a bounded buffer ahead and behind, however long it plays', async (t) => {
  const appliance = await startAppliance(t);
  const { contentId } = await putVideo(appliance, 'clock.mp4', await once('long.mp4', t, (path) => makeClockVideo({ path, seconds: 210 })));
  const tab = await playbackTab(t, appliance.url);
  await tab.open({ contentId });
  await tab.call('play', 8);
  let [ahead, behind] = [0, 0];
  // When everything was fed, nothing is let go of any more: there is no need to.
  await eventually('a good part of it was played', async () => {
    const { currentTime, buffered } = await tab.call('state');
    ahead = Math.max(ahead, (buffered.at(-1)?.[1] ?? currentTime) - currentTime);
    behind = Math.max(behind, currentTime - (buffered[0]?.[0] ?? currentTime));
    return currentTime > 75;
  }, 120_000);
  // At eight times the speed the goal is four times as long.
  t.ok(ahead > 60 && ahead < 130, `${ahead} s ahead`);
  t.ok(behind > 10 && behind < 50, `${behind} s behind`);
  t.same(tab.errors, []);
});

test('while paused it buffers to its goal, and then asks for nothing', async (t) => {
  const appliance = await startAppliance(t);
  const { contentId } = await putVideo(appliance, 'clock.mp4', await clockVideo(t));
  const tab = await playbackTab(t, appliance.url);
  await tab.open({ contentId });
  // Not a moment before: what lacks to it may lie in a piece of its own.
  await eventually('the goal', async () => ((await tab.call('figures'))?.bufferAheadSeconds ?? 0) >= 29.9);
  await eventually('idle', async () => ['idle', 'done'].includes((await tab.call('source'))?.state ?? ''));
  const { received } = await tab.call('source') ?? { received: 0 };
  await tab.page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 1_000); }));
  t.equal((await tab.call('source'))?.received, received);
  t.ok(((await tab.call('figures'))?.bufferAheadSeconds ?? 99) < 35);
});

test('another sound is heard at once, and the picture goes on', async (t) => {
  const appliance = await startAppliance(t);
  const bytes = await clockVideo(t);
  const { contentId } = await putVideo(appliance, 'clock.mp4', bytes);
  const tab = await playbackTab(t, appliance.url);
  const { playable } = await tab.open({ contentId });
  const [first = 0, second = 0] = playable?.audioTracks ?? [];
  await tab.call('play');
  await untilPosition(tab, 1);
  t.equal(await tab.call('audioTrack'), first);
  await eventually('the first sound', async () => Math.abs(await tab.call('loudestHz') - 300) < 60);
  await tab.call('selectAudio', second);
  const { silentMs, heardMs } = await tab.call('untilLoudestHz', 1_200);
  t.equal(await tab.call('audioTrack'), second);
  t.ok(silentMs < 500, `silent for ${silentMs} ms`);
  t.ok(heardMs < 2_000, `heard after ${heardMs} ms`);
  const figures = await tab.call('figures');
  t.same(figures?.stalls, []);
  t.ok((figures?.bufferAheadSeconds ?? 0) > 5, 'nothing of the picture was thrown away');
  await untilPosition(tab, 6);
  t.same((await tab.call('figures'))?.stalls, [], 'and plays on');
  t.same(tab.errors, []);
});

test('waits while nobody serves, and goes on by itself', async (t) => {
  const appliance = await startAppliance(t, { cdnMaxStreams: 1 });
  const { contentId } = await putVideo(appliance, 'clock.mp4', await clockVideo(t));
  const tab = await playbackTab(t, appliance.url);
  await tab.page.route('**/content*', (route) => route.abort());
  const opened = tab.open({ contentId });
  await eventually('nobody serves', async () => (await tab.call('source'))?.state === 'waiting');
  await tab.page.unroute('**/content*');
  t.ok((await opened).playable?.videoTrack);
  await tab.call('play');
  await untilPosition(tab, 2);
});

test('passes a damaged place, says so, and plays to the end', async (t) => {
  const appliance = await startAppliance(t);
  const bytes = await readFile(await mediaFile('mkv').file());
  const damaged = Buffer.from(bytes);
  randomBytes(20_000).copy(damaged, Math.floor(bytes.length * 0.4));
  const { contentId } = await putVideo(appliance, 'damaged.mkv', damaged);
  const tab = await playbackTab(t, appliance.url);
  await tab.open({ contentId });
  await tab.call('play', 2);
  await eventually('the end, or a reason', async () => (await tab.call('state')).ended || (await tab.call('figures'))?.failure !== null, 40_000);
  const figures = await tab.call('figures');
  t.equal(figures?.failure, null);
  t.ok((await tab.call('state')).ended);
  t.comment(JSON.stringify(figures?.skippedSeconds));
});

/** Some seconds with a picture that needs its bytes. */
function richVideo(t: Test, { soundSeconds = RICH_SECONDS }: { readonly soundSeconds?: number } = {}): Promise<Buffer> {
  return once(`rich-${soundSeconds}.mp4`, t, (path) => runFfmpeg([
    '-f', 'lavfi', '-i', `testsrc2=s=640x360:r=25:d=${RICH_SECONDS}`, '-f', 'lavfi', '-i', `sine=f=440:d=${soundSeconds}`, '-c:v', 'libx264', '-preset', 'ultrafast',
    '-b:v', '4M', '-pix_fmt', 'yuv420p', '-g', '50', '-c:a', 'aac', '-movflags', '+faststart', path,
  ]));
}

test('goes on behind frames that the browser refuses, and loses nothing before them', async (t) => {
  const appliance = await startAppliance(t);
  const bytes = Buffer.from(await richVideo(t));
  bytes.fill(0xa5, Math.floor(bytes.length * 0.5), Math.floor(bytes.length * 0.52));
  const { contentId } = await putVideo(appliance, 'damaged.mp4', bytes);
  const tab = await playbackTab(t, appliance.url);
  await tab.open({ contentId });
  await tab.call('play', 4);
  await eventually('the end, or a reason', async () => (await tab.call('state')).ended || (await tab.call('figures'))?.failure !== null, 60_000);
  const figures = await tab.call('figures');
  t.equal(figures?.failure, null);
  t.ok((await tab.call('state')).ended);
  t.equal(figures?.skippedSeconds.length, 1, 'one place');
  const [place = 0] = figures?.skippedSeconds ?? [];
  t.ok(place > 8 && place < 12, `at ${place} s, which is where it is`);
});

test('plays in a browser with little room', async (t) => {
  const appliance = await startAppliance(t);
  const { contentId } = await putVideo(appliance, 'rich.mp4', await richVideo(t));
  const tab = await playbackTab(t, appliance.url, ['--mse-video-buffer-size-limit-mb=3', '--mse-audio-buffer-size-limit-mb=1']);
  await tab.open({ contentId });
  await tab.call('play', 2);
  await eventually('the end', async () => (await tab.call('state')).ended, 60_000);
  const figures = await tab.call('figures');
  t.equal(figures?.failure, null);
  t.same(figures?.stalls.filter(({ bufferAheadSeconds }) => bufferAheadSeconds < 1), [], 'nothing was late');
  t.same(tab.errors, []);
});

test('plays on in silence where the sound ends long before the picture, and is heard again by who goes back', async (t) => {
  const appliance = await startAppliance(t);
  const { contentId } = await putVideo(appliance, 'short-sound.mp4', await richVideo(t, { soundSeconds: 4 }));
  // The rest of the picture is more than this browser holds, so the media source cannot be ended.
  const tab = await playbackTab(t, appliance.url, ['--mse-video-buffer-size-limit-mb=3']);
  const { playable } = await tab.open({ contentId });
  await tab.call('play', 2);
  await untilPosition(tab, 8);
  t.equal(await tab.call('audioTrack'), playable?.audioTrack, 'the choice of the sound is as it was');
  await tab.call('jump', 1);
  await eventually('the sound', async () => Math.abs(await tab.call('loudestHz') - 440) < 60);
  await tab.call('play', 4);
  await tab.call('ended');
  const figures = await tab.call('figures');
  t.equal(figures?.failure, null);
  t.same(tab.errors, []);
});
