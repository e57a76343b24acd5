/** Posters for what this page uploaded: drawn one at a time after the upload, from the file that is still at hand. */
import { getVideo, putPoster } from '../api/client.ts';
import { replaceVideo } from '../state/library.ts';
import { posterOfFile } from './poster-of-file.ts';

/** A place that takes longer is on a disk or in a format that is not worth the wait. */
const DRAWN_WITHIN_MS = 30_000;
/** Files that wait; they are references, but a folder of thousands needs no end of them. */
const MAX_WAITING = 500;

interface Upload {
  readonly contentId: string;
  readonly file: File;
}

const waiting: Upload[] = [];
let isDrawing = false;

/** Never fails: a video without a poster is as good a video. */
export function drawPosterLater(upload: Upload): void {
  if (waiting.length >= MAX_WAITING) return;
  waiting.push(upload);
  if (!isDrawing) void drawAll();
}

async function drawAll(): Promise<void> {
  isDrawing = true;
  for (let upload = waiting.shift(); upload !== undefined; upload = waiting.shift()) {
    try {
      await drawPoster(upload);
    } catch (error) {
      // oxlint-disable-next-line no-console -- For who asks why a video has no poster; nobody else need know.
      console.debug(`No poster for ${upload.file.name}.`, error);
    }
  }
  isDrawing = false;
}

async function drawPoster({ contentId, file }: Upload): Promise<void> {
  const signal = AbortSignal.timeout(DRAWN_WITHIN_MS);
  if ((await getVideo(contentId, signal)).posterId !== null) return;
  const picture = await posterOfFile(file, signal);
  if (picture === null) {
    // oxlint-disable-next-line no-console -- For who asks why a video has no poster; nobody else need know.
    console.debug(`No poster for ${file.name}: this browser cannot play it, it took too long, or no small picture came of it.`);
    return;
  }
  replaceVideo(await putPoster(contentId, picture));
}
