/** Times of cues, as people write them: with and without hours, a comma or a dot before the fraction. */

const TIME = /^(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,:](\d{1,3})\d*)?$/;

/** null when it is no time. */
export function parseTimeMs(text: string): number | null {
  const found = TIME.exec(text.trim());
  if (found === null) return null;
  const [, hours = '0', minutes = '0', seconds = '0', fraction = '0'] = found;
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'));
}

/** `00:00:01.500`. */
export function writeTime(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  return `${two(whole / 3_600_000)}:${two((whole / 60_000) % 60)}:${two((whole / 1000) % 60)}.${String(whole % 1000).padStart(3, '0')}`;
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
