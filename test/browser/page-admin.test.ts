/** The admin page, in one browser and against a real node. */
import type { Page } from 'playwright-core';
import tap, { test } from 'tap';
import { DIAGNOSIS_STEPS } from '../../engine/index.ts';
import { startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { launchProfile } from '../fixtures/browser.ts';
import { putVideo } from '../fixtures/library.ts';

// Starting browsers takes most of it, and a busy machine takes three times as long.
tap.setTimeout(300_000);

async function signIn(page: Page, { adminToken }: RunningAppliance): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('dialog').getByLabel('Admin token').fill(adminToken);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Admin' }).waitFor();
}

/** More than any disk has. */
const RESERVE_BYTES = 1e15;

test('who is signed in sees what the node runs with, tests the way to it, and is told what needs doing', async (t) => {
  const appliance = await startAppliance(t, { seeder: true, cdnMaxStreams: 3, logLevel: 'info' });
  await putVideo(appliance, 'Film.mp4');
  const { page, context, errors } = await launchProfile(t);

  await page.goto(`${appliance.url}/admin`);
  await page.getByRole('heading', { name: 'Sign in to see how this node is doing' }).waitFor();
  t.equal(await page.getByRole('link', { name: /^Admin page/ }).count(), 0, 'no link for who is not signed in');
  await signIn(page, appliance);
  t.equal(await page.title(), 'Admin – Software Switch');
  await page.getByRole('region', { name: 'CDN and swarms' }).getByText(/room for three more/).waitFor();
  t.match(await page.getByRole('list', { name: 'The disk' }).innerText(), /Videos\s+40\.0 kB|Videos\s+\d+ kB/);

  const settings = page.getByRole('region', { name: 'Settings', exact: true });
  await settings.getByLabel('Filter settings').fill('max streams');
  const row = settings.getByRole('row', { name: /SWITCH_CDN_MAX_STREAMS/ });
  t.match(await row.innerText(), /3 streams[^]*Default: 8 streams[^]*Command line: --cdn-max-streams[^]*Locked by the command line/);
  await settings.getByLabel('Filter settings').fill('SWITCH_ADMIN_TOKEN');
  t.match(await settings.getByRole('row', { name: /SWITCH_ADMIN_TOKEN/ }).innerText(), /Set, never shown/);
  t.notMatch(await page.content(), appliance.adminToken, 'the page never shows the token');

  const reach = page.getByRole('region', { name: 'How viewers reach this node' });
  await reach.getByRole('button', { name: 'Test connectivity' }).press('Enter');
  await reach.getByText(/every step works|gets through/).waitFor();
  const states = await reach.locator('[data-step]').evaluateAll((steps) => steps.map((step) => [step.getAttribute('data-step'), step.className]));
  t.same(states, DIAGNOSIS_STEPS.map((step) => [step, 'ok']), 'every step of the way works');
  await page.getByRole('status').filter({ hasText: /every step works/ }).waitFor({ state: 'attached' });
  t.equal(await reach.getByRole('button', { name: 'Copy as text' }).isVisible(), true);

  const log = page.getByRole('region', { name: 'Log', exact: true });
  appliance.appliance.log.warn({ contentId: 'abc' }, 'something to look at');
  await log.getByText('something to look at').waitFor();
  await log.getByLabel('Level').selectOption('warn');
  await log.getByText('PUT /api/videos').waitFor({ state: 'detached' });
  await log.getByRole('button', { name: 'Pause' }).click();
  appliance.appliance.log.error('said while paused');
  await page.waitForResponse(/api\/admin\/overview/);
  t.equal(await log.getByText('said while paused').count(), 0, 'a paused log stands still');
  await log.getByRole('button', { name: 'Go on' }).click();
  await log.getByText('said while paused').waitFor();

  await context.clearCookies();
  await page.getByRole('heading', { name: 'Sign in to see how this node is doing' }).waitFor();
  await signIn(page, appliance);
  // The browser itself reports the refusals after the session was lost.
  t.same(errors.filter((error) => !/status of 401/.test(error)), []);
});

test('a notice of consequence is on every page until it is put aside, and fits every width', async (t) => {
  const appliance = await startAppliance(t, { reserveFreeBytes: RESERVE_BYTES });
  const { page, context } = await launchProfile(t, { hasTouch: true });
  await page.goto(appliance.url);
  const banner = page.getByRole('region', { name: 'Notice to the admin' });
  t.equal(await banner.count(), 0, 'not for who is not signed in');
  await context.request.post(`${appliance.url}/api/session`, { data: { token: appliance.adminToken }, headers: { origin: appliance.url } });
  await page.reload();
  t.match(await banner.innerText(), /kept in reserve: uploads are refused/);
  await banner.getByRole('link', { name: 'Open the admin page' }).press('Enter');
  t.match(await page.getByRole('region', { name: 'Notices' }).getByRole('listitem').innerText(), /Problem\.[^]*uploads are refused[^]*What to do: Delete/);
  t.equal(await banner.count(), 0, 'the admin page has it on top already');
  await page.getByRole('link', { name: 'Admin page, with notices' }).waitFor();
  for (const width of [390, 768, 1440]) {
    await page.setViewportSize({ width, height: 844 });
    t.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `no sideways scroll at ${width}`);
    if (width > 500) continue;
    const small = await page.getByRole('button').evaluateAll((buttons) => buttons
      .map((button) => ({ name: button.textContent, box: button.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && box.height > 1 && box.height < 44).map(({ name }) => name));
    t.same(small, [], 'every button is at least 44 pixels high');
  }
  await page.route('**/api/admin/peers', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ detail: 'The peers are broken.' }) }));
  await page.reload();
  const peers = page.getByRole('region', { name: 'Peers', exact: true });
  await peers.getByText('The peers are broken.').waitFor();
  // One part that fails takes no other with it.
  await page.getByRole('region', { name: 'Storage' }).getByRole('list').waitFor();
  await page.unroute('**/api/admin/peers');
  await peers.getByRole('button', { name: 'Try again' }).click();
  await peers.getByText('Nobody is connected right now.').waitFor();
  await page.goBack();
  await banner.getByRole('button', { name: /^Put this notice aside/ }).press('Enter');
  await banner.waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('link', { name: 'Admin page', exact: true }).waitFor();
  t.equal(await banner.count(), 0, 'put aside for as long as the tab lives');
});
