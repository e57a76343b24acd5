/** How much there is to see in a frame, from a small copy of it. Pure: RGBA bytes in, numbers out. */

export interface FrameLight {
  /** Mean of the luma (Rec. 709), 0 black to 255 white. */
  readonly mean: number;
  /** Standard deviation of the luma: 0 is one flat tone. */
  readonly spread: number;
}

/** Below the first nothing can be made out; below the second it is a fade, a card of one colour, or fog. */
const DARK_MEAN = 24;
const FLAT_SPREAD = 8;

export function frameLight(rgba: Uint8ClampedArray): FrameLight {
  const pixels = rgba.length / 4;
  if (pixels === 0) return { mean: 0, spread: 0 };
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    const luma = 0.2126 * (rgba[at] ?? 0) + 0.7152 * (rgba[at + 1] ?? 0) + 0.0722 * (rgba[at + 2] ?? 0);
    sum += luma;
    squares += luma * luma;
  }
  const mean = sum / pixels;
  return { mean, spread: Math.sqrt(Math.max(0, squares / pixels - mean * mean)) };
}

export function isWorthShowing({ mean, spread }: FrameLight): boolean {
  return mean >= DARK_MEAN && spread >= FLAT_SPREAD;
}

/** Of frames that all show little, the one that shows most. */
export function worth({ mean, spread }: FrameLight): number {
  return Math.min(mean, 255 - mean) + 2 * spread;
}
