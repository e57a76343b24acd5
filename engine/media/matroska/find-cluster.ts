/** Without cues: the cluster of a time, and how long the file is. */
import { readBlocks } from './block-reader.ts';
import { findCluster } from './cluster-scan.ts';
import type { SegmentIndex } from './segment-index.ts';
import { inTail, markBefore } from '../byte-search.ts';
import type { Mark } from '../byte-search.ts';
import type { UnitReader, UnitReadOptions } from '../unit-reader.ts';

const NEAR_SECONDS = 2;
/** To find a time, a cluster near the end has to be found; to tell the duration, not at any price. */
const MAX_TAIL_BYTES = 64 * 1024 * 1024;
const MAX_DURATION_TAIL_BYTES = 8 * 1024 * 1024;

/** A cluster that begins at or before the time and not far before it; the first one when all begin later. */
export async function clusterOfTime(units: UnitReader, index: SegmentIndex, seconds: number, options: UnitReadOptions): Promise<Mark> {
  const ticks = seconds / index.secondsPerTick;
  const find = async (position: number, end: number): Promise<Mark | null> => await findCluster(units, position, end, options);
  const low = await find(index.firstCluster, index.end) ?? { start: index.firstCluster, time: 0 };
  const high = await inTail(index.firstCluster, index.end, MAX_TAIL_BYTES, async (from) => await find(from, index.end)) ?? low;
  return ticks >= high.time ? high : await markBefore(ticks, low, high, NEAR_SECONDS / index.secondsPerTick, find);
}

/** The end of the last block; null when it would take long to find. */
export async function tailSeconds(units: UnitReader, index: SegmentIndex, options: UnitReadOptions): Promise<number | null> {
  const cluster = await inTail(index.firstCluster, index.end, MAX_DURATION_TAIL_BYTES, async (from) => await findCluster(units, from, index.end, options));
  if (cluster === null) return null;
  let end = 0;
  for (const { number, defaultDurationSeconds } of index.tracks.values()) {
    for await (const block of readBlocks(units, { clusterStart: cluster.start, end: index.end }, { ...options, track: number })) {
      end = Math.max(end, (block.ticks + block.durationTicks) * index.secondsPerTick + (block.durationTicks > 0 ? 0 : defaultDurationSeconds ?? 0));
    }
  }
  return end;
}
