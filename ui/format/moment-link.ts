/** Moments in links to a video. player/content/moment.ts reads them. */

/** `45`, `1m30s`, `1h2m5s`. */
export function momentText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return String(whole);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${hours > 0 ? `${hours}h` : ''}${minutes}m${rest}s`;
}
