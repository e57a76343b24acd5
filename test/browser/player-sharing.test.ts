/** Whether a page with the element in it gives to others: as it says, as another element says, and as the connection allows. */
import { readFile } from 'node:fs/promises';
import tap, { test, type Test } from 'tap';
import type { Page } from 'playwright-core';
import { startAppliance } from '../fixtures/appliance.ts';
import { launchProfile } from '../fixtures/browser.ts';
import { putVideo } from '../fixtures/library.ts';
import { mediaFile } from '../fixtures/media-files.ts';
import { buildPlayer, openPlayerPage } from '../fixtures/player-page.ts';

tap.setTimeout(300_000);

const folder = tap.testdir();
await buildPlayer(folder);

type Library = typeof import('../../ui/player/index.ts');

interface Opened {
  readonly page: Page;
  readonly contentId: string;
  readonly url: string;
}

/** `connection`: what the browser says of its own. */
async function opened(t: Test, body: (contentId: string) => string, connection: object = {}): Promise<Opened> {
  const { url, ...appliance } = await startAppliance(t);
  const file = mediaFile('mp4-index-first');
  const { contentId } = await putVideo({ url, ...appliance }, file.fileName, await readFile(await file.file()));
  const { page } = await launchProfile(t);
  await page.addInitScript((told) => {
    Object.defineProperty(navigator, 'connection', { value: Object.assign(new EventTarget(), told) });
  }, connection);
  await openPlayerPage(page, { folder, url, body: body(contentId) });
  await page.waitForFunction(() => [...document.querySelectorAll('software-switch-player')].every((player) => player.readyState >= 2));
  return { page, contentId, url };
}

/** What the elements say, and what is so: each as `sharing` and `switchFigures.sharing`. */
function seen(page: Page): Promise<(readonly [said: string, isShared: boolean | undefined])[]> {
  return page.evaluate(() => [...document.querySelectorAll('software-switch-player')].map((player) => [player.sharing, player.switchFigures?.sharing] as const));
}

const ON = ['on', true] as const;
const OFF = ['off', false] as const;

test('shares unless it is told not to, and a content only while every element with it does', async (t) => {
  const { page } = await opened(t, (id) => `<software-switch-player src="/videos/${id}" muted></software-switch-player>`.repeat(2));
  t.same(await seen(page), [ON, ON]);
  await page.evaluate(() => { const [first] = document.querySelectorAll('software-switch-player'); if (first !== undefined) first.sharing = 'off'; });
  t.same(await seen(page), [OFF, ['on', false]], 'one of them refuses');
  t.equal(await page.locator('software-switch-player').first().getAttribute('sharing'), 'off');
  await page.evaluate(() => document.querySelector('software-switch-player')?.removeAttribute('sharing'));
  t.same(await seen(page), [ON, ON]);
  await page.evaluate(() => document.querySelector('software-switch-player')?.setAttribute('sharing', ' OFF '));
  t.same(await seen(page), [OFF, ['on', false]]);
  await page.evaluate(() => document.querySelector('software-switch-player')?.remove());
  await page.waitForFunction(() => document.querySelector('software-switch-player')?.switchFigures?.sharing === true);
  t.same(await seen(page), [ON], 'who is gone has no say');
});

for (const connection of [{ saveData: true }, { saveData: false, type: 'cellular' }]) {
  test(`shares nothing unasked with ${JSON.stringify(connection)}`, async (t) => {
    const { page } = await opened(t, (id) => `<software-switch-player src="/videos/${id}" muted></software-switch-player>`, connection);
    t.same(await seen(page), [OFF]);
    await page.evaluate(() => { const [first] = document.querySelectorAll('software-switch-player'); if (first !== undefined) first.sharing = 'on'; });
    t.same(await seen(page), [ON], 'the page’s word counts more');
    await page.evaluate(() => document.querySelector('software-switch-player')?.removeAttribute('sharing'));
    t.same(await seen(page), [OFF]);
    await page.evaluate(() => {
      const { connection: network } = navigator as unknown as { connection: EventTarget };
      Object.assign(network, { saveData: false, type: 'wifi' });
      network.dispatchEvent(new Event('change'));
    });
    t.same(await seen(page), [ON], 'on another connection');
  });
}

test('leaves a page’s own download as the page has it', async (t) => {
  const { page, contentId, url } = await opened(t, () => '');
  const found = await page.evaluate(async ([id, appliance]) => {
    const { openContent } = (globalThis as unknown as { player: Library }).player;
    const { download, setSharing, release } = await openContent({ appliance, contentId: id }, { sharing: 'off' });
    const player = document.createElement('software-switch-player');
    player.muted = true;
    player.sharing = 'on';
    player.download = download;
    document.body.append(player);
    await player.play();
    const before = player.switchFigures?.sharing;
    setSharing('on');
    player.sharing = 'off';
    const after = player.switchFigures?.sharing;
    player.remove();
    await release();
    return [before, after];
  }, [contentId, url] as const);
  t.same(found, [false, true]);
});
