/** Draws the frame that a `<video>` shows now: small for looking at its light, and as the picture that is sent. */
import { frameLight, type FrameLight } from './frame-light.ts';

/** Twice a card's width on most screens, and what the player shows before it plays. */
const WIDTHS = [640, 480, 320] as const;
/** A list of fifty is then a few megabytes at most. */
const MAX_POSTER_BYTES = 100_000;
const SAMPLE = { width: 48, height: 27 } as const;

/** The first that fits is taken. Browsers without WebP give PNG instead, and JPEG is asked for. */
const ENCODINGS: readonly (readonly [type: string, quality: number])[] = [
  ['image/webp', 0.82], ['image/webp', 0.6], ['image/jpeg', 0.8], ['image/jpeg', 0.6], ['image/jpeg', 0.4],
];

/** null while there is no frame. */
export function lightOf(video: HTMLVideoElement): FrameLight | null {
  const drawn = draw(video, SAMPLE.width, SAMPLE.height, { willReadFrequently: true });
  if (drawn === null) return null;
  return frameLight(drawn.context.getImageData(0, 0, SAMPLE.width, SAMPLE.height).data);
}

/** null while there is no frame, or when no encoding of it is small enough. What is all noise is drawn smaller. */
export async function pictureOf(video: HTMLVideoElement): Promise<Blob | null> {
  if (video.videoWidth === 0 || video.videoHeight === 0) return null;
  for (const side of WIDTHS) {
    const picture = await pictureWithin(video, side);
    if (picture !== null) return picture;
  }
  return null;
}

async function pictureWithin(video: HTMLVideoElement, side: number): Promise<Blob | null> {
  const { videoWidth, videoHeight } = video;
  const scale = Math.min(1, side / videoWidth, side / videoHeight);
  const drawn = draw(video, Math.max(1, Math.round(videoWidth * scale)), Math.max(1, Math.round(videoHeight * scale)), {});
  if (drawn === null) return null;
  for (const [type, quality] of ENCODINGS) {
    const picture = await new Promise<Blob | null>((settle) => { drawn.canvas.toBlob(settle, type, quality); });
    if (picture?.type === type && picture.size <= MAX_POSTER_BYTES) return picture;
  }
  return null;
}

function draw(
  video: HTMLVideoElement, width: number, height: number, settings: CanvasRenderingContext2DSettings,
): { readonly canvas: HTMLCanvasElement; readonly context: CanvasRenderingContext2D } | null {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return null;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', settings);
  if (context === null) return null;
  context.drawImage(video, 0, 0, width, height);
  return { canvas, context };
}
