/** How moments and spans of time look, everywhere. `now` is an argument, so that the words can be tested. */

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const AGES: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600_000], ['month', 2_629_800_000], ['week', 604_800_000], ['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000],
];

/** `3 days ago`. */
export function age(iso: string, nowMs: number): string {
  const passed = nowMs - Date.parse(iso);
  for (const [unit, ms] of AGES) if (passed >= ms) return relative.format(-Math.floor(passed / ms), unit);
  return 'just now';
}

/** `23 November 2026, 14:05`, in the reader's own way. */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'long', timeStyle: 'short' });
}

/** `2 h 05 min`, `4 min`, `12 s`: coarse, so that it does not flicker. */
export function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${Math.max(1, seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Since the start: `0:07`, `12:40`, `1:02:09`. */
export function sinceStart(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, at) => (at === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
