/** Finds clusters without an index: by their id, from anywhere in the file, and the one of a time by guessing from the times of others. */
import { elementAt, ID, unsigned } from './ebml.ts';
import type { SegmentIndex } from './segment-index.ts';
import { UNIT_BYTES } from '../unit-reader.ts';
import type { UnitReader, UnitReadOptions } from '../unit-reader.ts';

/** A cluster is a few megabytes at most. Further off, it is no file that could be played. */
const MAX_SCAN_BYTES = 64 * 1024 * 1024;
const ID_BYTES = [0x1f, 0x43, 0xb6, 0x75];
const MAX_GUESSES = 16;
/** From here on, walking is as good as guessing. */
const NEAR_SECONDS = 2;
const NEAR_BYTES = 2 * UNIT_BYTES;
const TAIL_BYTES = 1024 * 1024;

export interface FoundCluster {
  readonly start: number;
  readonly ticks: number;
}

/** The first cluster that begins at or after `position`. */
export async function findCluster(units: UnitReader, position: number, end: number, options: UnitReadOptions): Promise<FoundCluster | null> {
  const limit = Math.min(end, position + MAX_SCAN_BYTES);
  for (let at = position; at < limit;) {
    const windowEnd = Math.min((Math.floor(at / UNIT_BYTES) + 1) * UNIT_BYTES + ID_BYTES.length - 1, end);
    const window = await units.read(at, windowEnd, options);
    for (let index = window.indexOf(ID_BYTES[0] ?? 0); index >= 0; index = window.indexOf(ID_BYTES[0] ?? 0, index + 1)) {
      if (!ID_BYTES.every((byte, offset) => window[index + offset] === byte)) continue;
      const found = await clusterAt(units, at + index, options);
      if (found !== null) return found;
    }
    if (windowEnd >= end) return null;
    at = windowEnd - ID_BYTES.length + 1;
  }
  return null;
}

/** Four bytes may look like an id by chance; a time right after them hardly does. */
async function clusterAt(units: UnitReader, position: number, options: UnitReadOptions): Promise<FoundCluster | null> {
  const cluster = await elementAt(units, position, options.signal, options.onWait);
  if (cluster?.id !== ID.cluster) return null;
  let child = await elementAt(units, cluster.dataStart, options.signal, options.onWait);
  if (child?.id === ID.crc32 && child.dataEnd !== null) child = await elementAt(units, child.dataEnd, options.signal, options.onWait);
  if (child?.id !== ID.timestamp || child.dataEnd === null || child.dataEnd - child.dataStart > 8 || child.dataEnd > units.sizeBytes) return null;
  return { start: position, ticks: unsigned(await units.read(child.dataStart, child.dataEnd, options)) };
}

/** A cluster that begins at or before the time and not far before it; the first one when all begin later. */
export async function clusterOfTime(units: UnitReader, index: SegmentIndex, seconds: number, options: UnitReadOptions): Promise<FoundCluster> {
  const target = seconds / index.secondsPerTick;
  const nearTicks = NEAR_SECONDS / index.secondsPerTick;
  let low = await findCluster(units, index.firstCluster, index.end, options) ?? { start: index.firstCluster, ticks: 0 };
  const last = await lastCluster(units, index, options) ?? low;
  if (target >= last.ticks) return last;
  let high = last;
  for (let guess = 0; guess < MAX_GUESSES && target - low.ticks > nearTicks && high.start - low.start > NEAR_BYTES; guess += 1) {
    // After some guesses by the rate in between, halves: the rate may be very uneven.
    const share = guess < 6 ? (target - nearTicks / 2 - low.ticks) / Math.max(1, high.ticks - low.ticks) : 0.5;
    const position = low.start + Math.floor((high.start - low.start) * Math.min(0.99, Math.max(0.01, share)));
    const found = await findCluster(units, position, high.start, options);
    if (found !== null && found.ticks <= target) low = found;
    else high = { start: position, ticks: found?.ticks ?? high.ticks };
  }
  return low;
}

/** The last one, looked for in ever longer tails. */
export async function lastCluster(units: UnitReader, index: SegmentIndex, options: UnitReadOptions): Promise<FoundCluster | null> {
  for (let tail = TAIL_BYTES; ; tail *= 4) {
    const from = Math.max(index.firstCluster, index.end - tail);
    let last: FoundCluster | null = null;
    for (let found = await findCluster(units, from, index.end, options); found !== null; found = await findCluster(units, found.start + 1, index.end, options)) last = found;
    if (last !== null || from === index.firstCluster || tail > MAX_SCAN_BYTES) return last;
  }
}
