/** The player's controls: keys, the sheet of keys, menus, touch, the order of the tab key, and what a screen reader is told. */
import { readFile } from 'node:fs/promises';
import tap, { test } from 'tap';
import type { Test } from 'tap';
import type { Page } from 'playwright-core';
import { startAppliance } from '../fixtures/appliance.ts';
import type { ProfileOptions } from '../fixtures/browser.ts';
import { putVideo } from '../fixtures/library.ts';
import { mediaFile, SRT_TEXT } from '../fixtures/media-files.ts';
import { buildPlayer, openPlayerPage } from '../fixtures/player-page.ts';
import { openProfile } from '../fixtures/shared-browser.ts';

tap.setTimeout(300_000);

const folder = tap.testdir();
await buildPlayer(folder);

interface Opened { readonly page: Page; readonly errors: readonly string[] }

/** A page with one player that has its first picture and its controls. */
async function openPlayer(t: Test, { attributes = '', before = '', profile = {}, media = 'mp4-index-first' }: { readonly attributes?: string; readonly before?: string; readonly profile?: ProfileOptions; readonly media?: string } = {}): Promise<Opened> {
  const appliance = await startAppliance(t);
  const file = mediaFile(media);
  const { contentId } = await putVideo(appliance, file.fileName, await readFile(await file.file()));
  const { page, errors } = await openProfile(t, profile);
  await openPlayerPage(page, { folder, url: appliance.url, body: `${before}<software-switch-player src="/videos/${contentId}" controls muted noresume ${attributes}></software-switch-player>` });
  await page.waitForFunction(() => (document.querySelector('software-switch-player')?.readyState ?? 0) >= 2);
  await page.locator('media-play-button').waitFor();
  return { page, errors };
}

/** The player as the page sees it. */
type State = Readonly<Record<'paused' | 'muted' | 'fullscreen', boolean> & Record<'time' | 'volume' | 'speed', number> & Record<'note', string>>;

async function state(page: Page): Promise<State> {
  return page.evaluate(() => {
    const player = document.querySelector('software-switch-player');
    if (player === null) throw new Error('no player');
    return {
      paused: player.paused, muted: player.muted, fullscreen: document.fullscreenElement === player, time: Math.round(player.currentTime * 10) / 10, volume: player.volume,
      speed: player.playbackRate, note: player.shadowRoot?.querySelector('[role=status]')?.textContent ?? '',
    };
  });
}

async function set(page: Page, values: Readonly<Record<string, unknown>>): Promise<void> {
  await page.evaluate((wanted) => { Object.assign(document.querySelector('software-switch-player') ?? {}, wanted); }, values);
}

const KEYS: readonly (readonly [key: string, before: Readonly<Record<string, unknown>>, after: Partial<State>])[] = [
  ['k', {}, { paused: false }], ['k', {}, { paused: true, note: 'Paused' }], ['Space', {}, { paused: false, note: 'Playing' }], ['Space', {}, { paused: true }],
  ['l', { currentTime: 0 }, { time: 10 }], ['j', { currentTime: 9 }, { time: 0, note: '10 seconds back' }],
  ['ArrowRight', { currentTime: 2 }, { time: 7, note: '5 seconds forward' }], ['ArrowLeft', { currentTime: 7 }, { time: 2 }],
  ['0', { currentTime: 5 }, { time: 0 }], ['5', {}, { time: 5 }], ['9', {}, { time: 9 }], ['Home', {}, { time: 0 }], ['End', {}, { time: 10 }],
  ['ArrowUp', { volume: 0.5, muted: true }, { volume: 0.55, muted: false }], ['ArrowDown', { volume: 0.5 }, { volume: 0.45, note: 'Volume 45 %' }],
  ['m', { muted: false }, { muted: true, note: 'Sound off' }], ['M', {}, { muted: false }],
  ['>', { playbackRate: 1 }, { speed: 1.25, note: 'Speed 1.25×' }], ['<', { playbackRate: 1 }, { speed: 0.75 }], ['<', { playbackRate: 0.25 }, { speed: 0.25 }],
  ['f', {}, { fullscreen: true }], ['f', {}, { fullscreen: false }], ['c', {}, { note: 'This video has no subtitles' }],
];

test('does what each key says, in the player', async (t) => {
  const { page, errors } = await openPlayer(t);
  await page.evaluate(() => document.querySelector('software-switch-player')?.focus());
  for (const [key, before, after] of KEYS) {
    await set(page, before);
    await page.keyboard.press(key);
    await page.waitForFunction(([wanted]) => {
      const player = document.querySelector('software-switch-player');
      if (player === null || player.seeking) return false;
      const now: Record<string, unknown> = {
        paused: player.paused, muted: player.muted, fullscreen: document.fullscreenElement === player, time: Math.round(player.currentTime * 10) / 10, volume: player.volume,
        speed: player.playbackRate, note: player.shadowRoot?.querySelector('[role=status]')?.textContent,
      };
      return Object.entries(wanted).every(([name, value]) => now[name] === value);
    }, [after] as const, { timeout: 5_000 }).catch(() => undefined);
    t.match(await state(page), after, `${key} with ${JSON.stringify(before)}`);
  }
  t.same(errors, []);
});

test('leaves keys to whoever has the focus, and to the browser', async (t) => {
  const { page } = await openPlayer(t, { before: '<input id="field"><button id="other">Other</button><a id="far" href="#x">Far</a>' });
  const unchanged = await state(page);
  await page.focus('#field');
  await page.keyboard.type('kmf0 ?');
  t.equal(await page.inputValue('#field'), 'kmf0 ?', 'a field');
  await page.focus('#other');
  await page.keyboard.press('Space');
  t.same(await state(page), unchanged, 'a button keeps the space key');
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  for (const key of ['ArrowDown', 'End', 'Control+k', 'Alt+m', 'Meta+j']) await page.keyboard.press(key);
  t.same(await state(page), unchanged, 'scrolling and shortcuts belong to the browser while the page has the focus');
  await page.keyboard.press('m');
  t.equal((await state(page)).muted, false, 'with nothing in particular in focus the page’s keys are the player’s');
  await page.evaluate(() => document.querySelector('software-switch-player')?.setAttribute('nohotkeys', ''));
  await page.keyboard.press('m');
  t.equal((await state(page)).muted, false, 'none with nohotkeys');
});

test('the sheet of keys is a dialog that keeps the focus, and Esc closes it', async (t) => {
  const { page, errors } = await openPlayer(t, { before: '<button id="other">Other</button>' });
  await page.focus('#other');
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  await sheet.waitFor();
  t.match(await sheet.innerText(), /Space\s+K\s+Play or pause[\s\S]*\?\s+This list/);
  const before = await state(page);
  await page.keyboard.press('k');
  t.same(await state(page), before, 'keys do nothing behind it');
  for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('Tab');
  t.not(await page.evaluate(() => document.activeElement?.id), 'other', 'the focus stays out of the page');
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'hidden' });
  t.equal(await page.evaluate(() => document.activeElement?.id), 'other', 'and goes back to where it was');
  t.same(errors, []);
});

test('subtitles, sounds and speeds are chosen in menus, which stay while they are open', async (t) => {
  const { page, errors } = await openPlayer(t, { media: 'mkv-two-sounds-subtitles' });
  await page.evaluate(async (srt) => {
    const player = document.querySelector('software-switch-player');
    const track = await player?.addSubtitles(srt, { label: 'Mine', language: 'en' });
    if (track !== undefined) track.mode = 'disabled';
    await player?.play();
  }, SRT_TEXT);
  const choose = async (button: RegExp, item: string | RegExp): Promise<void> => {
    await page.mouse.move(300, 300 + Math.random());
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('menuitemradio', { name: item }).click();
  };
  await choose(/playback rate/i, /^1\.5x?$/);
  t.equal((await state(page)).speed, 1.5);
  await choose(/captions/i, /^Mine/);
  t.same(await page.evaluate(() => [...document.querySelector('software-switch-player')?.textTracks ?? []].filter(({ mode }) => mode === 'showing').map(({ label }) => label)), ['Mine']);
  await page.keyboard.press('c');
  t.match(await state(page), { note: 'Subtitles off' });
  await choose(/audio/i, /^Deutsch/);
  t.same(await page.evaluate(() => [...document.querySelector('software-switch-player')?.audioTracks ?? []].map(({ enabled }) => enabled)), [false, true]);

  const isHidden = (): Promise<boolean> => page.evaluate(() => document.querySelector('software-switch-player')?.shadowRoot?.querySelector('media-controller')?.hasAttribute('userinactive') === true);
  await set(page, { loop: true, playbackRate: 0.5 });
  await page.evaluate(() => document.querySelector('software-switch-player')?.play());
  await page.getByRole('button', { name: /playback rate/i }).click();
  await page.keyboard.press('ArrowDown');
  await page.mouse.move(1200, 700);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 3_500)));
  t.equal(await isHidden(), false, 'open: it stays for longer than three seconds, with the mouse away');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelector('software-switch-player')?.shadowRoot?.querySelector('media-controller')?.hasAttribute('userinactive'), undefined, { timeout: 6_000 });
  t.pass('closed: the controls hide');
  t.same(errors, []);
});

test('two taps on a side go back or forward, and one shows the controls', async (t) => {
  const { page, errors } = await openPlayer(t, { profile: { hasTouch: true, viewport: { width: 390, height: 844 } } });
  await set(page, { currentTime: 5 });
  await page.touchscreen.tap(360, 60);
  await page.touchscreen.tap(360, 60);
  t.match(await state(page), { time: 10, note: '10 seconds forward', paused: true });
  await page.touchscreen.tap(195, 60);
  await page.touchscreen.tap(30, 60);
  t.match(await state(page), { time: 10 }, 'one tap on each is nothing');
  await page.touchscreen.tap(30, 60);
  t.match(await state(page), { time: 0, note: '10 seconds back' });
  const sizes = await page.locator('media-control-bar.buttons > :is(media-play-button, media-mute-button, media-fullscreen-button)').evaluateAll((all) => all.map((button) => button.getBoundingClientRect().height));
  t.ok(sizes.length === 3 && sizes.every((height) => height >= 44), `wide enough for a thumb: ${sizes.join()}`);
  t.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'fits a phone');
  t.same(errors, []);
});

test('every control is reached by the tab key in order, and has a name and a role', async (t) => {
  const { page, errors } = await openPlayer(t, { before: '<button id="other">Other</button>', media: 'mkv-two-sounds-subtitles' });
  await page.evaluate((srt) => document.querySelector('software-switch-player')?.addSubtitles(srt, { label: 'Mine' }), SRT_TEXT);
  await page.focus('#other');
  const reached: string[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      const host = element?.getRootNode() instanceof ShadowRoot ? (element.getRootNode() as ShadowRoot).host : null;
      return element === document.body ? '' : (element?.localName === 'input' ? host?.localName : element?.localName) ?? '';
    });
    if (name === '' || reached.length > 20) break;
    reached.push(name);
  }
  t.same(reached, [
    'media-controller', 'media-time-range', 'media-play-button', 'media-mute-button', 'media-volume-range', 'media-captions-menu-button', 'media-audio-track-menu-button',
    'media-playback-rate-menu-button', 'media-pip-button', 'media-fullscreen-button',
  ]);
  const tree = await page.locator('software-switch-player').ariaSnapshot();
  for (const line of [
    /region "video player/i, /slider "seek"/i, /button "play"/i, /button "unmute"/i, /slider "volume"/i, /button "closed captions"/i, /button "audio"/i, /button "playback rate/i,
    /button "enter picture.in.picture/i, /button "enter fullscreen/i, /status/,
  ]) t.match(tree, line);
  t.same(errors, []);
});
