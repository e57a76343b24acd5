/** The states of a video's page, each drawn from made-up figures (test/fixtures/ui-states), so that none is left to chance. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import tap, { test, type Test } from 'tap';
import { build } from 'vite';
import { startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { putVideo } from '../fixtures/library.ts';
import { openProfile } from '../fixtures/shared-browser.ts';

// Starting browsers takes most of it, and a busy machine takes three times as long.
tap.setTimeout(300_000);

const CONFIG = fileURLToPath(new URL('../fixtures/ui-states/vite.config.ts', import.meta.url));
const MEDIA = new URL('../fixtures/media/testsrc-10s.mp4', import.meta.url);
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

const STATES: readonly (readonly [state: string, sentence: RegExp, shown: readonly string[]])[] = [
  ['cdn', /^The CDN has room and serves this video\.$/, ['Pause', 'The CDN had room and took over.']],
  ['swarm', /^The CDN is full\. Two viewers and the appliance’s seeder have pieces of this video; getting it from them\. First in the queue for the CDN\.$/,
    ['Connecting', 'The CDN was full. Went to the swarm and joined the queue.']],
  ['alone', /^The CDN is full\. Looking for others who have it\./, ['Nobody else has this video open right now.']],
  ['waiting', /^Nobody has the missing pieces right now\. First in the queue for the CDN\.$/, ['Nobody could serve the next piece. Waiting.']],
  ['back', /^Back on the CDN\.$/, ['Kept from before', '1: thrown away, and the peer dropped']],
  ['done', /^All of it is here, and every piece is verified\. Shared with other viewers/, ['100 %', 'Save', 'Everything arrived and was verified.']],
  ['failed', /no room for more pieces/, ['Try again', 'Remove the kept pieces']],
];

const folder = tap.testdir();
await build({ configFile: CONFIG, logLevel: 'error', build: { outDir: folder, emptyOutDir: false } });

async function oneVideo(t: Test): Promise<{ readonly appliance: RunningAppliance; readonly contentId: string }> {
  const appliance = await startAppliance(t);
  const { contentId } = await putVideo(appliance, 'Any.mp4', await readFile(MEDIA));
  return { appliance, contentId };
}

/** The built page of `folder` in place of the appliance's; the API stays the appliance's. */
async function servePage(page: Page): Promise<void> {
  await page.route((url) => !/^\/(api|signalling)\b/.test(url.pathname), async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = /^\/(assets|theme|icon)/.test(pathname) ? pathname : '/index.html';
    await route.fulfill({ body: await readFile(join(folder, file)), contentType: TYPES[extname(file)] ?? 'application/octet-stream' });
  });
}

test('every state of a download says what happens and what it means', async (t) => {
  const { appliance, contentId } = await oneVideo(t);
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    const { page, errors } = await openProfile(t, { viewport, hasTouch: viewport.width < 500 });
    await servePage(page);
    for (const [state, sentence, shown] of STATES) {
      await page.goto(`${appliance.url}/videos/${contentId}?state=${state}`);
      await page.getByRole('button', { name: 'Download' }).filter({ visible: true }).click();
      await page.locator('.history').waitFor();
      t.match(await page.locator('.sentence').innerText(), sentence, `${state}: the sentence`);
      const text = await page.locator('article').innerText();
      for (const part of shown) t.match(text, part, `${state}: ${part}`);
      t.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${state}: fits ${viewport.width}`);
      await page.evaluate(() => localStorage.clear());
    }
    t.same(errors, []);
  }
});

test('the figures tell the CDN from the swarm: chart, table, pieces, peers, switches, and the player’s own', async (t) => {
  const { appliance, contentId } = await oneVideo(t);
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    const { page, errors } = await openProfile(t, { viewport, hasTouch: viewport.width < 500 });
    await servePage(page);
    await page.goto(`${appliance.url}/videos/${contentId}?state=swarm`);
    await page.getByRole('button', { name: 'Play Any' }).click();
    await page.getByRole('button', { name: 'Figures', exact: true }).click();
    const figures = page.getByRole('region', { name: 'Figures' });
    await figures.locator('.traffic-chart canvas').waitFor();
    const words = await figures.innerText();
    for (const part of [
      /Picture\s+H\.264 \(avc1\.64001f\), 1920\s×\s1080/, /Buffer ahead\s+38\.4 s/, /Dropped frames\s+3 of 9,884/, /First frame\s+after 341 ms/, /Last seek\s+84 ms/,
      /Stalls\s+1, 0\.6 s in all/, /Viewers 291 MB/, /Viewer\s+30 %\s+18 Mb\/s\s+6\.2 Mb\/s\s+3 ms\s+host → prflx, UDP/,
      /The CDN was full\. Went to the swarm/, /Hash failures\s+None/,
    ]) t.match(words, part);
    await figures.getByText('The same as a table').click();
    const rows = await figures.locator('.as-table tbody tr').allInnerTexts();
    t.ok(rows.length >= 6 && rows.length <= 12, `${rows.length} rows`);
    t.match(rows[0], /^0:\d\d\s+\d+ Mb\/s\s+0\.0 Mb\/s\s+0\.0 Mb\/s$/, 'first all from the CDN');
    t.match(rows.at(-1), /^1:30\s+0\.0 Mb\/s\s+\d+ Mb\/s\s+\d+ Mb\/s$/, 'at last all from the swarm');
    t.same(await colours(page), { cdn: true, peer: true, seeder: true }, 'the chart has the sources’ colours');
    t.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `fits ${viewport.width}`);
    const marks = await page.evaluate(() => ['.strip-head', '.strip-buffer'].map((name) => document.querySelector<HTMLElement>(name)?.style));
    t.equal(Math.round(Number.parseFloat(marks[0]?.left ?? '')), Math.round((472 / 1423) * 100), 'the playhead is on the strip');
    t.ok(Number.parseFloat(marks[1]?.width ?? '') > 2, 'and the buffer after it');
    await page.getByRole('button', { name: 'Close the figures' }).click();
    await figures.waitFor({ state: 'detached' });
    t.same(errors, []);
  }
});

/** Which of the sources' colours the chart has, each on at least fifty of its pixels. */
async function colours(page: Page): Promise<Record<string, boolean>> {
  return page.locator('.traffic-chart canvas').evaluate((canvas: HTMLCanvasElement) => {
    const context = canvas.getContext('2d');
    const { data } = context?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    const style = getComputedStyle(canvas);
    const has = (source: string): boolean => {
      const [red = 0, green = 0, blue = 0] = (style.getPropertyValue(`--source-${source}`).match(/[\d.]+/g) ?? []).map(Number);
      let found = 0;
      for (let at = 0; at < data.length; at += 4) if (Math.abs((data[at] ?? 0) - red) + Math.abs((data[at + 1] ?? 0) - green) + Math.abs((data[at + 2] ?? 0) - blue) < 6) found += 1;
      return found > 50;
    };
    return { cdn: has('cdn'), peer: has('peer'), seeder: has('seeder') };
  });
}

test('what is played is fetched as far as it is read, and a hidden tab gives less', async (t) => {
  const { appliance, contentId } = await oneVideo(t);
  const { page } = await openProfile(t);
  await servePage(page);
  await page.goto(`${appliance.url}/videos/${contentId}?state=swarm&t=100`);
  await page.locator('software-switch-player').waitFor();
  const wants = (): Promise<string | undefined> => page.evaluate(() => document.documentElement.dataset['wants']);
  t.equal(await page.locator('software-switch-player').getAttribute('start'), '100');
  t.equal(await wants(), 'what-is-read');
  await page.getByRole('button', { name: 'Download', exact: true }).first().click();
  await page.getByRole('button', { name: 'Pause' }).first().waitFor();
  t.equal(await wants(), 'everything');
  await page.getByRole('button', { name: 'Pause' }).first().click();
  t.equal(await wants(), 'what-is-read', 'the playback goes on');

  const hide = (hidden: boolean): Promise<string | undefined> => page.evaluate((isHidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
    document.dispatchEvent(new Event('visibilitychange'));
    return document.documentElement.dataset['uploadMbps'];
  }, hidden);
  t.equal(await hide(true), '8');
  t.equal(await hide(false), '0', 'seen again, it is unbounded again');
  t.match(await page.locator('article').innerText(), /with at most 8\.0 Mb\/s while it is hidden/, 'and the page says so');
});

test('what was whole, lost some of it, and is whole again is saved as it was asked for', async (t) => {
  const { appliance, contentId } = await oneVideo(t);
  const { page } = await openProfile(t);
  await servePage(page);
  await page.goto(`${appliance.url}/videos/${contentId}?state=lost`);
  await page.getByRole('button', { name: 'Play Any' }).click();
  await page.locator('.strip-head').waitFor();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download', exact: true }).first().click();
  t.equal((await saved).suggestedFilename(), 'Big Buck Bunny.mp4');
  await page.getByRole('button', { name: 'Save again' }).first().waitFor();
});

for (const [why, connection, words] of [
  ['data saver', { saveData: true }, 'set to save data'], ['a mobile connection', { saveData: false, type: 'cellular' }, 'on a mobile connection'],
] as const) {
  test(`with ${why}, sharing is off until the reader says otherwise`, async (t) => {
    const { appliance, contentId } = await oneVideo(t);
    const { page } = await openProfile(t);
    await servePage(page);
    await page.addInitScript((seen) => {
      Object.defineProperty(navigator, 'connection', { value: Object.assign(new EventTarget(), seen) });
    }, connection);
    await page.goto(`${appliance.url}/videos/${contentId}?state=swarm`);
    const sharing = page.getByLabel('Give verified pieces to other viewers');
    t.notOk(await sharing.isChecked());
    await page.getByText(words).waitFor();
    await page.getByRole('button', { name: 'Play Any' }).click();
    await page.locator('.strip-head').waitFor();
    t.notOk(await sharing.isChecked(), 'it holds for what is opened');
    await sharing.check();
    await page.reload();
    t.ok(await sharing.isChecked(), 'the reader’s word counts more, and is remembered');
  });
}

test('pointing at the source strip names the source and the piece', async (t) => {
  const { appliance, contentId } = await oneVideo(t);
  const { page } = await openProfile(t);
  await servePage(page);
  await page.goto(`${appliance.url}/videos/${contentId}?state=swarm`);
  await page.getByRole('button', { name: 'Download' }).filter({ visible: true }).click();
  const strip = page.locator('.strip canvas');
  const box = await strip.boundingBox();
  t.ok(box !== null);
  await strip.hover({ position: { x: 5, y: 5 } });
  t.match(await page.locator('.strip-tip').innerText(), /^CDN · (about \d:\d\d · )?piece \d+ of 5,429$/);
  await strip.hover({ position: { x: (box?.width ?? 0) * 0.95, y: 5 } });
  t.match(await page.locator('.strip-tip').innerText(), /^Not here yet · (about \d:\d\d · )?piece 5,/);
});
