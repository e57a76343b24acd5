/** A video's page where the browser's storage is refused, full or damaged: what goes on, and what is said. */
import { readFile } from 'node:fs/promises';
import tap, { test, type Test } from 'tap';
import type { Page } from 'playwright-core';
import type { Config } from '../../config/schema.ts';
import { startAppliance } from '../fixtures/appliance.ts';
import { launchProfile, type Profile } from '../fixtures/browser.ts';
import { failsInTime } from '../fixtures/browser-clock.ts';
import { unexpected, untilBytes, untilSentence } from '../fixtures/browser-switch.ts';
import { playerState, pressPlay, untilPlaying } from '../fixtures/browser-watch.ts';
import { putVideo, type PutVideo } from '../fixtures/library.ts';

tap.setTimeout(300_000);

const MEDIA = new URL('../fixtures/media/testsrc-10s.mp4', import.meta.url);

interface Opened extends Profile, PutVideo {
  readonly address: string;
}

async function opened(t: Test, overrides: Partial<Config> = {}, tail: Buffer = Buffer.alloc(0)): Promise<Opened> {
  const appliance = await startAppliance(t, overrides);
  const video = await putVideo(appliance, 'Test picture.mp4', Buffer.concat([await readFile(MEDIA), tail]));
  const profile = await launchProfile(t);
  return { ...video, ...profile, address: `${appliance.url}/videos/${video.contentId}` };
}

/** A box (ISO/IEC 14496-12, 8.1.2) that a player leaves alone. */
function freeBox(bytes: number): Buffer {
  const box = Buffer.alloc(bytes);
  box.writeUInt32BE(bytes);
  box.write('free', 4, 'latin1');
  return box;
}

/** From when `isFull` is set on, no piece finds room. */
async function withFullStorage(page: Page): Promise<(isFull: boolean) => Promise<void>> {
  await page.addInitScript(() => {
    const put = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'put')?.value as IDBObjectStore['put'];
    IDBObjectStore.prototype.put = function limited(this: IDBObjectStore, ...given: Parameters<IDBObjectStore['put']>): IDBRequest<IDBValidKey> {
      if (this.name === 'pieces' && Reflect.get(globalThis, 'isFull') === true) throw new DOMException('No room.', 'QuotaExceededError');
      return put.apply(this, given);
    };
  });
  return (isFull) => page.evaluate((full) => { Object.assign(globalThis, { isFull: full }); }, isFull);
}

test('where the browser lets the page keep nothing it plays from memory, says so, and says why no file can be had', async (t) => {
  const { page, address } = await opened(t);
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, 'indexedDB', { value: { open: () => { throw new DOMException('Refused.', 'SecurityError'); } } });
  });
  await page.goto(address);
  await pressPlay(page);
  await untilPlaying(page, 0.3);
  await page.locator('.flow').getByText('This browser lets the page keep nothing. What plays stays in this tab’s memory').waitFor();
  await page.getByText('Nothing. This browser lets the page keep nothing.').waitFor();
  await page.getByRole('button', { name: /^(Download|Save file)$/ }).first().click();
  await page.locator('.flow .problem', { hasText: 'so the file cannot be kept: use another window or profile, or the plain download link.' }).waitFor();
  t.notOk((await playerState(page)).isPaused, 'and goes on playing');
  t.equal(await page.evaluate(() => localStorage.getItem('switch.kept')), null, 'nothing is noted as kept');
});

test('with no room on the disk, Download says so, and the playback goes on', async (t) => {
  const { page, address, errors } = await opened(t);
  const fill = await withFullStorage(page);
  await page.goto(address);
  await fill(true);
  await pressPlay(page);
  await untilPlaying(page, 0.1);
  await untilSentence(page, 'every piece is verified');
  await page.getByRole('button', { name: /^(Download|Save file)$/ }).first().click();
  await page.locator('.flow .problem', { hasText: 'the browser\'s storage is full; remove videos kept here, or free disk space' }).waitFor();
  const { seconds } = await playerState(page);
  await untilPlaying(page, seconds + 0.3);
  await fill(false);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: /^(Download|Save file)$/ }).first().click();
  await saved;
  t.equal(await page.locator('.flow .problem').count(), 0, 'nothing is wrong any more');
  t.same(errors, []);
});

test('a download that fails under a player is said in its place, and another try plays and downloads as before', async (t) => {
  const { page, address, bytes, errors } = await opened(t, { cdnMaxMbps: 12 }, freeBox(6_000_000));
  const fill = await withFullStorage(page);
  await page.goto(address);
  await pressPlay(page);
  await untilPlaying(page, 0.1);
  await page.getByRole('button', { name: 'Download', exact: true }).first().click();
  await page.getByRole('button', { name: 'Pause download' }).first().waitFor();
  await fill(true);
  const words = page.locator('.stage').getByRole('alert');
  await words.waitFor();
  t.match(await words.innerText(), /storage is full/);
  t.equal(await page.locator('software-switch-player').count(), 0, 'not the player’s own words, which would try the same again');
  await fill(false);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await untilPlaying(page, 0.1);
  t.ok((await readFile(await (await saved).path())).equals(bytes), 'the saved file has the right bytes');
  t.same(unexpected(errors), []);
});

test('watching that failed is tried again as watching, and keeps nothing for good', async (t) => {
  const { page, address, contentId } = await opened(t);
  let isAway = true;
  await page.route((url) => url.pathname.endsWith(`/${contentId}/manifest`), (route) => (isAway ? route.abort() : route.continue()));
  await page.clock.install();
  await page.goto(address);
  await pressPlay(page);
  await failsInTime(page, page.locator('.stage').getByRole('alert'));
  isAway = false;
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await untilPlaying(page, 0.1);
  await untilBytes(page, 'cdn', 1);
  await page.getByText('of this video, from watching').waitFor();
  await page.getByRole('button', { name: /^(Download|Save file)$/ }).first().waitFor();
});

test('damaged pieces are found when the file is saved, fetched again, and the file is right', async (t) => {
  const { page, address, bytes, errors } = await opened(t);
  await page.goto(address);
  await pressPlay(page);
  await untilSentence(page, 'every piece is verified');
  await page.getByText('of this video, from watching').waitFor();
  await page.evaluate(async () => {
    const opening = indexedDB.open('software-switch');
    await new Promise((resolve) => { opening.addEventListener('success', resolve, { once: true }); });
    const transaction = opening.result.transaction('pieces', 'readwrite');
    const walk = transaction.objectStore('pieces').openCursor();
    walk.addEventListener('success', () => {
      walk.result?.update(new Blob([new Uint8Array((walk.result.value as Blob).size)]));
      walk.result?.continue();
    });
    await new Promise((resolve) => { transaction.addEventListener('complete', resolve, { once: true }); });
    opening.result.close();
  });
  await page.reload();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save file' }).first().click();
  t.ok((await readFile(await (await saved).path())).equals(bytes), 'the saved file has the right bytes');
  await page.getByRole('button', { name: 'Save again' }).first().waitFor();
  t.equal(await page.locator('.flow .problem').count(), 0);
  t.same(errors, []);
});
