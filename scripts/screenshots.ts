/**
 * `node scripts/screenshots.ts [FOLDER]`: makes the pictures of the README and the documents from a running appliance with
 * real parts: videos that play, one CDN slot, two viewers and the seeder, and a browser that is refused and comes back.
 * Needs Chromium and ffmpeg. Default: docs/images.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { request, type ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { configWith } from '../config/load.ts';
import { createEngine, MemoryPieceStore } from '../engine/index.ts';
import { startAppliance } from '../server/appliance.ts';
import { launchProfile, type ProfileOptions } from '../test/fixtures/browser.ts';
import { putVideo } from '../test/fixtures/library.ts';
import { buildPage } from './build-page.ts';
import { makeFilm, makeLibrary } from './screenshot-videos.ts';

const CDN_MBPS = 80;
const VIEWER_MBPS = 14;
const SEEDER_MBPS = 9;
const TRY_AGAIN_MS = 10;
const POSTERS_WITHIN_MS = 180_000;
const WIDE = { width: 1440, height: 900 };
/** Down to the last step of the test. */
const TALL = { width: 1280, height: 1180 };
const PHONE = { width: 390, height: 844 };

class Pictures {
  readonly #folder: string;
  readonly #closers: (() => unknown)[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  teardown(close: () => unknown): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#closers.toReversed()) await close();
  }

  async open(address: string, options: ProfileOptions): Promise<Page> {
    const { page } = await launchProfile(this, options);
    await page.goto(address);
    await page.locator('h1').waitFor();
    return page;
  }

  async take(page: Page, name: string): Promise<void> {
    // No button looks pointed at, and no control covers the picture.
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(this.#folder, `${name}.png`) });
    console.error(`${name}.png`);
  }
}

/** Holds the CDN's only slot, from the moment it gets it. */
class Television {
  #request: ClientRequest | undefined;

  async switchOn(address: string): Promise<void> {
    for (;;) {
      if (await this.#watch(address)) return;
      await new Promise((again) => { setTimeout(again, TRY_AGAIN_MS); });
    }
  }

  #watch(address: string): Promise<boolean> {
    return new Promise((settle, fail) => {
      this.#request = request(address, (response) => {
        // Slowly: it takes what fits in the socket's buffers, and a little now and then.
        const trickle = setInterval(() => response.read(), 100);
        response.on('close', () => clearInterval(trickle)).on('error', () => undefined);
        settle(response.statusCode === 200);
      }).on('error', fail).end();
    });
  }

  switchOff(): void {
    this.#request?.on('error', () => undefined).destroy();
  }
}

/** As its owner does: signed in, through the page, which draws the posters. */
async function upload(pictures: Pictures, url: string, adminToken: string, files: readonly string[]): Promise<void> {
  const { page, context } = await launchProfile(pictures, { viewport: WIDE });
  await context.request.post(`${url}/api/session`, { data: { token: adminToken }, headers: { origin: url } });
  await page.goto(url);
  for (const file of files) {
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: /^(Upload|Choose files)$/ }).first().click();
    await (await choosing).setFiles(file);
    await page.locator('.upload', { hasText: basename(file) }).getByText('in the library').waitFor();
  }
  // Of the HEVC one this browser cannot draw any.
  await page.waitForFunction((count) => document.querySelectorAll('.still img').length >= count, files.length - 1, { timeout: POSTERS_WITHIN_MS });
  await page.close();
}

async function shoot(pictures: Pictures, scratch: string): Promise<void> {
  const adminToken = randomBytes(16).toString('hex');
  const node = await startAppliance(configWith({
    host: '127.0.0.1', port: 0, udpPort: 0, dataDir: join(scratch, 'node'), adminToken, logLevel: 'error', reserveFreeBytes: 0, drainTimeoutMs: 0,
    cdnMaxStreams: 1, cdnMaxMbps: CDN_MBPS, cdnMinStreamMbps: CDN_MBPS, seederMaxMbps: SEEDER_MBPS, cdnIdleTimeoutMs: 600_000,
  }), { logDestination: process.stderr });
  pictures.teardown(() => node.stop());

  await upload(pictures, node.url, adminToken, await makeLibrary(join(scratch, 'videos')));
  const looks = [['library', { viewport: WIDE }], ['library-dark', { viewport: WIDE, colorScheme: 'dark' }], ['library-phone', { viewport: PHONE, hasTouch: true }]] as const;
  for (const [name, options] of looks) await pictures.take(await listed(pictures, node.url, options), name);

  const film = await makeFilm(join(scratch, 'videos'));
  const { contentId, bytes } = await putVideo({ url: node.url, adminToken }, film.name, film.bytes);
  for (let viewer = 0; viewer < 2; viewer += 1) {
    const engine = createEngine({ appliances: [node.url], maxUploadMbps: VIEWER_MBPS });
    pictures.teardown(() => engine.stop());
    await (await engine.open(await engine.manifest(contentId), { store: new MemoryPieceStore() })).finished;
  }
  await administer(pictures, node.url, adminToken);
  await watchTheSwitch(pictures, { url: node.url, contentId, sizeBytes: bytes.length });
}

/** Signed in, after a test of the way to the node. */
async function administer(pictures: Pictures, url: string, adminToken: string): Promise<void> {
  const { page, context } = await launchProfile(pictures, { viewport: TALL });
  await context.request.post(`${url}/api/session`, { data: { token: adminToken }, headers: { origin: url } });
  // As in a container: where this run's folder lies says nothing to anybody.
  await page.route('**/api/admin/overview', async (route) => {
    const response = await route.fetch();
    const overview: { readonly storage: object } = await response.json();
    await route.fulfill({ response, json: { ...overview, storage: { ...overview.storage, place: '/data' } } });
  });
  await page.goto(`${url}/admin`);
  await page.getByRole('button', { name: 'Test connectivity' }).click();
  await page.locator('.outcome', { hasText: 'every step works' }).waitFor();
  await pictures.take(page, 'admin');
  await page.close();
}

async function listed(pictures: Pictures, url: string, options: ProfileOptions): Promise<Page> {
  const page = await pictures.open(url, options);
  await page.waitForFunction(() => {
    const seen = [...document.querySelectorAll<HTMLImageElement>('.still img')].filter((image) => image.getBoundingClientRect().top < innerHeight);
    return seen.length > 0 && seen.every((image) => image.complete);
  });
  return page;
}

interface Film {
  readonly url: string;
  readonly contentId: string;
  readonly sizeBytes: number;
}

/** Refused in the middle, then back: one viewer after the other, as each needs the slot for its return. */
async function watchTheSwitch(pictures: Pictures, { url, contentId, sizeBytes }: Film): Promise<void> {
  const address = `${url}/videos/${contentId}`;
  const looks = [
    { name: 'video', options: { viewport: WIDE } }, { name: 'video-dark', options: { viewport: WIDE, colorScheme: 'dark' } },
    { name: 'video-phone', options: { viewport: PHONE, hasTouch: true } },
  ] as const;
  for (const { name, options } of looks) {
    const television = new Television();
    const page = await pictures.open(address, options);
    await page.getByRole('button', { name: /^Play / }).click();
    await page.waitForFunction(() => (document.querySelector<HTMLVideoElement>('software-switch-player')?.currentTime ?? 0) > 1);
    await page.getByRole('button', { name: 'Download' }).first().click();
    await bytesFrom(page, 'cdn', sizeBytes * 0.2);
    await television.switchOn(`${address}/content`);
    await bytesFrom(page, 'peer', sizeBytes * 0.12);
    await page.mouse.move(WIDE.width / 2, 0);
    await untilControlsHide(page);
    await pictures.take(page, `${name}-swarm`);
    await page.getByRole('button', { name: 'Figures', exact: true }).click();
    await page.locator('.traffic-chart canvas').waitFor();
    const before = Number(await page.locator('.flow [data-source=cdn]').getAttribute('data-bytes'));
    television.switchOff();
    await bytesFrom(page, 'cdn', before + sizeBytes * 0.08);
    await untilControlsHide(page);
    // On a phone the figures are below.
    if (name === 'video-phone') await page.locator('.figures-panel').evaluate((panel) => window.scrollTo(0, panel.getBoundingClientRect().top + window.scrollY - 128));
    await pictures.take(page, `${name}-figures`);
    await page.close();
  }
}

/** Waits until the legend gives `source` that many bytes. */
async function bytesFrom(page: Page, source: string, bytes: number): Promise<void> {
  await page.waitForFunction(
    ([name, least]) => Number(document.querySelector(`.flow [data-source=${name}]`)?.getAttribute('data-bytes')) >= Number(least),
    [source, bytes] as const, { timeout: 120_000 },
  );
}

async function untilControlsHide(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('software-switch-player')?.shadowRoot?.querySelector('media-controller')?.hasAttribute('userinactive') === true);
}

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '..', 'docs', 'images'));
const scratch = await mkdtemp(join(tmpdir(), 'switch-pictures-'));
const pictures = new Pictures(folder);
try {
  buildPage();
  await mkdir(folder, { recursive: true });
  await shoot(pictures, scratch);
} finally {
  await pictures.close();
  await rm(scratch, { recursive: true, force: true });
}
