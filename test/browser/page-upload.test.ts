import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import tap, { test, type Test } from 'tap';
import type { Config } from '../../config/schema.ts';
import { startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import type { Profile } from '../fixtures/browser.ts';
import { putVideo } from '../fixtures/library.ts';
import { watchedFolder } from '../fixtures/watched-folder.ts';
import { openProfile } from '../fixtures/shared-browser.ts';

// Starting browsers takes most of it, and a busy machine takes three times as long.
tap.setTimeout(300_000);

interface SignedIn extends Profile {
  readonly appliance: RunningAppliance;
}

async function signedIn(t: Test, overrides: Partial<Config> = {}, surroundings: Parameters<typeof startAppliance>[2] = {}): Promise<SignedIn> {
  const appliance = await startAppliance(t, overrides, surroundings);
  const profile = await openProfile(t);
  // The API's own way in: the dialog has its test in page-library.
  await profile.context.request.post(`${appliance.url}/api/session`, { data: { token: appliance.adminToken }, headers: { origin: appliance.url } });
  await profile.page.goto(appliance.url);
  await profile.page.getByRole('button', { name: 'Sign out' }).waitFor();
  return { ...profile, appliance };
}

async function pick(page: Page, files: string | readonly string[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('banner').getByRole('button', { name: 'Upload' }).click();
  await (await choosing).setFiles(files);
}

async function file(folder: string, name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** The row of one file in the panel. */
const row = (page: Page, name: string) => page.locator('.upload', { hasText: name });

test('uploads several files, links to the videos, and says when the bytes were there already', async (t) => {
  const { page, errors, appliance } = await signedIn(t);
  const folder = t.testdir();
  const bytes = randomBytes(3_000_000);
  const paths = [await file(folder, 'One.mp4', bytes), await file(folder, 'Two 東京.mkv', randomBytes(2_000_000))];
  await pick(page, paths);
  await row(page, 'One.mp4').getByText('in the library').waitFor();
  await row(page, 'Two 東京.mkv').getByText('in the library').waitFor();
  await page.locator('.card').nth(1).waitFor();
  await page.getByRole('heading', { name: 'Two files uploaded' }).waitFor();

  await pick(page, await file(folder, 'One again.mp4', bytes));
  await row(page, 'One again.mp4').getByText('was in the library already; nothing was stored again').waitFor();
  t.equal(await page.locator('.card').count(), 2);

  await row(page, 'One.mp4').getByRole('link').click();
  await page.waitForURL(/\/videos\/[0-9a-f]{64}$/);
  await page.getByRole('heading', { level: 1, name: 'One' }).waitFor();
  const stored = await fetch(`${page.url()}/content`);
  t.ok(Buffer.from(await stored.arrayBuffer()).equals(bytes), 'the appliance has the right bytes');
  t.equal(await page.locator('.upload').count(), 3, 'the panel survives navigation');
  t.match(page.url(), appliance.url);
  t.same(errors, []);
});

test('takes files dropped anywhere on the page', async (t) => {
  const { page, errors } = await signedIn(t);
  const carried = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['dropped bytes'], 'Dropped.mp4', { type: 'video/mp4' }));
    return transfer;
  });
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: carried });
  await page.getByText('Drop to upload to this appliance').waitFor();
  await page.dispatchEvent('body', 'drop', { dataTransfer: carried });
  await row(page, 'Dropped.mp4').getByText('in the library').waitFor();
  await page.getByText('Drop to upload').waitFor({ state: 'detached' });
  t.same(errors, []);
});

test('gives the reason of a failure: empty, too large, signed out', async (t) => {
  const { page, context, appliance } = await signedIn(t, { uploadMaxBytes: 1_000_000 });
  const folder = t.testdir();
  await pick(page, await file(folder, 'Empty.mp4', Buffer.alloc(0)));
  await row(page, 'Empty.mp4').getByText('has no bytes').waitFor();

  await pick(page, await file(folder, 'Huge.mp4', Buffer.alloc(1_500_000, 7)));
  await row(page, 'Huge.mp4').locator('.problem').waitFor();
  t.match(await row(page, 'Huge.mp4').locator('.problem').innerText(), /takes files of up to 1000000 bytes/, 'the appliance’s own words');
  t.equal(await row(page, 'Huge.mp4').getByRole('button', { name: /again/ }).count(), 0, 'it would be refused again');

  // The session ends behind the page's back.
  await context.clearCookies();
  await pick(page, await file(folder, 'Late.mp4', Buffer.alloc(20_000, 9)));
  const dialog = page.getByRole('dialog', { name: 'Sign in' });
  await dialog.getByLabel('Admin token').fill(appliance.adminToken);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row(page, 'Late.mp4').getByRole('button', { name: 'Try Late.mp4 again' }).click();
  await row(page, 'Late.mp4').getByText('in the library').waitFor();
  t.end();
});

test('pauses, resumes, and goes on after a reload where it was', async (t) => {
  const { page, context, appliance } = await signedIn(t);
  // 40 MB at 10 Mb/s: long enough to be met half way. Two chunks, so that a whole one is kept at the reload.
  const bytes = randomBytes(40_000_000);
  const path = await file(t.testdir(), 'Long.mp4', bytes);
  const network = await context.newCDPSession(page);
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 12_000_000 });
  await pick(page, path);
  await row(page, 'Long.mp4').getByText('Mb/s').waitFor();
  await page.waitForFunction(() => document.title.startsWith('↑'));
  await row(page, 'Long.mp4').getByRole('button', { name: 'Pause Long.mp4' }).click();
  await row(page, 'Long.mp4').getByText('What was sent is kept').waitFor();
  await row(page, 'Long.mp4').getByRole('button', { name: 'Resume Long.mp4' }).click();
  await row(page, 'Long.mp4').getByText('MB ·').waitFor();

  await page.reload();
  await page.getByText('Cut off earlier').waitFor();
  const starts: number[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH') starts.push(Number(request.headers()['upload-offset']));
  });
  await pick(page, path);
  await row(page, 'Long.mp4').getByText('in the library').waitFor();
  t.ok((starts[0] ?? 0) > 0, `went on from byte ${starts[0]}`);
  const list = await (await fetch(`${appliance.url}/api/videos`)).json() as { items: { contentId: string }[] };
  const stored = await fetch(`${appliance.url}/videos/${list.items[0]?.contentId}/content`);
  t.ok(Buffer.from(await stored.arrayBuffer()).equals(bytes), 'the right bytes');
  t.equal(await page.getByText('Cut off earlier').count(), 0);
});

test('renames, and deletes only after a confirmation, but no file of the watched folder', async (t) => {
  const library = await watchedFolder(t);
  await library.put('Shows/Pilot.mp4');
  const { page, errors, appliance } = await signedIn(t, { libraryDir: library.dir, dataDir: library.dataDir }, { folderTimings: { settleMs: 50 } });
  await page.getByRole('link', { name: 'Pilot' }).first().click();
  await page.getByText('Shows/Pilot.mp4').waitFor();
  await page.getByRole('button', { name: 'Rename' }).waitFor();
  t.equal(await page.getByRole('button', { name: 'Delete' }).count(), 0, 'it goes with its file');
  await rm(join(library.dir, 'Shows'), { recursive: true });
  const { contentId } = await putVideo(appliance, 'Draft.mp4');
  await page.goto(`${appliance.url}/videos/${contentId}`);
  await page.getByRole('button', { name: 'Rename' }).click();
  const rename = page.getByRole('dialog', { name: 'Rename' });
  await rename.getByLabel('Title').fill('Final cut');
  await rename.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('heading', { level: 1, name: 'Final cut' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Final cut' }).waitFor();

  await page.getByRole('button', { name: 'Delete' }).click();
  const remove = page.getByRole('dialog', { name: 'Delete this video?' });
  await remove.getByRole('button', { name: 'Keep it' }).click();
  await remove.waitFor({ state: 'detached' });
  t.equal((await fetch(`${appliance.url}/api/videos/${contentId}`)).status, 200, 'nothing happened yet');
  await page.getByRole('button', { name: 'Delete' }).click();
  await remove.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { name: 'Drop your first videos here' }).waitFor();
  t.equal((await fetch(`${appliance.url}/api/videos/${contentId}`)).status, 404);
  t.same(errors, []);
});

test('shows no changes to who is signed out', async (t) => {
  const appliance = await startAppliance(t);
  const { contentId } = await putVideo(appliance, 'Public.mp4');
  const { page, errors } = await openProfile(t);
  await page.goto(`${appliance.url}/videos/${contentId}`);
  await page.getByRole('button', { name: 'Download' }).first().waitFor();
  t.equal(await page.getByRole('button', { name: 'Delete' }).count(), 0);
  t.equal(await page.getByRole('button', { name: 'Rename' }).count(), 0);
  await page.getByRole('banner').getByRole('button', { name: 'Upload' }).click();
  await page.getByRole('dialog', { name: 'Sign in' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  t.same(errors, []);
});
