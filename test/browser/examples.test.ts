/** The examples for other developers, each as written, from the built library, on a real file from a real appliance. hls.html has a test of its own. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { test, type Test } from 'tap';
import { putVideo, startAppliance } from '../fixtures/appliance.ts';
import { savedSha256, sha256 } from '../fixtures/browser-switch.ts';
import { launchProfile } from '../fixtures/browser.ts';
import { serveExamples } from '../fixtures/example-pages.ts';
import { mediaFile } from '../fixtures/media-files.ts';

/** Far beyond what it takes on a busy machine. */
const LIMIT_MS = 30_000;

test('the examples', async (all) => {
  const bytes = await readFile(await mediaFile('mp4-index-last').file());
  const appliance = await startAppliance(all);
  const { contentId } = await putVideo(appliance, 'Holiday.mp4', bytes);
  const { context, errors } = await launchProfile(all, { args: ['--autoplay-policy=no-user-gesture-required'] });

  /** From a server of its own, and so with nothing kept from the others. */
  const open = async (t: Test, name: string): Promise<Page> => {
    const folder = await serveExamples(t, `${appliance.url}/videos/${contentId}`);
    const page = await context.newPage();
    t.teardown(() => page.close());
    await page.goto(folder + name);
    return page;
  };

  all.test('player.html plays in the element as in a <video>', async (t) => {
    const page = await open(t, 'player.html');
    const played = await page.locator('software-switch-player').evaluate(async (element) => {
      const player = element as unknown as HTMLVideoElement;
      const ended = new Promise((resolve) => { player.addEventListener('ended', resolve, { once: true }); });
      if (player.readyState < 3) await new Promise((resolve) => { player.addEventListener('canplay', resolve, { once: true }); });
      player.playbackRate = 4;
      await player.play();
      await ended;
      return { duration: player.duration, time: player.currentTime, width: player.videoWidth, error: player.error };
    });
    t.match(played, { duration: 10, time: 10, width: 320, error: null });
  });

  all.test('stream.html saves what came as a stream', async (t) => {
    const page = await open(t, 'stream.html');
    const saved = page.waitForEvent('download', { timeout: LIMIT_MS });
    await page.getByRole('link', { name: 'Save Holiday.mp4' }).click({ timeout: LIMIT_MS });
    t.equal(await savedSha256(await saved), sha256(bytes));
    t.equal(await page.locator('progress').evaluate((bar) => (bar as HTMLProgressElement).value), bytes.length);
  });

  all.test('engine.html downloads, and shows where the bytes came from', async (t) => {
    const page = await open(t, 'engine.html');
    const saved = page.waitForEvent('download', { timeout: LIMIT_MS });
    await page.getByRole('link', { name: 'Save Holiday.mp4' }).click({ timeout: LIMIT_MS });
    t.equal(await savedSha256(await saved), sha256(bytes));
    const shown = await page.locator('pre').innerText();
    t.match(shown, /state +done/);
    t.match(shown, `from the CDN   ${bytes.length} bytes`);
    t.match(shown, 'starting -> cdn, cdn-admitted');
  });

  all.test('none of them had an error in the browser', async (t) => {
    t.same(errors, []);
  });
});
