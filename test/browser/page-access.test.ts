import type { Page } from 'playwright-core';
import tap, { test } from 'tap';
import { startAppliance } from '../fixtures/appliance.ts';
import { putVideo } from '../fixtures/library.ts';
import { openProfile } from '../fixtures/shared-browser.ts';

// Starting browsers takes most of it, and a busy machine takes three times as long.
tap.setTimeout(300_000);

/** What the focus is on, as a screen reader would name it. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
  });
}

async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press('Tab');
    const seen = await focused(page);
    if (typeof name === 'string' ? seen === name : name.test(seen)) return;
  }
  throw new Error(`Thirty tabs did not reach ${name}.`);
}

test('the keyboard alone finds a video, downloads it and comes back', async (t) => {
  const appliance = await startAppliance(t);
  await putVideo(appliance, 'First.mp4', Buffer.alloc(400_000, 1));
  await putVideo(appliance, 'Second.mp4', Buffer.alloc(400_000, 2));
  const { page, errors } = await openProfile(t);
  await page.goto(appliance.url);
  await page.locator('.card a').nth(1).waitFor();

  await page.keyboard.press('Tab');
  t.equal(await focused(page), 'Skip to the content');
  await page.keyboard.press('Enter');
  t.equal(await page.evaluate(() => document.activeElement?.id), 'main');
  await tabTo(page, 'First');
  t.ok(await page.evaluate(() => {
    const card = document.activeElement?.closest('.card');
    return card !== null && card !== undefined && getComputedStyle(card).outlineStyle === 'solid';
  }), 'the focus is seen on the card');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'First' }).waitFor();
  t.equal(await page.evaluate(() => document.activeElement?.id), 'main', 'the focus goes to the new page');

  await tabTo(page, 'Download');
  const download = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  await download;
  await page.getByRole('status').filter({ hasText: /First\.mp4/ }).waitFor({ state: 'attached' });
  await page.goBack();
  await page.locator('.card a').nth(1).waitFor();

  await tabTo(page, 'Sign in');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Sign in' }).waitFor();
  await page.keyboard.type(appliance.adminToken);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  t.same(errors, []);
});

test('a card is one link whose name begins with the title', async (t) => {
  const appliance = await startAppliance(t);
  const { contentId } = await putVideo(appliance, 'Only one.mp4');
  const { page } = await openProfile(t);
  await page.goto(appliance.url);
  await page.locator('.card a').waitFor();
  t.match(await page.locator('.card').ariaSnapshot(), /^[^"]*"Only one"/, 'the title is what a screen reader says first');
  t.equal(await page.locator('.card').getByRole('link').count(), 1);
  t.match(await page.locator('.card').getByRole('link').getAttribute('href'), contentId);
});

test('nothing sticks out at any width, and a phone has targets for thumbs', async (t) => {
  const appliance = await startAppliance(t);
  const { contentId } = await putVideo(appliance, `${'A very long title without any rest '.repeat(5)}${'x'.repeat(80)}.mp4`);
  const desktop = await openProfile(t);
  const phone = await openProfile(t, { hasTouch: true });
  for (const width of [390, 768, 1440, 2560]) {
    const { page } = width < 500 ? phone : desktop;
    await page.setViewportSize({ width, height: 844 });
    for (const path of ['/', `/videos/${contentId}`]) {
      await page.goto(appliance.url + path);
      await page.locator('h1').waitFor();
      t.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} has no sideways scroll at ${width}`);
      if (width > 500) continue;
      const small = await page.getByRole('button').evaluateAll((buttons) => buttons
        .map((button) => ({ name: button.textContent, box: button.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 1 && box.height > 1 && box.height < 44).map(({ name }) => name));
      t.same(small, [], 'every button is at least 44 pixels high');
    }
  }
});

test('the theme follows the system, and a choice is remembered', async (t) => {
  const appliance = await startAppliance(t);
  const { page, errors } = await openProfile(t, { colorScheme: 'dark' });
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.goto(appliance.url);
  t.equal(await ground(), 'rgb(19, 20, 22)');
  await page.getByRole('button', { name: 'Use the light theme' }).click();
  t.equal(await ground(), 'rgb(250, 250, 248)');
  await page.reload();
  t.equal(await ground(), 'rgb(250, 250, 248)');
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  t.equal(await ground(), 'rgb(19, 20, 22)');
  t.same(errors, []);
});

test('the source colours hold 3:1 against every ground, in both themes, and differ in lightness', async (t) => {
  const appliance = await startAppliance(t);
  const { page } = await openProfile(t);
  await page.goto(appliance.url);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const colors = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      const all = (names: string[]): Record<string, number[]> => Object.fromEntries(names.map((name) => {
        probe.style.color = `var(--${name})`;
        return [name, getComputedStyle(probe).color.match(/[\d.]+/g)?.map(Number) ?? []];
      }));
      return { sources: all(['source-cdn', 'source-peer', 'source-seeder', 'source-stored']), grounds: all(['ground', 'surface', 'source-none']) };
    });
    for (const [source, color] of Object.entries(colors.sources)) {
      for (const [ground, behind] of Object.entries(colors.grounds)) {
        t.ok(contrast(color, behind) >= 3, `${colorScheme}: ${source} on ${ground} has ${contrast(color, behind).toFixed(2)}`);
      }
    }
    const [cdn = 0, peer = 0, , seeder = 0] = ['source-cdn', 'source-peer', 'source-stored', 'source-seeder'].map((name) => luminance(colors.sources[name] ?? []));
    t.ok(cdn < seeder && seeder < peer, 'the CDN is darkest, viewers lightest');
  }
});

/** WCAG 2.2, relative luminance of sRGB. */
function luminance([red = 0, green = 0, blue = 0]: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: readonly number[], other: readonly number[]): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
