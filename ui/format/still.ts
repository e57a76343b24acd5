/**
 * A calm still for a video without a poster: six rows of bands, woven from its content id, so that the same bytes look the
 * same everywhere. It shows nothing about the picture and does not pretend to.
 */

const ROWS = 6;
/** Hex digits a row takes: three cuts, four tones and a shift. */
const DIGITS = 8;

/** A CSS `background-image` of one layer a row. Needs {@link STILL_SIZE} and {@link stillPosition}. */
export function stillImage(contentId: string): string {
  const digit = (at: number): number => Number.parseInt(contentId.charAt(at % contentId.length), 16);
  const hue = Math.round(((digit(60) * 256 + digit(61) * 16 + digit(62)) / 4096) * 360);
  return Array.from({ length: ROWS }, (_, row) => {
    const at = row * DIGITS;
    const cuts = [10 + digit(at) * 1.4, 36 + digit(at + 1) * 1.6, 66 + digit(at + 2) * 1.6];
    const bands = [0, 1, 2, 3].map((band) => {
      const tone = digit(at + 3 + band) / 15;
      const from = band === 0 ? 0 : cuts[band - 1];
      const to = band === 3 ? 100 : cuts[band];
      return `${shade(hue + (digit(at + 7) - 8) * 2, tone)} ${from}% ${to}%`;
    });
    return `linear-gradient(90deg, ${bands.join(', ')})`;
  }).join(', ');
}

/** Both themes in one value: pale on light, deep on dark, little colour in either. */
function shade(hue: number, tone: number): string {
  const light = (96 - tone * 12).toFixed(1);
  const dark = (23 + tone * 17).toFixed(1);
  return `light-dark(oklch(${light}% ${(0.008 + tone * 0.03).toFixed(3)} ${hue}), oklch(${dark}% ${(0.01 + tone * 0.034).toFixed(3)} ${hue}))`;
}

/** A little more than a row's share: rounded heights would leave hairlines between rows. */
export const STILL_SIZE = `100% ${(102 / ROWS).toFixed(4)}%`;

export const STILL_POSITION = Array.from({ length: ROWS }, (_, row) => `0 ${((row / (ROWS - 1)) * 100).toFixed(4)}%`).join(', ');
