/**
 * Walks the blocks of a Matroska file from a cluster on, one at a time: a library that takes a whole cluster (five seconds, several
 * megabytes) would have the first picture wait for all of it.
 */
import { elementAt, ID, parseVint, SEGMENT_PARTS, unsigned } from './ebml.ts';
import type { Element } from './ebml.ts';
import { findCluster } from './cluster-scan.ts';
import { unlace } from './lacing.ts';
import { MediaError } from '../media-error.ts';
import type { UnitReader } from '../unit-reader.ts';

/** Track number, time and flags. */
const MAX_BLOCK_HEAD_BYTES = 11;
const KEY_FLAG = 0x80;
const LACING_FLAGS = 0x06;

export interface BlockReadOptions {
  readonly signal: AbortSignal;
  readonly onWait?: () => void;
  /** The data of other tracks is passed over. */
  readonly track: number;
}

/** A block of the track, its frames in file order. */
export interface Block {
  /** Since the segment's start. */
  readonly ticks: number;
  readonly isKey: boolean;
  /** 0 when not said. */
  readonly durationTicks: number;
  readonly frames: readonly Uint8Array[];
  readonly start: number;
  readonly end: number;
}

interface BlockPlace {
  readonly dataStart: number;
  readonly dataEnd: number;
  readonly isKey: boolean | null;
  readonly durationTicks: number;
}

/** From the cluster at `clusterStart`, if given from the block at `relativePosition` of its data on, to the end of the segment. */
export async function* readBlocks(
  units: UnitReader, from: { readonly clusterStart: number; readonly relativePosition?: number | null; readonly end: number }, options: BlockReadOptions,
): AsyncGenerator<Block, void, undefined> {
  let position = from.clusterStart;
  let skip = from.relativePosition ?? null;
  while (position < from.end) {
    const part = await elementAt(units, position, options.signal, options.onWait);
    if (part === null || part.id === ID.ebml || part.id === ID.segment) return;
    if (part.id === ID.cluster) {
      position = yield* readCluster(units, part, skip, from.end, options);
      skip = null;
    } else if ((SEGMENT_PARTS.has(part.id) || part.id === ID.void || part.id === ID.crc32) && part.dataEnd !== null) {
      position = part.dataEnd;
    } else {
      const next = await findCluster(units, position + 1, from.end, options);
      if (next === null) return;
      position = next.start;
    }
  }
}

async function* readCluster(
  units: UnitReader, cluster: Element, skip: number | null, segmentEnd: number, options: BlockReadOptions,
): AsyncGenerator<Block, number, undefined> {
  const end = Math.min(cluster.dataEnd ?? segmentEnd, segmentEnd);
  let position = cluster.dataStart;
  let clusterTicks: number | null = null;
  while (position < end) {
    const child = await elementAt(units, position, options.signal, options.onWait);
    // Some clusters are shorter than they say, and some do not say.
    if (child === null || SEGMENT_PARTS.has(child.id) || child.id === ID.ebml) return position;
    if (child.dataEnd === null || child.dataEnd > segmentEnd) return segmentEnd;
    position = child.dataEnd;
    if (child.id === ID.timestamp) {
      clusterTicks = unsigned(await units.read(child.dataStart, child.dataEnd, options));
      if (skip !== null && cluster.dataStart + skip > position) position = cluster.dataStart + skip;
      skip = null;
    } else if (child.id === ID.simpleBlock || child.id === ID.blockGroup) {
      if (clusterTicks === null) throw new MediaError('damaged', `The cluster at byte ${cluster.start} has no time.`);
      const place = child.id === ID.simpleBlock
        ? { dataStart: child.dataStart, dataEnd: child.dataEnd, isKey: null, durationTicks: 0 }
        : await readGroup(units, child.dataStart, child.dataEnd, options);
      const block = place === null ? null : await readBlock(units, place, clusterTicks, options);
      if (block !== null) yield { ...block, start: child.start, end: child.dataEnd };
    }
  }
  return position;
}

async function readGroup(units: UnitReader, start: number, end: number, options: BlockReadOptions): Promise<BlockPlace | null> {
  let block: Element | null = null;
  let isKey = true;
  let durationTicks = 0;
  for (let position = start; position < end;) {
    const child = await elementAt(units, position, options.signal, options.onWait);
    if (child === null || child.dataEnd === null || child.dataEnd > end) break;
    if (child.id === ID.block) block = child;
    if (child.id === ID.referenceBlock) isKey = false;
    if (child.id === ID.blockDuration) durationTicks = unsigned(await units.read(child.dataStart, child.dataEnd, options));
    position = child.dataEnd;
  }
  return block?.dataEnd === undefined || block.dataEnd === null ? null : { dataStart: block.dataStart, dataEnd: block.dataEnd, isKey, durationTicks };
}

async function readBlock(units: UnitReader, place: BlockPlace, clusterTicks: number, options: BlockReadOptions): Promise<Omit<Block, 'start' | 'end'> | null> {
  const head = await units.read(place.dataStart, Math.min(place.dataStart + MAX_BLOCK_HEAD_BYTES, place.dataEnd), options);
  const track = parseVint(head, 0);
  if (track === null || track.value !== options.track || head.length < track.length + 3) return null;
  const relativeTicks = new DataView(head.buffer, head.byteOffset, head.byteLength).getInt16(track.length);
  const flags = head[track.length + 2] ?? 0;
  const data = await units.read(place.dataStart + track.length + 3, place.dataEnd, options);
  return {
    ticks: clusterTicks + relativeTicks,
    isKey: place.isKey ?? (flags & KEY_FLAG) !== 0,
    durationTicks: place.durationTicks,
    frames: unlace((flags & LACING_FLAGS) >> 1, data),
  };
}
