/**
 * How numbers look, everywhere. Sizes are decimal (1 GB = 1,000,000,000 bytes), as disks are sold; rates are in Mb/s and
 * never change their unit, so that a changing number does not jump.
 */

const SIZE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

function unitOf(bytes: number): number {
  if (bytes < 1000) return 0;
  return Math.min(SIZE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
}

/** As finely as `scaleBytes` deserves; a part is shown as finely as its whole. */
function inUnit(bytes: number, unit: number, scaleBytes: number): string {
  const scale = scaleBytes / 1000 ** unit;
  const format = unit === 0 ? whole : unit < 3 ? (scale < 10 ? oneDigit : whole) : scale < 10 ? twoDigits : scale < 100 ? oneDigit : whole;
  return format.format(bytes / 1000 ** unit);
}

/** `1.42 GB`, `318 MB`, `8.4 MB`, `950 bytes`. */
export function size(bytes: number): string {
  const unit = unitOf(bytes);
  return `${inUnit(bytes, unit, bytes)} ${SIZE_UNITS[unit] ?? ''}`;
}

/** `0.41 of 1.42 GB`: the part in the unit of the whole, so that the unit stays put while the part grows. */
export function sizeOf(partBytes: number, wholeBytes: number): string {
  const unit = unitOf(wholeBytes);
  return `${inUnit(partBytes, unit, wholeBytes)} of ${inUnit(wholeBytes, unit, wholeBytes)} ${SIZE_UNITS[unit] ?? ''}`;
}

/** `84 Mb/s`, `4.2 Mb/s`. */
export function rate(mbps: number): string {
  return `${(mbps < 9.95 ? oneDigit : whole).format(Math.max(0, mbps))} Mb/s`;
}

export function count(value: number): string {
  return whole.format(value);
}

/** `43 %`; never 100 before it is all there. */
export function percent(part: number, total: number): string {
  if (total <= 0) return '0 %';
  return `${part >= total ? 100 : Math.min(99, Math.floor((part / total) * 100))} %`;
}

export function milliseconds(ms: number | null): string {
  return ms === null ? '–' : `${whole.format(ms)} ms`;
}
