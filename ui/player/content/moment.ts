/** A moment in a video as people write it in links. */

const UNITS = /^(?:(?<hours>\d+)h)?(?:(?<minutes>\d+)m)?(?:(?<seconds>\d+(?:\.\d+)?)s?)?$/;
const CLOCK = /^(?:(?<hours>\d+):)?(?<minutes>\d+):(?<seconds>\d{2}(?:\.\d+)?)$/;

/** Seconds from `90`, `90.5s`, `1h2m3s`, `2m`, `1:02:03` or `2:03`; null for anything else. */
export function parseMoment(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  const parts = trimmed === '' ? undefined : (UNITS.exec(trimmed) ?? CLOCK.exec(trimmed))?.groups;
  if (parts === undefined) return null;
  return Number(parts['hours'] ?? 0) * 3600 + Number(parts['minutes'] ?? 0) * 60 + Number(parts['seconds'] ?? 0);
}
