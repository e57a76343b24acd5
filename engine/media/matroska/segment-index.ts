/** What stands before (and beside) the clusters of a Matroska segment: the time scale, facts of tracks, and cues. RFC 9559. */
import { children, elementAt, float, ID, unsigned } from './ebml.ts';
import type { Element } from './ebml.ts';
import type { UnitReader } from '../unit-reader.ts';

/** Headers are kilobytes; cues of the longest films are a few megabytes. What says it is longer is damaged. */
const MAX_PART_BYTES = 64 * 1024 * 1024;
const MAX_PARTS = 64;
const HEADER_STRIPPING = 3;
const USUAL_SCALE_NANOSECONDS = 1_000_000;
const NOTHING = new Uint8Array(0);

export interface SegmentTrack {
  readonly number: number;
  readonly codecId: string;
  readonly samplingFrequencyHz: number;
  readonly defaultDurationSeconds: number | null;
  /** Bytes to be put before each frame (header stripping). */
  readonly strippedHeader: Uint8Array;
  /** False when its frames are compressed or encrypted otherwise. */
  readonly isPlain: boolean;
}

interface Cue {
  readonly seconds: number;
  readonly track: number;
  readonly clusterStart: number;
  /** Of the block in the data of its cluster; null when not said. */
  readonly relativePosition: number | null;
}

export interface SegmentIndex {
  readonly secondsPerTick: number;
  readonly tracks: ReadonlyMap<number, SegmentTrack>;
  /** In the order of time. Empty when the file has none. */
  readonly cues: readonly Cue[];
  readonly firstCluster: number;
  readonly end: number;
}

/** null when the file is not of the usual shape: one segment, its header before the first cluster. */
export async function readSegmentIndex(units: UnitReader, signal: AbortSignal): Promise<SegmentIndex | null> {
  const ebml = await elementAt(units, 0, signal);
  if (ebml?.id !== ID.ebml || ebml.dataEnd === null) return null;
  const segment = await elementAt(units, ebml.dataEnd, signal);
  if (segment?.id !== ID.segment) return null;
  const end = Math.min(segment.dataEnd ?? units.sizeBytes, units.sizeBytes);
  const parts = new Map<number, Uint8Array>();
  let position = segment.dataStart;
  for (let count = 0; count < MAX_PARTS; count += 1) {
    const part = await elementAt(units, position, signal);
    if (part === null) return null;
    if (part.id === ID.cluster) {
      await readCuesBehind(units, parts, segment.dataStart, signal);
      return makeIndex(parts, segment.dataStart, part.start, end);
    }
    if (part.dataEnd === null || part.dataEnd > end) return null;
    if (KEPT_PARTS.has(part.id) && !parts.has(part.id)) parts.set(part.id, await dataOf(units, part, signal));
    position = part.dataEnd;
  }
  return null;
}

const KEPT_PARTS: ReadonlySet<number> = new Set([ID.seekHead, ID.info, ID.tracks, ID.cues]);

async function dataOf(units: UnitReader, part: Element, signal: AbortSignal): Promise<Uint8Array> {
  if (part.dataEnd === null || part.dataEnd > units.sizeBytes || part.dataEnd - part.dataStart > MAX_PART_BYTES) return NOTHING;
  // A copy: a part would else hold its whole unit in memory.
  return (await units.read(part.dataStart, part.dataEnd, { signal })).slice();
}

async function readCuesBehind(units: UnitReader, parts: Map<number, Uint8Array>, segmentStart: number, signal: AbortSignal): Promise<void> {
  if (parts.has(ID.cues)) return;
  for (const { id, data } of children(parts.get(ID.seekHead) ?? NOTHING)) {
    if (id !== ID.seek) continue;
    const fields = fieldsOf(data);
    if (unsigned(fields.get(ID.seekId) ?? NOTHING) !== ID.cues) continue;
    const cues = await elementAt(units, segmentStart + unsigned(fields.get(ID.seekPosition) ?? NOTHING), signal);
    if (cues?.id === ID.cues) parts.set(ID.cues, await dataOf(units, cues, signal));
    return;
  }
}

function makeIndex(parts: ReadonlyMap<number, Uint8Array>, segmentStart: number, firstCluster: number, end: number): SegmentIndex {
  const scale = fieldsOf(parts.get(ID.info) ?? NOTHING).get(ID.timestampScale);
  const secondsPerTick = (scale === undefined ? USUAL_SCALE_NANOSECONDS : unsigned(scale)) / 1e9;
  const entries = [...children(parts.get(ID.tracks) ?? NOTHING)].filter(({ id }) => id === ID.trackEntry).map(({ data }) => trackOf(data));
  return {
    secondsPerTick, firstCluster, end,
    tracks: new Map(entries.map((track) => [track.number, track])),
    cues: cuesOf(parts.get(ID.cues) ?? NOTHING, segmentStart, secondsPerTick).filter((cue) => cue.clusterStart >= firstCluster && cue.clusterStart < end),
  };
}

function trackOf(data: Uint8Array): SegmentTrack {
  const fields = fieldsOf(data);
  const duration = fields.get(ID.defaultDuration);
  const { strippedHeader, isPlain } = encodingOf(fields.get(ID.contentEncodings) ?? NOTHING);
  return {
    number: unsigned(fields.get(ID.trackNumber) ?? NOTHING),
    codecId: new TextDecoder().decode(fields.get(ID.codecId) ?? NOTHING),
    samplingFrequencyHz: float(fieldsOf(fields.get(ID.audio) ?? NOTHING).get(ID.samplingFrequency) ?? NOTHING),
    defaultDurationSeconds: duration === undefined || unsigned(duration) === 0 ? null : unsigned(duration) / 1e9,
    strippedHeader, isPlain,
  };
}

function encodingOf(encodings: Uint8Array): { readonly strippedHeader: Uint8Array; readonly isPlain: boolean } {
  const all = [...children(encodings)].filter(({ id }) => id === ID.contentEncoding);
  const [only] = all;
  if (only === undefined) return { strippedHeader: NOTHING, isPlain: true };
  const fields = fieldsOf(only.data);
  const compression = fieldsOf(fields.get(ID.contentCompression) ?? NOTHING);
  const isStripping = unsigned(compression.get(ID.contentCompAlgo) ?? NOTHING) === HEADER_STRIPPING;
  if (all.length > 1 || fields.has(ID.contentEncryption) || !isStripping) return { strippedHeader: NOTHING, isPlain: false };
  return { strippedHeader: compression.get(ID.contentCompSettings) ?? NOTHING, isPlain: true };
}

function cuesOf(data: Uint8Array, segmentStart: number, secondsPerTick: number): Cue[] {
  const cues: Cue[] = [];
  for (const point of children(data)) {
    if (point.id !== ID.cuePoint) continue;
    const inside = [...children(point.data)];
    const seconds = unsigned(inside.find(({ id }) => id === ID.cueTime)?.data ?? NOTHING) * secondsPerTick;
    for (const { id, data: place } of inside) {
      if (id !== ID.cueTrackPositions) continue;
      const fields = fieldsOf(place);
      const relative = fields.get(ID.cueRelativePosition);
      cues.push({
        seconds,
        track: unsigned(fields.get(ID.cueTrack) ?? NOTHING),
        clusterStart: segmentStart + unsigned(fields.get(ID.cueClusterPosition) ?? NOTHING),
        relativePosition: relative === undefined ? null : unsigned(relative),
      });
    }
  }
  return cues.sort((one, other) => one.seconds - other.seconds);
}

function fieldsOf(data: Uint8Array): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  for (const child of children(data)) if (!fields.has(child.id)) fields.set(child.id, child.data);
  return fields;
}
