/** A poster from a video that is being watched: looks now and then, until a frame shows something. */
import { putPoster } from '../api/client.ts';
import type { Video } from '../api/video.ts';
import { isWorthShowing } from './frame-light.ts';
import { lightOf, pictureOf } from './poster-picture.ts';

/** Openings are black, then titles. */
const FIRST_LOOK_SECONDS = 5;
const LOOK_EVERY_MS = 4_000;
const MAX_LOOKS = 30;

/** Answers the video as it is with its poster; null when no frame was worth it, or the signal came. */
export async function posterFromPlayback(contentId: string, video: HTMLVideoElement, signal: AbortSignal): Promise<Video | null> {
  for (let look = 0; look < MAX_LOOKS && !signal.aborted; look += 1) {
    await pause(LOOK_EVERY_MS, signal);
    if (!(video.currentTime >= Math.min(FIRST_LOOK_SECONDS, video.duration / 2))) continue;
    const light = lightOf(video);
    if (light === null || !isWorthShowing(light)) continue;
    const picture = await pictureOf(video);
    if (picture === null || signal.aborted) return null;
    return putPoster(contentId, picture);
  }
  return null;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((go) => {
    const timer = setTimeout(go, ms);
    signal.addEventListener('abort', () => { clearTimeout(timer); go(); }, { once: true });
  });
}
