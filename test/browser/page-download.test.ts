import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright-core';
import tap, { test } from 'tap';
import { startAppliance } from '../fixtures/appliance.ts';
import { launchProfile } from '../fixtures/browser.ts';
import { putVideo } from '../fixtures/library.ts';

// Starting browsers takes most of it, and a busy machine takes three times as long.
tap.setTimeout(300_000);

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function saved(download: Download): Promise<string> {
  return sha256(await readFile(await download.path()));
}

/** Bytes the legend gives a source. */
async function legend(page: Page, source: string): Promise<number> {
  const item = page.locator(`[data-source=${source}]`);
  return await item.count() === 0 ? 0 : Number(await item.getAttribute('data-bytes'));
}

/** A name that is no secure context, as `http://192.168.x.x` is none: no crypto.subtle, no clipboard, no storage manager. */
const PLAIN = 'appliance.test';

for (const context of ['http://localhost', `http://${PLAIN}`]) {
  test(`downloads through the switch and saves the right bytes on ${context}`, async (t) => {
    const appliance = await startAppliance(t);
    const { contentId, bytes } = await putVideo(appliance, 'Film 東京.mp4', randomBytes(5_300_001));
    const { page, errors } = await launchProfile(t, { args: [`--host-resolver-rules=MAP ${PLAIN} 127.0.0.1`] });
    await page.goto(`${context}:${new URL(appliance.url).port}/videos/${contentId}`);
    t.equal(await page.evaluate(() => isSecureContext), context.endsWith('localhost'));
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).first().click();
    t.equal(await saved(await download), sha256(bytes), 'the saved file has the right bytes');
    t.equal((await download).suggestedFilename(), 'Film 東京.mp4');
    await page.getByText('every piece is verified').waitFor();
    t.equal(await legend(page, 'cdn'), bytes.length, 'all of it is counted as the CDN’s');
    await page.getByRole('button', { name: 'Save again' }).first().waitFor();
    await page.locator('[data-reason=complete]').waitFor();

    await page.getByRole('button', { name: 'Remove the kept pieces' }).click();
    await page.getByText('Nothing of this video.').waitFor();
    await page.getByRole('button', { name: 'Download' }).first().waitFor();
    t.same(errors, []);
  });
}

test('goes on by itself after a reload, from what the browser kept', async (t) => {
  // 20 Mb/s for 12 MB: about five seconds, met in the middle.
  const appliance = await startAppliance(t, { cdnMaxMbps: 20 });
  const { contentId, bytes } = await putVideo(appliance, 'Long.mp4', randomBytes(12_000_000));
  const { page, errors } = await launchProfile(t);
  await page.goto(`${appliance.url}/videos/${contentId}`);
  await page.getByRole('button', { name: 'Download' }).first().click();
  await page.waitForFunction(() => Number(document.querySelector('[data-source=cdn]')?.getAttribute('data-bytes')) > 3_000_000);
  const download = page.waitForEvent('download');
  await page.reload();
  await page.locator('[data-source=stored]').waitFor();
  t.equal(await saved(await download), sha256(bytes));
  await page.getByText('every piece is verified').waitFor();
  const kept = await legend(page, 'stored');
  t.ok(kept > 1_000_000, `${kept} bytes were kept`);
  t.equal(kept + await legend(page, 'cdn'), bytes.length, 'nothing kept is fetched again');

  await page.reload();
  await page.getByText('every piece is verified').waitFor();
  t.equal(await legend(page, 'cdn'), 0, 'a finished one is kept whole, and shared');
  await page.goto(appliance.url);
  await page.locator('.card-facts', { hasText: 'kept here' }).waitFor();
  t.same(errors, []);
});

test('pauses, stays paused over a reload, and resumes', async (t) => {
  const appliance = await startAppliance(t, { cdnMaxMbps: 20 });
  const { contentId, bytes } = await putVideo(appliance, 'Long.mp4', randomBytes(12_000_000));
  const { page, errors } = await launchProfile(t);
  await page.goto(`${appliance.url}/videos/${contentId}`);
  await page.getByRole('button', { name: 'Download' }).first().click();
  await page.waitForFunction(() => Number(document.querySelector('[data-source=cdn]')?.getAttribute('data-bytes')) > 2_000_000);
  await page.getByRole('button', { name: 'Pause' }).first().click();
  await page.getByText('Paused.').first().waitFor();
  await page.reload();
  await page.getByText('from before').first().waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Go on downloading' }).first().click();
  t.equal(await saved(await download), sha256(bytes));
  t.same(errors, []);
});

test('says when there is no such video', async (t) => {
  const appliance = await startAppliance(t);
  const { page } = await launchProfile(t);
  await page.goto(`${appliance.url}/videos/${'0'.repeat(64)}`);
  await page.getByRole('heading', { name: 'This video is not in the library' }).waitFor();
  await page.goto(`${appliance.url}/nowhere`);
  await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
});
