/** Where one stopped, per content, in this browser. A page that may keep nothing simply starts at the beginning. */

const KEY = 'software-switch-player.places';
/** Some 20 KB of the 5 MB that a site has. */
const MOST_PLACES = 200;
/** Nobody minds seeing this much again, and who stopped so early was looking around. */
const NOT_IN_THE_FIRST_SECONDS = 10;
/** The credits. */
const NOT_IN_THE_LAST_SHARE = 0.05;

type Place = readonly [contentId: string, seconds: number];

/** Null where the browser forbids it. */
function storage(): Storage | null {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}

/** Seconds; null where nothing is kept. */
export function rememberedPlace(contentId: string): number | null {
  return places().find(([id]) => id === contentId)?.[1] ?? null;
}

/** Keeps the place, the newest first; at the very beginning and near the end it forgets it. */
export function rememberPlace(contentId: string, seconds: number, durationSeconds: number): void {
  const worthIt = seconds >= NOT_IN_THE_FIRST_SECONDS && seconds < durationSeconds * (1 - NOT_IN_THE_LAST_SHARE);
  const others = places().filter(([id]) => id !== contentId);
  keep(worthIt ? [[contentId, Math.floor(seconds)], ...others] : others);
}

function places(): Place[] {
  try {
    const kept: unknown = JSON.parse(storage()?.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isPlace) : [];
  } catch {
    return [];
  }
}

function keep(list: readonly Place[]): void {
  try {
    storage()?.setItem(KEY, JSON.stringify(list.slice(0, MOST_PLACES)));
  } catch {
    // Full: the place is not kept, and playing goes on.
  }
}

function isPlace(value: unknown): value is Place {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && Number.isFinite(value[1]);
}
