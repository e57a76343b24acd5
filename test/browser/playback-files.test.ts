/** Every container and codec that the browser can play, played to its end by a real engine from a real appliance. */
import { readFile } from 'node:fs/promises';
import { test, type Test } from 'tap';
import { putVideo, startAppliance } from '../fixtures/appliance.ts';
import { MEDIA_FILES, type MediaFixture } from '../fixtures/media-files.ts';
import { playbackTab, type PlaybackTab } from '../fixtures/playback-bench.ts';

/** Some hundredths are the sound's last frame, and what its encoder put before the first. */
const DURATION_TOLERANCE_SECONDS = 0.3;
const RATE = 8;

async function playsToItsEnd(t: Test, tab: PlaybackTab, { plays, videoCodec, audioCodec, durationSeconds }: MediaFixture, contentId: string): Promise<void> {
  const hasPicture = videoCodec !== null && plays !== 'no-picture';
  const hasSound = audioCodec !== null && plays !== 'no-sound';
  const { playable } = await tab.open({ contentId });
  t.equal(playable?.videoTrack !== null, hasPicture, 'the picture is chosen when it can be played');
  t.equal(playable?.audioTrack !== null, hasSound, 'the sound is chosen when it can be played');
  t.equal(playable?.problems.length === 0, plays === true, `says what it cannot play: ${playable?.problems.join(' ')}`);
  const first = await tab.call('fingerprint');
  await tab.call('play', RATE);
  await tab.call('ended');
  const state = await tab.call('state');
  t.ok(Math.abs((state.duration ?? 0) - durationSeconds) < DURATION_TOLERANCE_SECONDS, `lasts ${state.duration} s`);
  t.ok(Math.abs(state.currentTime - durationSeconds) < DURATION_TOLERANCE_SECONDS, `ends at ${state.currentTime} s`);
  t.equal(state.error, null);
  if (hasPicture) t.not(await tab.call('fingerprint'), first, 'the last frame is not the first');
  if (hasSound) t.ok(state.audioBytes > 0, 'sound was decoded');
  const figures = await tab.call('figures');
  t.equal(figures?.failure, null);
  t.same(figures?.stalls.filter(({ bufferAheadSeconds }) => bufferAheadSeconds < 1), [], 'nothing was late');
  if (hasPicture) t.ok((figures?.framesTotal ?? 0) > 0 && figures?.firstFrameMs !== null, 'frames were shown');
  await tab.call('close');
}

test('every playable file plays to its end', async (t) => {
  const appliance = await startAppliance(t);
  const tab = await playbackTab(t, appliance.url);
  for (const file of MEDIA_FILES.filter(({ plays }) => plays !== 'no')) {
    await t.test(file.name, async (one) => {
      const { contentId } = await putVideo(appliance, file.fileName, await readFile(await file.file()));
      await playsToItsEnd(one, tab, file, contentId);
    });
  }
  t.same(tab.errors, [], 'nothing on the console');
});

test('says what is wrong with a file that no browser plays, and takes nothing', async (t) => {
  const appliance = await startAppliance(t);
  const tab = await playbackTab(t, appliance.url);
  for (const file of MEDIA_FILES.filter(({ plays }) => plays === 'no')) {
    const { contentId } = await putVideo(appliance, file.fileName, await readFile(await file.file()));
    await t.rejects(tab.open({ contentId }), { message: /MediaError/ }, file.name);
    t.equal((await tab.call('state')).readyState, 0, 'the video is as it was');
    await tab.call('close');
  }
});
