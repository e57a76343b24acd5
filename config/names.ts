/** The names a setting goes by, and the nearest right one to a wrong one. */
import { SETTINGS, type SettingName } from './schema.ts';

export const ENV_PREFIX = 'SWITCH_';

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

/** `cdnMaxStreams` -> `SWITCH_CDN_MAX_STREAMS`. */
export function envName(name: SettingName): string {
  return ENV_PREFIX + name.replaceAll(/[A-Z]/g, '_$&').toUpperCase();
}

/** `cdnMaxStreams` -> `cdn-max-streams`. A secret's flag names a file that holds it. */
export function flagName(name: SettingName): string {
  const flag = name.replaceAll(/[A-Z]/g, '-$&').toLowerCase();
  return SETTINGS[name].secret ? `${flag}-file` : flag;
}

/** The candidate that needs the fewest edits, when that is few enough to be a slip of the finger. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestEdits = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < bestEdits) [best, bestEdits] = [candidate, edits];
  }
  return best;
}

/** Levenshtein, one row at a time. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [index, character] of [...left].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...right].entries()) {
      const replaced = (row[column] ?? 0) + (character === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
