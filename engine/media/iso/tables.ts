/**
 * The tables of frames of one track of an ISO file, as they lie in it: whether they are whole, and where their entries are.
 *
 * Source: ISO/IEC 14496-12, sections 8.6.1 (stts, ctts), 8.6.2 (stss), 8.7 (stsz, stsc, stco, co64).
 */
import { type Box, boxesIn } from './boxes.ts';

/** More than a day of pictures or sound has; what claims more (samples of plain sound, one by one) is not read here. */
const MAX_SAMPLES = 5_000_000;

/** The boxes in a track's stbl, by type. */
export interface Tables {
  readonly view: DataView;
  readonly boxes: ReadonlyMap<string, Box>;
}

export interface Entries {
  /** Where the first one is. */
  readonly at: number;
  readonly count: number;
}

/** null when the track has no such table, or less of it than it says. */
export function entriesOf({ view, boxes }: Tables, type: string, entryBytes: number): Entries | null {
  const box = boxes.get(type);
  if (box === undefined || box.end < box.inside + 8) return null;
  const count = view.getUint32(box.inside + 4);
  return box.end < box.inside + 8 + count * entryBytes ? null : { at: box.inside + 8, count };
}

export function tablesIn(view: DataView, stbl: Box): Tables {
  return { view, boxes: new Map(boxesIn(view, stbl.inside, stbl.end).map((box) => [box.type, box])) };
}

/** How many frames the tables tell of; null when they do not fit one another, or are not of the kinds that are read here. */
export function sampleCount(tables: Tables): number | null {
  const { view, boxes } = tables;
  const sizes = boxes.get('stsz');
  const chunks = entriesOf(tables, 'stco', 4) ?? entriesOf(tables, 'co64', 8);
  const runs = entriesOf(tables, 'stsc', 12);
  const times = entriesOf(tables, 'stts', 8);
  if (sizes === undefined || sizes.end < sizes.inside + 12 || chunks === null || runs === null || times === null) return null;
  if (boxes.has('ctts') && entriesOf(tables, 'ctts', 8) === null || boxes.has('stss') && entriesOf(tables, 'stss', 4) === null) return null;
  const count = view.getUint32(sizes.inside + 8);
  if (count > MAX_SAMPLES) return null;
  if (view.getUint32(sizes.inside + 4) === 0 && sizes.end < sizes.inside + 12 + 4 * count) return null;
  // The table of times is cut after its first entry for whoever looks at a short movie, so that one must have frames.
  if (count > 0 && (times.count === 0 || view.getUint32(times.at) === 0)) return null;
  let timed = 0;
  for (let entry = 0; entry < times.count; entry += 1) timed += view.getUint32(times.at + 8 * entry);
  return timed === count && placedCount(view, runs, chunks.count) >= count ? count : null;
}

/** How many frames the chunks hold. */
function placedCount(view: DataView, runs: Entries, chunkCount: number): number {
  let placed = 0;
  for (let run = 0; run < runs.count; run += 1) {
    const first = view.getUint32(runs.at + 12 * run) - 1;
    const next = run + 1 < runs.count ? view.getUint32(runs.at + 12 * (run + 1)) - 1 : chunkCount;
    if (run === 0 && first !== 0 || next < first || next > chunkCount) return -1;
    placed += (next - first) * view.getUint32(runs.at + 12 * run + 4);
  }
  return placed;
}
