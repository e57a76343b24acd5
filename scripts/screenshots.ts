/**
 * `node scripts/screenshots.ts [FOLDER]`: makes the pictures of the README and the documents from a running appliance with
 * real parts: one CDN slot, two viewers and the seeder, and a browser that is refused and comes back. Default: docs/images.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { request, type ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { configWith } from '../config/load.ts';
import { createEngine, MemoryPieceStore } from '../engine/index.ts';
import { startAppliance } from '../server/appliance.ts';
import { launchProfile, type ProfileOptions } from '../test/fixtures/browser.ts';
import { putVideo } from '../test/fixtures/library.ts';
import { buildPage } from './build-page.ts';

const MB = 1_000_000;
const FILM_BYTES = 240 * MB;
const CDN_MBPS = 160;
const VIEWER_MBPS = 30;
const SEEDER_MBPS = 20;
const TRY_AGAIN_MS = 10;
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Names as a home has them, in several scripts, one too long for its card. */
const LIBRARY: readonly (readonly [name: string, megabytes: number])[] = [
  ['Allotment through the year.mp4', 62], ['Choir, spring concert.mkv', 118], ['Στη θάλασσα.mp4', 41], ['Drone over the reservoir.webm', 77],
  ['Прогулка по лесу.mkv', 35], ['Robot vacuum against cat.mp4', 9], ['Talk, what a CDN is for.webm', 54],
  ['Everything from the blue camera, unsorted, please do not delete before the summer.mp4', 150], ['Kitchen in ten minutes.mp4', 22],
  ['Bicycle repair, part 1.mp4', 47], ['Bicycle repair, part 2.mp4', 51], ['Grandmother’s eightieth.mkv', 132], ['Night train.webm', 29],
  ['Model railway, the whole layout.mp4', 88], ['School play.mp4', 96],
];
const FILM = 'The long way round the lake.mp4';

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

  async take(page: Page, name: string, { fullPage = false } = {}): Promise<void> {
    // No button looks pointed at.
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(this.#folder, `${name}.png`), fullPage });
    console.error(`${name}.png`);
  }
}

/** Holds the CDN's only slot by reading slowly, from the moment it gets it. */
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
        response.resume();
        settle(response.statusCode === 200);
      }).on('error', fail).end();
    });
  }

  switchOff(): void {
    this.#request?.on('error', () => undefined).destroy();
  }
}

async function shoot(pictures: Pictures, scratch: string): Promise<void> {
  const adminToken = randomBytes(16).toString('hex');
  const node = await startAppliance(configWith({
    host: '127.0.0.1', port: 0, dataDir: join(scratch, 'node'), adminToken, logLevel: 'error', reserveFreeBytes: 0, drainTimeoutMs: 0,
    cdnMaxStreams: 1, cdnMaxMbps: CDN_MBPS, cdnMinStreamMbps: CDN_MBPS, seederMaxMbps: SEEDER_MBPS,
  }), { logDestination: process.stderr });
  pictures.teardown(() => node.stop());
  const appliance = { url: node.url, adminToken };

  for (const [name, megabytes] of LIBRARY) await putVideo(appliance, name, randomBytes(megabytes * MB));
  await pictures.take(await pictures.open(node.url, { viewport: WIDE }), 'library');
  await pictures.take(await pictures.open(node.url, { viewport: WIDE, colorScheme: 'dark' }), 'library-dark');
  await pictures.take(await pictures.open(node.url, { viewport: PHONE, hasTouch: true }), 'library-phone');

  const { contentId } = await putVideo(appliance, FILM, randomBytes(FILM_BYTES));
  for (let viewer = 0; viewer < 2; viewer += 1) {
    const engine = createEngine({ appliances: [node.url], maxUploadMbps: VIEWER_MBPS });
    pictures.teardown(() => engine.stop());
    await (await engine.open(await engine.manifest(contentId), { store: new MemoryPieceStore() })).finished;
  }
  await watchTheSwitch(pictures, node.url, contentId);
}

/** Refused in the middle, then back: one viewer after the other, as each needs the slot for its return. */
async function watchTheSwitch(pictures: Pictures, url: string, contentId: string): Promise<void> {
  const address = `${url}/videos/${contentId}`;
  const looks = [
    { name: 'video', options: { viewport: WIDE } }, { name: 'video-dark', options: { viewport: WIDE, colorScheme: 'dark' } },
    { name: 'video-phone', options: { viewport: PHONE, hasTouch: true } },
  ] as const;
  for (const { name, options } of looks) {
    const television = new Television();
    const page = await pictures.open(address, options);
    await page.getByRole('button', { name: 'Download' }).first().click();
    await bytesFrom(page, 'cdn', FILM_BYTES * 0.15);
    await television.switchOn(`${address}/content`);
    await bytesFrom(page, 'peer', FILM_BYTES * 0.2);
    await pictures.take(page, `${name}-swarm`);
    const before = Number(await page.locator('[data-source=cdn]').getAttribute('data-bytes'));
    television.switchOff();
    await bytesFrom(page, 'cdn', before + FILM_BYTES * 0.08);
    await pictures.take(page, `${name}-back`, { fullPage: true });
    await page.close();
  }
}

/** Waits until the legend gives `source` that many bytes. */
async function bytesFrom(page: Page, source: string, bytes: number): Promise<void> {
  await page.waitForFunction(
    ([name, least]) => Number(document.querySelector(`[data-source=${name}]`)?.getAttribute('data-bytes')) >= Number(least),
    [source, bytes] as const, { timeout: 120_000 },
  );
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
