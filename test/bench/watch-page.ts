/** Runs in the page of the watch bench: shows one video with the player or with a plain <video>, and takes the times. */
import '../../ui/player/index.ts';
import type { SoftwareSwitchPlayer } from '../../ui/player/index.ts';

export type Contender = 'player' | 'video';

export interface WatchTimes {
  /** From setting the source to the first frame shown. */
  readonly firstFrameMs: number;
  /** From setting currentTime to a frame of that time, one for each place. */
  readonly seekMs: readonly number[];
  /** Waits in `playSeconds` of playing from the start. */
  readonly stalls: number;
}

export interface WatchTask {
  readonly contender: Contender;
  /** The video's address, without `/content`. */
  readonly address: string;
  readonly playSeconds: number;
  /** Shares of the duration, 0 to 1. */
  readonly seekTo: readonly number[];
}

interface Shown {
  readonly element: HTMLElement;
  readonly video: HTMLVideoElement;
}

const LIMIT_MS = 60_000;

async function watch({ contender, address, playSeconds, seekTo }: WatchTask): Promise<WatchTimes> {
  const startedAtMs = performance.now();
  const shown = contender === 'player' ? player(address) : plain(address);
  const { video } = shown;
  await frame(video);
  const firstFrameMs = performance.now() - startedAtMs;
  const stalls = await stallsIn(video, playSeconds);
  video.pause();
  const seekMs: number[] = [];
  for (const share of seekTo) seekMs.push(await seek(video, share * video.duration));
  shown.element.remove();
  return { firstFrameMs, seekMs, stalls };
}

function player(address: string): Shown {
  const element: SoftwareSwitchPlayer = document.createElement('software-switch-player');
  element.setAttribute('noresume', '');
  element.muted = true;
  element.autoplay = true;
  document.body.append(element);
  element.src = address;
  return { element, video: element.nativeEl };
}

function plain(address: string): Shown {
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  document.body.append(video);
  video.src = `${address}/content`;
  return { element: video, video };
}

function frame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`No frame within ${LIMIT_MS} ms.`)), LIMIT_MS);
    video.requestVideoFrameCallback(() => {
      clearTimeout(late);
      resolve();
    });
  });
}

/** `waiting` in mid-play: what comes before the first `playing` is starting. */
async function stallsIn(video: HTMLVideoElement, seconds: number): Promise<number> {
  let stalls = 0;
  const count = (): void => { if (!video.seeking) stalls += 1; };
  const from = video.currentTime;
  video.addEventListener('waiting', count);
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${seconds} s of playing took more than ${LIMIT_MS} ms.`)), LIMIT_MS);
    video.addEventListener('timeupdate', () => {
      if (video.currentTime - from < seconds) return;
      clearTimeout(late);
      resolve();
    });
  });
  video.removeEventListener('waiting', count);
  return stalls;
}

async function seek(video: HTMLVideoElement, seconds: number): Promise<number> {
  const startedAtMs = performance.now();
  const shown = frame(video);
  video.currentTime = seconds;
  await shown;
  return performance.now() - startedAtMs;
}

Object.assign(globalThis, { watch });
