/** Figures and sizes as people read them. */
import type { Spread } from '../../test/bench/bench.ts';

/** Three digits that count. What JSON has no number for never came to its end. */
export function shown(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return 'never';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)) + 1e-9));
  const rounded = Number(value.toFixed(Math.min(digits, 4)));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 4 });
}

/** With the range beside it where there was more than one sample. */
export function shownSpread({ median, min, max, count }: Spread): string {
  return count > 1 ? `${shown(median)} (${shown(min)}–${shown(max)})` : shown(median);
}

/** As text: `2 GB`, `500 MB`. */
export function shownBytes(bytes: number): string {
  const [step, unit] = ([[1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']] as const).find(([least]) => bytes >= least) ?? [1, 'B'];
  return `${shown(Number((bytes / step).toPrecision(2)))} ${unit}`;
}
