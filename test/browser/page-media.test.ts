/** What the page adds to a video beside its bytes, and what it says of what is inside: posters, subtitles, facts, formats. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import tap, { test, type Test } from 'tap';
import type { Video } from '../../ui/api/video.ts';
import { startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import type { Profile } from '../fixtures/browser.ts';
import { untilPlaying } from '../fixtures/browser-watch.ts';
import { eventually } from '../fixtures/http.ts';
import { putVideo } from '../fixtures/library.ts';
import { mediaFile } from '../fixtures/media-files.ts';
import { openProfile } from '../fixtures/shared-browser.ts';

// Starting browsers takes most of it, and a busy machine takes three times as long.
tap.setTimeout(300_000);

const MEDIA = new URL('../fixtures/media/testsrc-10s.mp4', import.meta.url);
/** One pixel wide, two high. */
const TALL_PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAACCAIAAAAW4yFwAAAADUlEQVR4nGP4zwAC/wEIAAH/2ZC7NQAAAABJRU5ErkJggg==';
const SRT = '1\n00:00:00,000 --> 00:00:09,000\nGrüße aus dem Keller\n';

async function signedIn(t: Test): Promise<Profile & { readonly appliance: RunningAppliance }> {
  const appliance = await startAppliance(t);
  const profile = await openProfile(t);
  // The API's own way in: the dialog has its test in page-library.
  await profile.context.request.post(`${appliance.url}/api/session`, { data: { token: appliance.adminToken }, headers: { origin: appliance.url } });
  return { ...profile, appliance };
}

async function entry({ url }: RunningAppliance, contentId: string): Promise<Video> {
  return await (await fetch(`${url}/api/videos/${contentId}`)).json() as Video;
}

/** The id of its poster, once it has one. */
function poster(appliance: RunningAppliance, contentId: string): Promise<string> {
  return eventually('the video has a poster', async () => (await entry(appliance, contentId)).posterId ?? false);
}

/** Whether the picture that the list shows has been decoded. */
function isShown(page: Page): Promise<boolean> {
  return page.locator('.still img').first().evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0);
}

/** Plays from beyond the opening until the page has looked at the picture: once in four seconds, of which its clock has eight. */
async function watchOn(page: Page, address: string): Promise<void> {
  await page.clock.install();
  await page.goto(`${address}?t=6`);
  await untilPlaying(page, 6.2);
  for (let second = 0; second < 8; second += 1) await page.clock.runFor(1_000);
}

test('an uploaded video has a poster, drawn by the page, and its facts in the list', async (t) => {
  const { page, errors, appliance } = await signedIn(t);
  await page.goto(appliance.url);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('banner').getByRole('button', { name: 'Upload' }).click();
  await (await choosing).setFiles([{ name: 'Test picture.mp4', mimeType: 'video/mp4', buffer: await readFile(MEDIA) }]);
  await page.locator('.upload', { hasText: 'Test picture.mp4' }).getByText('in the library').waitFor();
  const list = await (await fetch(`${appliance.url}/api/videos`)).json() as { readonly items: readonly Video[] };
  const contentId = list.items[0]?.contentId ?? '';

  const posterId = await poster(appliance, contentId);
  const picture = await fetch(`${appliance.url}/api/videos/${contentId}/poster?v=${posterId}`);
  t.equal(picture.headers.get('content-type'), 'image/webp');
  const { byteLength } = await picture.arrayBuffer();
  t.ok(byteLength > 500 && byteLength <= 100_000, `${byteLength} bytes`);
  await eventually('the list shows it without being asked', () => isShown(page));
  t.match(await page.locator('.still img').first().evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight, image.loading, image.decoding]), [640, 360, 'lazy', 'async']);
  t.match(await page.locator('.card-facts').innerText(), /^0:10 · 1\.8 MB · just now/);

  await page.getByRole('button', { name: 'Table' }).click();
  t.match(await page.locator('tbody tr').innerText(), /Test picture\s+0:10\s+MP4\s+H\.264 · AAC\s+1\.8 MB/);
  t.same(errors, []);
});

test('nothing jumps while posters load, and hovering asks for nothing', async (t) => {
  const { page, appliance } = await signedIn(t);
  const { contentId } = await putVideo(appliance, 'Test picture.mp4', await readFile(MEDIA));
  const box = async (): Promise<{ readonly width: number; readonly height: number } | null> => page.locator('.still').first().boundingBox();
  await page.goto(appliance.url);
  await page.locator('.card a').waitFor();
  const without = await box();
  t.ok(Math.abs((without?.width ?? 0) / (without?.height ?? 1) - 16 / 9) < 0.03, '16:9 without a poster');

  const put = await fetch(`${appliance.url}/api/videos/${contentId}/poster`, {
    method: 'PUT', headers: { authorization: `Bearer ${appliance.adminToken}`, 'content-type': 'image/png' }, body: Buffer.from(TALL_PNG, 'base64'),
  });
  t.equal(put.status, 200);
  const held = Promise.withResolvers<void>();
  await page.route('**/poster?v=*', async (route) => { await held.promise; await route.continue(); });
  await page.reload();
  await page.locator('.still img').waitFor();
  t.same(await box(), without, 'while it loads');
  held.resolve();
  await eventually('the poster is shown', () => isShown(page));
  t.same(await box(), without, 'when it is there, of whatever shape');

  const asked: string[] = [];
  page.on('request', (request) => { if (!request.url().endsWith('/api/status')) asked.push(request.url()); });
  for (const y of [150, 200, 260, 0]) await page.mouse.move(120, y);
  t.same(asked, []);
});

test('a video without a poster gets one from its first signed-in viewer, and nobody else asks for it', async (t) => {
  const { page, errors, appliance } = await signedIn(t);
  const { contentId } = await putVideo(appliance, 'Test picture.mp4', await readFile(MEDIA));
  const guest = await openProfile(t);
  const sent: string[] = [];
  guest.page.on('request', (request) => { if (request.method() !== 'GET') sent.push(request.url()); });
  await watchOn(guest.page, `${appliance.url}/videos/${contentId}`);
  t.same(sent, [], 'who is signed out changes nothing');
  t.equal((await entry(appliance, contentId)).posterId, null);

  await watchOn(page, `${appliance.url}/videos/${contentId}`);
  await poster(appliance, contentId);
  t.same(errors, []);
});

test('what this browser cannot play is said before trying, with the download beside it', async (t) => {
  const { page, appliance, errors } = await signedIn(t);
  const { contentId } = await putVideo(appliance, 'Drone.mp4', await readFile(await mediaFile('mp4-hevc-aac').file()));
  const asked: string[] = [];
  page.on('request', (request) => { if (request.url().includes('/content')) asked.push(request.url()); });
  await page.goto(appliance.url);
  await page.locator('.still-type', { hasText: 'Sound only' }).waitFor();
  await page.goto(`${appliance.url}/videos/${contentId}`);
  await page.locator('.unplayable', { hasText: 'HEVC is not supported by this browser' }).waitFor();
  await page.getByRole('button', { name: 'Play Drone' }).waitFor();
  t.same(asked, [], 'nothing was tried');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).first().click();
  await saved;

  const old = await putVideo(appliance, 'Old.avi', await readFile(await mediaFile('avi').file()));
  await page.goto(`${appliance.url}/videos/${old.contentId}`);
  const note = page.locator('.unplayable', { hasText: 'This is no format that can be played here.' });
  await note.getByRole('button', { name: 'Download' }).waitFor();
  t.equal(await page.getByRole('button', { name: 'Play Old' }).count(), 0, 'there is nothing to try');
  await page.keyboard.press('k');
  t.equal(await page.locator('software-switch-player').count(), 0);
  t.same(errors, []);
});

test('subtitles are added, named, and deleted, and a file dropped on the picture is taken for them', async (t) => {
  const { page, errors, appliance } = await signedIn(t);
  const { contentId } = await putVideo(appliance, 'Test picture.mp4', await readFile(MEDIA));
  const path = join(t.testdir(), 'Test picture.de.srt');
  await writeFile(path, SRT);
  await page.goto(`${appliance.url}/videos/${contentId}`);
  await page.getByRole('button', { name: 'Add subtitles' }).click();
  const adding = page.getByRole('dialog', { name: 'Add subtitles' });
  await adding.getByLabel('File').setInputFiles(path);
  t.equal(await adding.getByLabel('Language').inputValue(), 'de', 'the name says the language');
  await adding.getByRole('button', { name: 'Add', exact: true }).click();
  const row = page.locator('.subtitles-list li');
  await row.getByText('German').waitFor();
  const [first] = (await entry(appliance, contentId)).subtitles;
  t.match(first, { language: 'de', label: 'German', origin: 'uploaded' });
  t.match(await (await fetch(`${appliance.url}/api/videos/${contentId}/subtitles/${first?.id}`)).text(), /^WEBVTT[^]*Grüße aus dem Keller/);

  await row.getByRole('button', { name: 'Rename German' }).click();
  const renaming = page.getByRole('dialog', { name: 'Rename the subtitles' });
  await renaming.getByLabel('Name in the menu').fill('Deutsch, für alle');
  await renaming.getByRole('button', { name: 'Rename' }).click();
  await row.getByText('Deutsch, für alle').waitFor();

  const carried = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'English.en.srt'));
    return transfer;
  }, SRT);
  await page.dispatchEvent('.stage', 'dragenter', { dataTransfer: carried });
  await page.dispatchEvent('.stage', 'drop', { dataTransfer: carried });
  await adding.getByText('English.en.srt').waitFor();
  await adding.getByRole('button', { name: 'Add', exact: true }).click();
  await row.nth(1).waitFor();
  t.equal(await page.locator('.upload').count(), 0, 'and not uploaded as a video');
  t.equal(await page.locator('.drop-veil').count(), 0);

  await page.getByRole('button', { name: 'Delete English' }).click();
  await row.nth(1).waitFor({ state: 'detached' });
  t.equal((await entry(appliance, contentId)).subtitles.length, 1);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Add subtitles' }).waitFor({ state: 'detached' });
  t.equal(await row.count(), 1, 'they are there for everybody');
  t.same(errors, []);
});
