/**
 * Embedded text subtitles of a Matroska or WebM file. The track list comes first: without a text track nothing else is read. Muxers
 * index each subtitle (CueRelativePosition), so that mostly a few reads beside the index find them; where that is not so, the
 * headers of all blocks are walked, and pictures larger than a window are skipped.
 */
import type { ByteSource } from '../../engine/media/index.ts';
import type { EmbeddedText } from './embedded-text.ts';
import { MatroskaError, MatroskaReader, trackNumberOf, type Element } from './matroska-reader.ts';
import { readTextTracks, type TextTrack } from './matroska-tracks.ts';

const ID = {
  ebml: 0x1a45dfa3, segment: 0x18538067, seekHead: 0x114d9b74, seek: 0x4dbb, seekId: 0x53ab, seekPosition: 0x53ac,
  info: 0x1549a966, timestampScale: 0x2ad7b1, tracks: 0x1654ae6b, cues: 0x1c53bb6b, cuePoint: 0xbb, cuePositions: 0xb7, cueTrack: 0xf7, cueCluster: 0xf1, cueRelative: 0xf0,
  cluster: 0x1f43b675, timestamp: 0xe7, blockGroup: 0xa0, simpleBlock: 0xa3, block: 0xa1, blockDuration: 0x9b,
} as const;

/** GridFS keeps chunks of this size, so a smaller window would fetch each several times. */
const WALK_WINDOW_BYTES = 1024 * 1024;
const JUMP_WINDOW_BYTES = 32 * 1024;
/** So much is walked to see whether the index has every subtitle. */
const PROBE_BYTES = 16 * 1024 * 1024;
const MAX_JUMPS = 200_000;
/** Where a subtitle does not say how long it stays. */
const DEFAULT_DURATION_MS = 3000;
const LACING = 0x06;
/** Longest track number, time and flags. */
const BLOCK_HEAD_BYTES = 11;

interface Layout {
  readonly segment: Element;
  readonly msPerTick: number;
  readonly tracks: ReadonlyMap<number, TextTrack>;
  readonly firstClusterAt: number;
  readonly cuesAt: number | undefined;
}

interface TextGroup {
  readonly group: Element;
  readonly block: Element;
  readonly track: TextTrack;
}

/** @throws MatroskaError where the file is broken before its first cluster; broken later, what was found until then counts. */
export async function readMatroskaText(source: ByteSource, signal: AbortSignal): Promise<EmbeddedText[]> {
  const reader = new MatroskaReader(source, { signal, windowBytes: WALK_WINDOW_BYTES });
  const layout = await readLayout(reader, source.sizeBytes);
  if (layout.tracks.size === 0) return [];
  const jumper = new MatroskaReader(source, { signal, windowBytes: JUMP_WINDOW_BYTES });
  const clusters = await orUndefined(readIndex(reader, layout));
  if (clusters !== undefined && await orUndefined(isWhole(clusters, reader, layout)) === true) {
    const indexed = await orUndefined(jump(clusters, jumper, layout));
    if (indexed !== undefined) return finish(layout);
  }
  // Anew: an index that turned out wrong may have given some of them already.
  const fresh = await readLayout(reader, source.sizeBytes);
  await orUndefined(walkAll(reader, fresh));
  return finish(fresh);
}

function finish({ tracks }: Layout): EmbeddedText[] {
  return [...tracks.values()].map((track) => track.finish()).filter((text) => text !== undefined);
}

/** undefined where the file is broken. */
async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof MatroskaError) return undefined;
    throw error;
  }
}

async function walkAll(reader: MatroskaReader, layout: Layout): Promise<void> {
  for await (const [group, ticks] of walk(reader, layout, layout.segment.end)) await take(reader, layout, group, ticks);
}

async function readLayout(reader: MatroskaReader, sizeBytes: number): Promise<Layout> {
  const head = await reader.element(0, sizeBytes);
  const segment = head?.id === ID.ebml ? await reader.element(head.end, sizeBytes) : undefined;
  if (segment?.id !== ID.segment) throw new MatroskaError('it does not begin as a Matroska file does');
  const places = new Map<number, number>();
  let msPerTick = 1;
  for await (const part of reader.children(segment)) {
    if (!places.has(part.id)) places.set(part.id, part.at);
    if (part.id === ID.cluster) break;
    if (part.id === ID.seekHead) await readSeeks(reader, part, segment.start, places);
    if (part.id === ID.info) msPerTick = await readScale(reader, part);
  }
  const tracksAt = places.get(ID.tracks);
  const tracks = tracksAt === undefined ? undefined : await reader.element(tracksAt, segment.end);
  return {
    segment, msPerTick, tracks: tracks?.id === ID.tracks ? await readTextTracks(reader, tracks) : new Map(),
    firstClusterAt: places.get(ID.cluster) ?? segment.end, cuesAt: places.get(ID.cues),
  };
}

async function readSeeks(reader: MatroskaReader, seekHead: Element, segmentStart: number, places: Map<number, number>): Promise<void> {
  for await (const seek of reader.children(seekHead)) {
    if (seek.id !== ID.seek) continue;
    let [id, position] = [0, -1];
    for await (const field of reader.children(seek)) {
      if (field.id === ID.seekId) id = await reader.integer(field);
      if (field.id === ID.seekPosition) position = await reader.integer(field);
    }
    if ((id === ID.tracks || id === ID.cues) && position >= 0) places.set(id, segmentStart + position);
  }
}

async function readScale(reader: MatroskaReader, info: Element): Promise<number> {
  for await (const field of reader.children(info)) if (field.id === ID.timestampScale) return (await reader.integer(field)) / 1e6;
  return 1;
}

/** Where the index says that subtitles are: places inside clusters, by cluster. undefined where a track is not in it. */
async function readIndex(reader: MatroskaReader, { segment, tracks, cuesAt }: Layout): Promise<Map<number, number[]> | undefined> {
  const cues = cuesAt === undefined ? undefined : await reader.element(cuesAt, segment.end);
  if (cues?.id !== ID.cues) return undefined;
  const clusters = new Map<number, number[]>();
  const indexed = new Set<number>();
  let count = 0;
  for await (const point of reader.children(cues)) {
    if (point.id !== ID.cuePoint) continue;
    for await (const positions of reader.children(point)) {
      if (positions.id !== ID.cuePositions) continue;
      let [track, cluster, relative] = [0, -1, -1];
      for await (const field of reader.children(positions)) {
        if (field.id === ID.cueTrack) track = await reader.integer(field);
        if (field.id === ID.cueCluster) cluster = segment.start + await reader.integer(field);
        if (field.id === ID.cueRelative) relative = await reader.integer(field);
      }
      if (!tracks.has(track)) continue;
      if (cluster < 0 || relative < 0 || (count += 1) > MAX_JUMPS) return undefined;
      indexed.add(track);
      const inside = clusters.get(cluster);
      if (inside === undefined) clusters.set(cluster, [relative]);
      else inside.push(relative);
    }
  }
  return indexed.size === tracks.size ? clusters : undefined;
}

/** Whether the index has every subtitle of the file's beginning. */
async function isWhole(clusters: ReadonlyMap<number, readonly number[]>, reader: MatroskaReader, layout: Layout): Promise<boolean> {
  const end = Math.min(layout.firstClusterAt + PROBE_BYTES, layout.segment.end);
  for await (const [{ group }, , cluster] of walk(reader, layout, end)) {
    if (clusters.get(cluster.at)?.includes(group.at - cluster.start) !== true) return false;
  }
  return true;
}

/** @returns true; @throws MatroskaError where the index points at something else. */
async function jump(clusters: ReadonlyMap<number, readonly number[]>, reader: MatroskaReader, layout: Layout): Promise<true> {
  for (const [at, places] of [...clusters].sort(([one], [other]) => one - other)) {
    const cluster = await reader.element(at, layout.segment.end);
    const ticks = cluster?.id === ID.cluster ? await timestampOf(reader, cluster) : undefined;
    if (cluster === undefined || ticks === undefined) throw new MatroskaError(`the index points at byte ${at}, where no cluster is`);
    for (const place of places.toSorted((one, other) => one - other)) {
      const group = await reader.element(cluster.start + place, cluster.end);
      const text = group?.id === ID.blockGroup ? await textGroup(reader, layout, group) : undefined;
      if (text === undefined) throw new MatroskaError(`the index points into the cluster at byte ${at}, where no subtitle is`);
      await take(reader, layout, text, ticks);
    }
  }
  return true;
}

/** Near the beginning of a cluster, before its blocks. */
async function timestampOf(reader: MatroskaReader, cluster: Element): Promise<number | undefined> {
  for await (const child of reader.children(cluster)) {
    if (child.id === ID.timestamp) return reader.integer(child);
    if (child.id === ID.blockGroup || child.id === ID.simpleBlock) return undefined;
  }
  return undefined;
}

/** Every text block that begins before `end`, with its cluster's time and the cluster. Blocks of others are passed by unread. */
async function* walk(reader: MatroskaReader, layout: Layout, end: number): AsyncGenerator<readonly [TextGroup, number, Element], void, undefined> {
  let cluster: Element | undefined;
  let ticks = 0;
  for (let at = layout.firstClusterAt; at < end;) {
    const element = await reader.element(at, layout.segment.end);
    if (element === undefined) return;
    at = element.end;
    if (element.id === ID.cluster) {
      cluster = element;
      // Its children follow; a cluster of a live recording does not say where it ends.
      at = element.start;
    } else if (element.id === ID.timestamp) ticks = await reader.integer(element);
    else if (element.id === ID.blockGroup && cluster !== undefined) {
      const text = await textGroup(reader, layout, element);
      if (text !== undefined) yield [text, ticks, cluster];
    }
  }
}

/** undefined for a group of another track. */
async function textGroup(reader: MatroskaReader, { tracks }: Layout, group: Element): Promise<TextGroup | undefined> {
  for await (const child of reader.children(group)) {
    if (child.id !== ID.block) continue;
    const track = tracks.get(trackNumberOf(await reader.bytes(child.start, Math.min(child.start + BLOCK_HEAD_BYTES, child.end))).track);
    return track === undefined ? undefined : { group, block: child, track };
  }
  return undefined;
}

async function take(reader: MatroskaReader, { msPerTick }: Layout, { group, block, track }: TextGroup, clusterTicks: number): Promise<void> {
  let durationTicks = DEFAULT_DURATION_MS / msPerTick;
  for await (const child of reader.children(group)) if (child.id === ID.blockDuration) durationTicks = await reader.integer(child);
  const bytes = await reader.data(block);
  const { length } = trackNumberOf(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < length + 3 || (view.getUint8(length + 2) & LACING) !== 0) return;
  track.add((clusterTicks + view.getInt16(length)) * msPerTick, durationTicks * msPerTick, bytes.subarray(length + 3));
}
