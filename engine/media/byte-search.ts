/** Finds places in files without an index: a pattern from anywhere on, and the place of a time by guessing from the times of others. */
import { UNIT_BYTES } from './unit-reader.ts';
import type { UnitReader, UnitReadOptions } from './unit-reader.ts';

/** A place in the file, and when it is; in whatever the file counts time in. */
export interface Mark {
  readonly start: number;
  readonly time: number;
}

/** What is looked for comes every few megabytes. Further off, it is no file that could be played. */
const MAX_SCAN_BYTES = 64 * 1024 * 1024;
const FIRST_TAIL_BYTES = 1024 * 1024;
const MAX_GUESSES = 16;
/** After so many guesses by the rate in between, halves: the rate may be very uneven. */
const GUESSES_BY_RATE = 6;
/** From here on, walking is as good as guessing. */
const NEAR_BYTES = 2 * UNIT_BYTES;

/** The first place at or after `position` where the pattern is, and `check` agrees. */
export async function findPattern<T>(
  units: UnitReader, pattern: readonly number[], range: { readonly position: number; readonly end: number }, options: UnitReadOptions,
  check: (position: number) => Promise<T | null>,
): Promise<T | null> {
  const [first = 0] = pattern;
  const limit = Math.min(range.end, range.position + MAX_SCAN_BYTES);
  for (let at = range.position; at < limit;) {
    const windowEnd = Math.min((Math.floor(at / UNIT_BYTES) + 1) * UNIT_BYTES + pattern.length - 1, range.end);
    const window = await units.read(at, windowEnd, options);
    for (let index = window.indexOf(first); index >= 0; index = window.indexOf(first, index + 1)) {
      if (!pattern.every((byte, offset) => window[index + offset] === byte)) continue;
      const found = await check(at + index);
      if (found !== null) return found;
    }
    if (windowEnd >= range.end) return null;
    at = windowEnd - pattern.length + 1;
  }
  return null;
}

/** What `find` finds first in the tail of the file, looked for in ever longer tails. */
export async function inTail<T>(start: number, end: number, maxBytes: number, find: (position: number) => Promise<T | null>): Promise<T | null> {
  for (let tail = FIRST_TAIL_BYTES; ; tail *= 4) {
    const from = Math.max(start, end - tail);
    const found = await find(from);
    if (found !== null || from === start || tail >= maxBytes) return found;
  }
}

/** The last mark found at or before the time, from marks on both sides of it; not far before it, if there are that many. */
export async function markBefore(
  time: number, low: Mark, high: Mark, nearTime: number, find: (position: number, end: number) => Promise<Mark | null>,
): Promise<Mark> {
  let before = low;
  let after = high;
  for (let guess = 0; guess < MAX_GUESSES && time - before.time > nearTime && after.start - before.start > NEAR_BYTES; guess += 1) {
    const share = guess < GUESSES_BY_RATE ? (time - nearTime / 2 - before.time) / Math.max(Number.EPSILON, after.time - before.time) : 0.5;
    const position = before.start + Math.floor((after.start - before.start) * Math.min(0.99, Math.max(0.01, share)));
    const found = await find(position, after.start);
    if (found !== null && found.time <= time) before = found;
    else after = { start: position, time: found?.time ?? after.time };
  }
  return before;
}
