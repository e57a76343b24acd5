/**
 * The movie box of a file as if its tables of frames ended after the first few. The index of a film of two hours has half a million
 * frames, of which mediabunny makes objects, once for each reader, to tell what is inside and how frames are decoded.
 *
 * Source: ISO/IEC 14496-12, sections 8.6.1 (stts, ctts), 8.6.2 (stss), 8.7 (stsz, stsc, stco, co64), 8.1.2 (free).
 */
import { joined } from '../joined-bytes.ts';
import type { UnitSource } from '../unit-reader.ts';
import { type Box, boxesIn, viewOf } from './boxes.ts';

/** Frames that are left. */
const KEPT = 16;
/** The way to the tables: in which box is which. */
const WAY: ReadonlyMap<string, string> = new Map([['moov', 'trak'], ['trak', 'mdia'], ['mdia', 'minf'], ['minf', 'stbl']]);
/** Bytes before the first entry (version, flags, and how many there are at the end), and of an entry. */
const TABLES: ReadonlyMap<string, readonly [headBytes: number, entryBytes: number]> = new Map([
  ['stts', [8, 8]], ['ctts', [8, 8]], ['stss', [8, 4]], ['stsz', [12, 4]], ['stsc', [8, 12]], ['stco', [8, 4]], ['co64', [8, 8]],
]);

/** `movie`: the whole box, which begins at `start`. The same source where there is little to shorten. Every byte behind it stays where it is. */
export function withShortMovie(source: UnitSource, movie: Uint8Array, start: number): UnitSource {
  const [box] = boxesIn(viewOf(movie), 0, movie.length);
  const short = box === undefined ? movie : shortened(movie, box);
  const rest = movie.length - short.length;
  if (rest < 8) return source;
  const overlay = joined([short, header('free', rest)]);
  const end = start + overlay.length;
  return {
    sizeBytes: source.sizeBytes,
    read: async (from, to, options) => {
      if (from >= end || to <= start) return await source.read(from, to, options);
      if (from >= start && to <= end) return overlay.subarray(from - start, to - start);
      // The source shares what it hands out.
      const bytes = new Uint8Array(await source.read(from, to, options));
      bytes.set(overlay.subarray(Math.max(0, from - start), to - start), Math.max(0, start - from));
      return bytes;
    },
  };
}

/** Of a box on the way to the tables, or right around them. */
function shortened(movie: Uint8Array, box: Box): Uint8Array {
  const children = boxesIn(viewOf(movie), box.inside, box.end);
  const tail = movie.subarray(children.at(-1)?.end ?? box.inside, box.end);
  return withHeader(box.type, [...children.map((child) => {
    if (child.type === WAY.get(box.type)) return shortened(movie, child);
    const table = box.type === 'stbl' ? TABLES.get(child.type) : undefined;
    return (table === undefined ? null : shortTable(movie, child, ...table)) ?? movie.subarray(child.start, child.end);
  }), tail]);
}

function shortTable(movie: Uint8Array, { type, inside, end }: Box, headBytes: number, entryBytes: number): Uint8Array | null {
  const kept = type === 'stts' ? 1 : KEPT;
  const bytes = movie.slice(inside, Math.min(end, inside + headBytes + kept * entryBytes));
  if (bytes.length < headBytes + entryBytes) return null;
  const view = viewOf(bytes);
  const countAt = headBytes - 4;
  // All frames as long as this: there is no table.
  if (type === 'stsz' && view.getUint32(4) !== 0) return null;
  view.setUint32(countAt, Math.min(view.getUint32(countAt), kept));
  // Its first entry may stand for all frames of the film.
  if (type === 'stts') view.setUint32(headBytes, Math.min(view.getUint32(headBytes), KEPT));
  return withHeader(type, [bytes]);
}

function withHeader(type: string, parts: readonly Uint8Array[]): Uint8Array {
  return joined([header(type, parts.reduce((sum, part) => sum + part.length, 8)), ...parts]);
}

function header(type: string, size: number): Uint8Array {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setUint32(0, size);
  bytes.set([...type].map((letter) => letter.charCodeAt(0)), 4);
  return bytes;
}
