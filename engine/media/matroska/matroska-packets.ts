/** The frames of one track of a Matroska or WebM file, from the last key frame before a time on. */
import { readBlocks } from './block-reader.ts';
import type { Block, BlockReadOptions } from './block-reader.ts';
import { clusterOfTime } from './find-cluster.ts';
import { frameSeconds } from './frame-seconds.ts';
import { withDurations } from './frame-durations.ts';
import type { UntimedFrame } from './frame-durations.ts';
import type { SegmentIndex, SegmentTrack } from './segment-index.ts';
import { MediaError } from '../media-error.ts';
import type { MediaPacket, PacketOptions } from '../media-packet.ts';
import type { UnitReader } from '../unit-reader.ts';

export interface MatroskaTrack {
  readonly units: UnitReader;
  readonly index: SegmentIndex;
  readonly track: SegmentTrack;
  readonly kind: 'video' | 'audio';
}

export async function* matroskaPackets(of: MatroskaTrack, options: PacketOptions): AsyncGenerator<MediaPacket, void, undefined> {
  const nominalSeconds = of.track.defaultDurationSeconds ?? frameSeconds(of.track);
  const frames = framesOf(of, startingWithKey(of, options), nominalSeconds);
  yield* withDurations(frames, { isReordered: of.kind === 'video', nominalSeconds, secondsPerTick: of.index.secondsPerTick });
}

/** Times of all key frames that the cues name; null when there are none of this track. */
export function cueSeconds(index: SegmentIndex, track: number): readonly number[] | null {
  const times = index.cues.filter((cue) => cue.track === track).map(({ seconds }) => seconds);
  return times.length === 0 ? null : [...new Set(times)];
}

interface Start {
  readonly clusterStart: number;
  readonly relativePosition: number | null;
  /** The first key frame from there on is the wanted one. */
  readonly isExact: boolean;
}

async function findStart(of: MatroskaTrack, seconds: number, options: BlockReadOptions): Promise<Start> {
  const { index, track } = of;
  const first = { clusterStart: index.firstCluster, relativePosition: null, isExact: false };
  // Cues are rounded to ticks.
  const before = index.cues.filter((cue) => cue.seconds <= seconds + index.secondsPerTick / 2);
  const own = before.findLast((cue) => cue.track === track.number);
  if (own !== undefined && of.kind === 'video') return { clusterStart: own.clusterStart, relativePosition: own.relativePosition, isExact: true };
  if (index.cues.length > 0) return { ...first, clusterStart: before.at(-1)?.clusterStart ?? index.firstCluster };
  const found = await clusterOfTime(of.units, index, seconds, options);
  return { ...first, clusterStart: found.start };
}

/** Blocks from the wanted key frame on. Where the place is not exact, what comes before the time is walked through first. */
async function* startingWithKey(of: MatroskaTrack, packetOptions: PacketOptions): AsyncGenerator<Block, void, undefined> {
  const { signal, onWait, fromSeconds } = packetOptions;
  const options: BlockReadOptions = { signal, onWait, track: of.track.number };
  const { units, index } = of;
  let start = await findStart(of, fromSeconds, options);
  let stepSeconds = 4;
  while (!start.isExact) {
    const key = await lastKeyBefore(of, start.clusterStart, fromSeconds, options);
    if (key !== null) {
      start = { clusterStart: key.clusterStart, relativePosition: null, isExact: true };
      yield* from(readBlocks(units, { clusterStart: key.clusterStart, end: index.end }, options), key.start);
      return;
    }
    if (start.clusterStart <= index.firstCluster) break;
    const earlier = await clusterOfTime(units, index, fromSeconds - stepSeconds, options);
    stepSeconds *= 2;
    start = { ...start, clusterStart: earlier.start < start.clusterStart ? earlier.start : index.firstCluster };
  }
  let isStarted = false;
  for await (const block of readBlocks(units, { ...start, end: index.end }, options)) {
    isStarted ||= block.isKey;
    if (isStarted) yield block;
  }
}

async function* from(blocks: AsyncGenerator<Block, void, undefined>, start: number): AsyncGenerator<Block, void, undefined> {
  for await (const block of blocks) if (block.start >= start) yield block;
}

async function lastKeyBefore(
  of: MatroskaTrack, clusterStart: number, seconds: number, options: BlockReadOptions,
): Promise<{ readonly start: number; readonly clusterStart: number } | null> {
  let last: number | null = null;
  for await (const block of readBlocks(of.units, { clusterStart, end: of.index.end }, options)) {
    if (block.ticks * of.index.secondsPerTick > seconds + of.index.secondsPerTick / 2) break;
    if (block.isKey) last = block.start;
  }
  return last === null ? null : { start: last, clusterStart };
}

async function* framesOf(of: MatroskaTrack, blocks: AsyncGenerator<Block, void, undefined>, nominalSeconds: number | null): AsyncGenerator<UntimedFrame, void, undefined> {
  const { secondsPerTick } = of.index;
  if (!of.track.isPlain) throw new MediaError('not-playable', `Track ${of.track.number} is compressed or encrypted inside its Matroska file.`);
  for await (const block of blocks) {
    const lasting = block.durationTicks * secondsPerTick;
    const step = nominalSeconds ?? (lasting > 0 ? lasting / block.frames.length : 0);
    for (const [at, frame] of block.frames.entries()) {
      yield {
        bytes: withHeader(of.track.strippedHeader, frame),
        isKey: block.isKey,
        presentationSeconds: block.ticks * secondsPerTick + at * step,
        durationSeconds: block.frames.length === 1 ? lasting : step,
        fileStart: block.start,
        fileEnd: block.end,
      };
    }
  }
}

function withHeader(header: Uint8Array, frame: Uint8Array): Uint8Array {
  if (header.length === 0) return frame;
  const whole = new Uint8Array(header.length + frame.length);
  whole.set(header);
  whole.set(frame, header.length);
  return whole;
}
