/** The states of a video's page, each drawn from made-up figures (test/fixtures/ui-states), so that none is left to chance. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import tap, { test } from 'tap';
import { build } from 'vite';
import { startAppliance } from '../fixtures/appliance.ts';
import { launchProfile } from '../fixtures/browser.ts';
import { putVideo } from '../fixtures/library.ts';

// Starting browsers takes most of it, and a busy machine takes three times as long.
tap.setTimeout(300_000);

const CONFIG = fileURLToPath(new URL('../fixtures/ui-states/vite.config.ts', import.meta.url));
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

/** The built page of `folder` in place of the appliance's; the API stays the appliance's. */
async function servePage(page: Page, folder: string): Promise<void> {
  await page.route((url) => !/^\/(api|signalling)\b/.test(url.pathname), async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = /^\/(assets|theme|icon)/.test(pathname) ? pathname : '/index.html';
    await route.fulfill({ body: await readFile(join(folder, file)), contentType: TYPES[extname(file)] ?? 'application/octet-stream' });
  });
}

test('every state of a download says what happens and what it means', async (t) => {
  const folder = t.testdir();
  await build({ configFile: CONFIG, logLevel: 'error', build: { outDir: folder, emptyOutDir: false } });
  const appliance = await startAppliance(t);
  const { contentId } = await putVideo(appliance, 'Any.mp4');
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    const { page, errors } = await launchProfile(t, { viewport, hasTouch: viewport.width < 500 });
    await servePage(page, folder);
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

test('pointing at the source strip names the source and the piece', async (t) => {
  const folder = t.testdir();
  await build({ configFile: CONFIG, logLevel: 'error', build: { outDir: folder, emptyOutDir: false } });
  const appliance = await startAppliance(t);
  const { contentId } = await putVideo(appliance, 'Any.mp4');
  const { page } = await launchProfile(t);
  await servePage(page, folder);
  await page.goto(`${appliance.url}/videos/${contentId}?state=swarm`);
  await page.getByRole('button', { name: 'Download' }).filter({ visible: true }).click();
  const strip = page.locator('.strip canvas');
  const box = await strip.boundingBox();
  t.ok(box !== null);
  await strip.hover({ position: { x: 5, y: 5 } });
  t.match(await page.locator('.strip-tip').innerText(), /^CDN · piece \d+ of 5,429$/);
  await strip.hover({ position: { x: (box?.width ?? 0) * 0.95, y: 5 } });
  t.match(await page.locator('.strip-tip').innerText(), /^Not here yet · piece 5,/);
});
