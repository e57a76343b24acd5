/** The page through a real nginx: under a base path over TLS, and where the proxy drops WebSockets. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import tap, { test, type Test } from 'tap';
import { startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { launchProfile, SMALL_VIEW, type Profile } from '../fixtures/browser.ts';
import { pressPlay, untilPlaying } from '../fixtures/browser-watch.ts';
import { putVideo } from '../fixtures/library.ts';
import { startNginx } from '../fixtures/nginx.ts';

// Starting browsers takes most of it, and a busy machine takes three times as long.
tap.setTimeout(300_000);

const BASE = '/house/switch';
const MEDIA = fileURLToPath(new URL('../fixtures/media/testsrc-10s.mp4', import.meta.url));

interface Behind extends Profile {
  readonly node: RunningAppliance;
  /** With the base path. */
  readonly url: string;
}

async function behindNginx(t: Test, changes: readonly (readonly [string, string])[] = []): Promise<Behind> {
  const node = await startAppliance(t, { basePath: BASE, trustProxy: ['127.0.0.1'] });
  const { url } = await startNginx(t, { upstreamUrl: node.url, basePath: BASE, changes });
  const profile = await launchProfile(t, { viewport: { ...SMALL_VIEW, width: 800 }, args: ['--ignore-certificate-errors'] });
  return { ...profile, node, url };
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Admin token').fill(token);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

test('signs in, uploads, lists, plays and downloads under a base path, over HTTP/2', async (t) => {
  const { page, context, node, url, errors } = await behindNginx(t);
  const elsewhere: string[] = [];
  page.on('request', (request) => { if (!request.url().startsWith('blob:') && !new URL(request.url()).pathname.startsWith(`${BASE}/`)) elsewhere.push(request.url()); });
  await page.goto(`${url}/`);
  await signIn(page, node.adminToken);
  const [cookie] = await context.cookies(url);
  t.match(cookie, { path: BASE, secure: true, httpOnly: true });

  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('banner').getByRole('button', { name: 'Upload' }).click();
  await (await choosing).setFiles(MEDIA);
  const row = page.locator('.upload', { hasText: 'testsrc-10s.mp4' });
  await row.getByText('in the library').waitFor();
  await row.getByRole('link').click();
  await page.waitForURL(new RegExp(`${BASE}/videos/[0-9a-f]{64}$`));
  t.equal(await page.evaluate(() => (performance.getEntriesByType('navigation')[0] as PerformanceResourceTiming).nextHopProtocol), 'h2');

  await pressPlay(page);
  await untilPlaying(page, 0.3);
  await page.locator('.pairs').getByText('Connected', { exact: true }).waitFor();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: /^(Download|Save file)$/ }).first().click();
  t.equal(sha256(await readFile(await (await saving).path())), sha256(await readFile(MEDIA)));

  await page.reload();
  await page.getByRole('link', { name: 'Library', exact: true }).click();
  await page.locator('.card a').waitFor();
  t.equal(new URL(page.url()).pathname, `${BASE}/`);
  t.equal(await page.locator('.notice-banner').count(), 0, 'nothing is wrong');
  t.same(elsewhere, [], 'nothing is asked for outside the base path');
  t.same(errors, []);
});

test('where a proxy drops WebSockets the CDN still serves, and the page says what is wrong and what to do', async (t) => {
  const { page, node, url } = await behindNginx(t, [['proxy_set_header Upgrade    $http_upgrade;', '']]);
  const { contentId } = await putVideo(node, 'Test picture.mp4', await readFile(MEDIA));
  await page.goto(`${url}/videos/${contentId}`);
  await pressPlay(page);
  await untilPlaying(page, 0.3);
  const facts = page.locator('.pairs').getByText('does not pass WebSockets');
  await facts.waitFor();
  t.equal(await page.locator('.banner').count(), 0, 'who watches is left in peace');

  await signIn(page, node.adminToken);
  const banner = page.locator('.notice-banner');
  await banner.waitFor();
  t.match(await banner.innerText(), /WebSocket[^]*Upgrade header on for \/house\/switch\/signalling[^]*docs\/operations\.md/);
  const overview = await page.request.get(`${node.url}/api/admin/overview`, { headers: { authorization: `Bearer ${node.adminToken}` } });
  t.match((await overview.json() as { notices: unknown }).notices, [{ code: 'websocket-dropped', what: '127.0.0.1' }], 'the node saw it too');
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
