/** A video watched on its page, by real parts: what is fetched and when, what is kept, and what others can have. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import tap, { test, type Test } from 'tap';
import { startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import type { Profile } from '../fixtures/browser.ts';
import { shownBytes, untilSentence } from '../fixtures/browser-switch.ts';
import { eventually } from '../fixtures/http.ts';
import { putVideo, type PutVideo } from '../fixtures/library.ts';
import { clearWatched, pressPlay, untilPlaying, playerState } from '../fixtures/browser-watch.ts';
import { openProfile } from '../fixtures/shared-browser.ts';

// Starting browsers takes most of it, and a busy machine takes three times as long.
tap.setTimeout(300_000);

const MEDIA = new URL('../fixtures/media/testsrc-10s.mp4', import.meta.url);

interface Watched extends Profile, PutVideo {
  readonly appliance: RunningAppliance;
  readonly address: string;
  /** Addresses of bytes of the video that the page asked for. */
  readonly asked: readonly string[];
}

async function watched(t: Test): Promise<Watched> {
  const appliance = await startAppliance(t);
  const video = await putVideo(appliance, 'Test picture.mp4', await readFile(MEDIA));
  const profile = await openProfile(t);
  const asked: string[] = [];
  profile.page.on('request', (request) => { if (request.url().includes('/content')) asked.push(request.url()); });
  return { appliance, ...video, ...profile, asked, address: `${appliance.url}/videos/${video.contentId}` };
}

async function viewersOf({ appliance }: Watched): Promise<number> {
  const status = await (await fetch(`${appliance.url}/api/status`)).json() as { readonly swarms: readonly { readonly viewers: number }[] };
  return status.swarms.reduce((sum, { viewers }) => sum + viewers, 0);
}

test('nothing is fetched before a press, and a replay is fetched from nobody', async (t) => {
  const watch = await watched(t);
  const { page, address, asked, bytes, errors } = watch;
  await page.goto(address);
  await page.getByRole('button', { name: 'Play Test picture' }).waitFor();
  await page.getByText('Not on this device yet').waitFor();
  t.same(asked, [], 'looking at a video takes no place on the CDN');
  t.equal(await viewersOf(watch), 0, 'and no place in the swarm');

  await pressPlay(page);
  await untilPlaying(page, 0.3);
  await page.locator('.strip-head').waitFor();
  await untilSentence(page, 'every piece is verified');
  t.equal((await shownBytes(page)).cdn, bytes.length, 'each byte came once');
  await page.getByText('of this video, from watching').waitFor();
  await page.getByRole('button', { name: 'Save file' }).first().waitFor();

  await page.getByRole('link', { name: 'Library', exact: true }).click();
  await page.locator('.card-facts', { hasText: 'kept here' }).waitFor();
  t.equal(await page.locator('software-switch-player').count(), 0);
  t.equal(await viewersOf(watch), 1, 'others can still have it from this tab');

  const before = asked.length;
  await page.goto(address);
  await page.getByText('This browser keeps all of it').waitFor();
  await eventually('a page that was only opened holds nothing', async () => await viewersOf(watch) === 0);
  await pressPlay(page);
  await untilPlaying(page, 0.3);
  t.equal(asked.length, before, 'the second visit plays from what is kept');
  t.equal((await shownBytes(page)).stored, bytes.length);
  t.same(errors, []);
});

test('a video that is played can be downloaded at the same time, and no byte comes twice', async (t) => {
  const { page, address, bytes, errors } = await watched(t);
  await page.goto(address);
  await pressPlay(page);
  await untilPlaying(page, 0.1);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: /^(Download|Save file)$/ }).first().click();
  t.ok((await readFile(await (await saved).path())).equals(bytes), 'the saved file has the right bytes');
  t.equal((await shownBytes(page)).cdn, bytes.length);
  await page.getByRole('button', { name: 'Save again' }).first().waitFor();
  t.equal(await page.getByText('of this video, from watching').count(), 0, 'it is a download now');
  t.notOk((await playerState(page)).isPaused, 'and goes on playing');
  t.same(errors, []);
});

test('a link to a moment begins there, and says so when it is copied', async (t) => {
  const { page, address, context, errors } = await watched(t);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${address}?t=0m5s`);
  await page.locator('software-switch-player').waitFor();
  await untilPlaying(page, 5);
  t.ok((await playerState(page)).seconds < 9.5);
  await page.getByRole('button', { name: 'Copy link at this moment' }).click();
  await page.getByRole('button', { name: 'Link copied' }).waitFor();
  t.match(await page.evaluate(() => navigator.clipboard.readText()), /\/videos\/[0-9a-f]{64}\?t=[5-9]$/);
  t.same(errors, []);
});

test('the keyboard plays from anywhere on the page, and shows the figures', async (t) => {
  const { page, address, errors } = await watched(t);
  await page.goto(address);
  await page.getByRole('button', { name: 'Play Test picture' }).waitFor();
  await page.keyboard.press('k');
  await untilPlaying(page, 0.1);
  await page.locator('body').press('k');
  await eventually('a second press pauses', async () => (await playerState(page)).isPaused);
  await page.keyboard.press('i');
  const figures = page.getByRole('region', { name: 'Figures' });
  await figures.waitFor();
  t.match(await figures.locator('.playback').innerText(), /Picture\s+H\.264 \(avc1[^)]*\), 640\s×\s360/);
  t.match(await figures.locator('.playback').innerText(), /First frame\s+after [\d,]+ ms/);
  t.match(await figures.locator('.traffic-words').innerText(), /CDN [\d.]+ Mb\/s/);
  await page.getByRole('button', { name: 'Close the figures' }).click();
  await figures.waitFor({ state: 'detached' });
  await page.locator('body').press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  const own = page.getByText('I: the figures of this page');
  t.ok(await own.isVisible(), 'the page’s own key is on the sheet');
  await page.keyboard.press('Escape');
  await own.waitFor({ state: 'hidden' });
  await page.getByRole('searchbox').press('i');
  t.equal(await page.getByRole('searchbox').inputValue(), 'i', 'while typing, letters are letters');
  t.equal(await figures.count(), 0);
  t.same(errors, []);
});

test('plays at once where the reader chose so', async (t) => {
  const { page, address } = await watched(t);
  await page.goto(address);
  await page.getByLabel('Play as soon as a video’s page opens').check();
  t.equal(await page.locator('software-switch-player').count(), 0, 'the choice is for the next page');
  await page.reload();
  await page.locator('software-switch-player').waitFor();
});

test('what was only watched is listed, bounded by a choice, and cleared by a press', async (t) => {
  const watch = await watched(t);
  const { page, address, appliance } = watch;
  const other = await putVideo(appliance, 'Another.mp4', Buffer.concat([await readFile(MEDIA), Buffer.from('0000')]));
  await page.goto(`${appliance.url}/videos/${other.contentId}`);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).first().click();
  await saved;
  await page.goto(address);
  await pressPlay(page);
  await untilSentence(page, 'every piece is verified');
  const kept = page.locator('.kept-list li');
  t.match(await kept.allInnerTexts(), [/Another\.mp4\s+downloaded · 1\.8 of 1\.8 MB/]);

  await page.getByLabel('Keep from watching at most').selectOption('500 MB');
  await page.goto(`${appliance.url}/videos/${other.contentId}`);
  t.equal(await page.getByLabel('Keep from watching at most').inputValue(), '500000000', 'the choice is remembered');
  await page.locator('.kept-list li', { hasText: 'Test picture.mp4' }).getByText('watched').waitFor();
  await clearWatched(page);
  await page.locator('.kept-list').waitFor({ state: 'detached' });
  t.match(await page.getByRole('heading', { name: 'Kept in this browser' }).locator('xpath=following-sibling::p[1]').innerText(), /^1\.8 of 1\.8 MB of this video\.$/, 'a download stays');
  await page.goto(address);
  await page.getByText('Not on this device yet').waitFor();
});

test('the list is light, and has no part of the player', async (t) => {
  const { page, appliance } = await watched(t);
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(appliance.url);
  await page.locator('.card a').waitFor();
  const { names, size } = await weight(page);
  t.ok(size < 60_000, `${size} bytes come over the network`);
  t.notMatch([...loaded, ...names].join(' '), /player|engine|indexeddb|figures-panel|video-page/);
});

/** Of everything that the page loaded but the answers of the API. */
async function weight(page: Page): Promise<{ readonly names: string[]; readonly size: number }> {
  return page.evaluate(() => {
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')] as PerformanceResourceTiming[];
    const own = entries.filter(({ name }) => !name.includes('/api/'));
    return { names: own.map(({ name }) => name), size: own.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) };
  });
}
