/** A video's page in a Chromium of its own: what the tab takes while it plays here and there, and while it downloads. */
import type { Page } from 'playwright-core';
import { launchProfile, type Closing } from '../fixtures/browser.ts';
import { openVideo, shownBytes } from '../fixtures/browser-switch.ts';
import { watchChromium } from '../fixtures/chromium-memory.ts';
import { eventually } from '../fixtures/http.ts';

const LIMIT_MS = 60_000;
const DOWNLOAD_LIMIT_MS = 180_000;

export interface TabTask {
  readonly url: string;
  readonly contentId: string;
  /** Shares of the film. */
  readonly seekTo: readonly number[];
  readonly playSeconds: number;
  /** Downloads this much. */
  readonly untilBytes: number;
}

export interface TabUsage {
  readonly playing: TabPeaks;
  readonly downloading: TabPeaks;
  readonly firstFrameMs: number;
  readonly seekMs: readonly number[];
}

/** Bytes. */
interface TabPeaks {
  readonly page: number;
  readonly browser: number;
}

export async function useTab(t: Closing, task: TabTask): Promise<TabUsage> {
  const { playing, firstFrameMs, seekMs } = await play(t, task);
  return { playing, firstFrameMs, seekMs, downloading: await download(t, task) };
}

async function play(t: Closing, { url, contentId, seekTo, playSeconds }: TabTask): Promise<Pick<TabUsage, 'playing' | 'firstFrameMs' | 'seekMs'>> {
  const { page } = await launchProfile(t, { args: ['--autoplay-policy=no-user-gesture-required'] });
  await openVideo(page, url, contentId);
  const { peaks, result } = await watched(async () => {
    const firstFrameMs = await pictureAfterPress(page);
    await playFor(page, playSeconds);
    const seekMs: number[] = [];
    for (const share of seekTo) {
      seekMs.push(await pictureAfterJump(page, share));
      await playFor(page, playSeconds);
    }
    return { firstFrameMs, seekMs };
  });
  await page.context().close();
  return { playing: peaks, ...result };
}

async function download(t: Closing, { url, contentId, untilBytes }: TabTask): Promise<TabPeaks> {
  const { page } = await launchProfile(t);
  await openVideo(page, url, contentId);
  const { peaks } = await watched(async () => {
    await page.getByRole('button', { name: 'Download', exact: true }).first().click();
    await eventually(`the page has ${untilBytes} bytes`, async () => {
      const { cdn, peer, seeder, stored } = await shownBytes(page);
      return cdn + peer + seeder + stored >= untilBytes;
    }, DOWNLOAD_LIMIT_MS);
  });
  await page.context().close();
  return peaks;
}

async function watched<Result>(run: () => Promise<Result>): Promise<{ readonly peaks: TabPeaks; readonly result: Result }> {
  const memory = watchChromium();
  try {
    const result = await run();
    const { pageBytes, browserBytes } = await memory.stop();
    return { peaks: { page: pageBytes, browser: browserBytes }, result };
  } finally {
    await memory.stop();
  }
}

/** Milliseconds. */
async function pictureAfterPress(page: Page): Promise<number> {
  await page.locator('button.play').waitFor();
  return page.evaluate(async (limitMs) => {
    const pressedMs = performance.now();
    const endMs = pressedMs + limitMs;
    document.querySelector<HTMLButtonElement>('button.play')?.click();
    for (;;) {
      const player = document.querySelector('software-switch-player') as { readonly nativeEl?: HTMLVideoElement } | null;
      const video = player?.nativeEl;
      if (video !== undefined && video.videoWidth > 0 && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return performance.now() - pressedMs;
      if (performance.now() > endMs) throw new Error(`No picture within ${limitMs} ms.`);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, LIMIT_MS);
}

/** To a share of the film. Milliseconds. */
async function pictureAfterJump(page: Page, share: number): Promise<number> {
  return page.evaluate(async ([wanted, limitMs]) => {
    const player = document.querySelector('software-switch-player') as (HTMLVideoElement & { readonly nativeEl: HTMLVideoElement }) | null;
    if (player === null) throw new Error('The page has no player.');
    const startedAtMs = performance.now();
    const shown = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`No picture within ${limitMs} ms.`)), limitMs);
      player.nativeEl.requestVideoFrameCallback(() => {
        clearTimeout(late);
        resolve();
      });
    });
    player.currentTime = wanted * player.duration;
    await shown;
    return performance.now() - startedAtMs;
  }, [share, LIMIT_MS] as const);
}

async function playFor(page: Page, seconds: number): Promise<void> {
  await page.evaluate(async ([least, limitMs]) => {
    const player = document.querySelector<HTMLVideoElement>('software-switch-player');
    const from = player?.currentTime ?? 0;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${least} s of playing took more than ${limitMs} ms.`)), limitMs);
      player?.addEventListener('timeupdate', () => {
        if (player.currentTime - from < least) return;
        clearTimeout(late);
        resolve();
      });
    });
  }, [seconds, LIMIT_MS] as const);
}
