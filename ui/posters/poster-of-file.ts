/** A poster from a file on this device: a hidden `<video>` looks at a few places, and the first that shows something is drawn. */
import { isWorthShowing, worth } from './frame-light.ts';
import { lightOf, pictureOf } from './poster-picture.ts';

/** Shares of the duration, in the order of the tries. A tenth in, the titles are over and the end is not given away. */
const PLACES = [0.1, 0.2, 0.04, 0.35, 0.5] as const;
/** Of a very long file the beginning tells enough, and is quicker to get at. */
const LATEST_SECONDS = 600;

/** null when this browser cannot play the file, or nothing came in time. The caller bounds the time by the signal. */
export async function posterOfFile(file: Blob, signal: AbortSignal): Promise<Blob | null> {
  const video = document.createElement('video');
  video.muted = true;
  video.preload = 'auto';
  video.playsInline = true;
  const address = URL.createObjectURL(file);
  try {
    video.src = address;
    if (!await happens(video, 'loadeddata', signal) || video.videoWidth === 0) return null;
    return await bestOf(video, signal);
  } finally {
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(address);
  }
}

async function bestOf(video: HTMLVideoElement, signal: AbortSignal): Promise<Blob | null> {
  const duration = Number.isFinite(video.duration) ? video.duration : 0;
  let best: { readonly worth: number; readonly seconds: number } | undefined;
  for (const place of PLACES) {
    const seconds = Math.min(LATEST_SECONDS * (place / PLACES[0]), duration * place);
    if (!await seek(video, seconds, signal)) break;
    const light = lightOf(video);
    if (light === null) continue;
    if (isWorthShowing(light)) return pictureOf(video);
    if (best === undefined || worth(light) > best.worth) best = { worth: worth(light), seconds };
  }
  if (best === undefined || !await seek(video, best.seconds, signal)) return null;
  return pictureOf(video);
}

async function seek(video: HTMLVideoElement, seconds: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  if (Math.abs(video.currentTime - seconds) < 0.01) return true;
  const arrived = happens(video, 'seeked', signal);
  video.currentTime = seconds;
  return arrived;
}

/** False when it failed or the signal came first. */
async function happens(video: HTMLVideoElement, event: 'loadeddata' | 'seeked', signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const waiting = new AbortController();
  try {
    return await new Promise<boolean>((settle) => {
      video.addEventListener(event, () => settle(true), { signal: waiting.signal });
      video.addEventListener('error', () => settle(false), { signal: waiting.signal });
      signal.addEventListener('abort', () => settle(false), { signal: waiting.signal });
    });
  } finally {
    waiting.abort();
  }
}
