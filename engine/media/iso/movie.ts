/**
 * The movie box of an ISO file that is not fragmented: the frames of its tracks are found by its tables here, so mediabunny, which
 * knows the codecs, is shown a short one.
 *
 * Source: ISO/IEC 14496-12, sections 8.2.1 (moov), 8.3.2 (tkhd), 8.4.2 (mdhd), 8.5.2 (stsd), 8.8.1 (mvex).
 */
import type { Demuxer } from '../demuxer.ts';
import { MediaError } from '../media-error.ts';
import type { UnitReader, UnitSource } from '../unit-reader.ts';
import { type Box, boxAt, boxesIn, HEAD_BYTES, MAX_BOXES, viewOf } from './boxes.ts';
import { SampleTable } from './sample-table.ts';
import { withShortMovie } from './short-movie.ts';
import { sampleCount, tablesIn } from './tables.ts';

/** `encv` and `enca`. */
const ENCRYPTED_PICTURE = 0x65_6e_63_76;
const ENCRYPTED_SOUND = 0x65_6e_63_61;
/** Of a day with ten tracks; what claims more would fill the memory of whoever reads it. */
const MAX_MOVIE_BYTES = 256 * 1024 * 1024;

interface MovieTrack {
  readonly number: number;
  /** Where the file has its tables. */
  readonly start: number;
  readonly end: number;
}

/** The frames of a track, and what makes seconds of its ticks. */
export interface TrackFrames {
  readonly table: SampleTable;
  readonly ticksPerSecond: number;
  /** At second 0. */
  readonly zeroTicks: number;
}

export class Movie {
  /** The file as demuxers are to see it. */
  readonly short: UnitSource;
  /** Whether {@link frames} has the frames of every track, and nobody needs the tables that `short` lacks. */
  readonly hasFrames: boolean;
  readonly #units: UnitReader;
  readonly #tracks: readonly MovieTrack[];
  readonly #frames = new Map<number, TrackFrames>();

  private constructor(units: UnitReader, short: UnitSource, tracks: readonly (MovieTrack | null)[]) {
    this.#units = units;
    this.short = short;
    this.#tracks = tracks.filter((track) => track !== null);
    this.hasFrames = this.#tracks.length === tracks.length;
  }

  /**
   * null where only the whole movie box, or the frames themselves, can tell what is inside and how long it is.
   * @throws MediaError `damaged` for a movie box that no film has.
   */
  static async of(units: UnitReader, signal: AbortSignal): Promise<Movie | null> {
    const place = await findMovie(units, signal);
    if (place === null) return null;
    if (place.end - place.start > MAX_MOVIE_BYTES) {
      throw new MediaError('damaged', `The index of this MP4 file claims ${Math.round((place.end - place.start) / 1024 ** 2)} MiB; that of a whole day of film has less than 256.`);
    }
    const bytes = await units.read(place.start, place.end, { signal });
    const view = viewOf(bytes);
    const children = boxesIn(view, place.inside - place.start, bytes.length);
    const tracks = children.filter(({ type }) => type === 'trak');
    if (children.some(({ type }) => type === 'mvex') || !tracks.every((track) => saysDuration(view, track))) return null;
    const found = tracks.map((track) => movieTrack(view, track)).map((track) => track && { ...track, start: place.start + track.start, end: place.start + track.end });
    return new Movie(units, withShortMovie(units, bytes, place.start), found);
  }

  /** What was asked for before. */
  knownFrames(trackNumber: number): TrackFrames | undefined {
    return this.#frames.get(trackNumber);
  }

  /** null when the track has none. Read when they are first asked for, and kept. */
  async frames(trackNumber: number, demuxer: Demuxer, signal: AbortSignal): Promise<TrackFrames | null> {
    const known = this.#frames.get(trackNumber);
    if (known !== undefined) return known;
    const place = this.#tracks.find(({ number }) => number === trackNumber);
    const clock = await demuxer.clock(trackNumber);
    if (place === undefined || clock === null) return null;
    const view = viewOf(await this.#units.read(place.start, place.end, { signal }));
    const [stbl] = boxesIn(view, 0, view.byteLength);
    if (stbl === undefined) return null;
    const table = new SampleTable(tablesIn(view, stbl));
    // The times that the demuxer tells follow the track's edit list.
    const zeroTicks = table.sample(0).shownTicks - Math.round(clock.firstSeconds * clock.ticksPerSecond);
    const frames = { table, ticksPerSecond: clock.ticksPerSecond, zeroTicks };
    this.#frames.set(trackNumber, frames);
    return frames;
  }
}

async function findMovie(units: UnitReader, signal: AbortSignal): Promise<Box | null> {
  let at = 0;
  for (let boxes = 0; boxes < MAX_BOXES && at + 8 <= units.sizeBytes; boxes += 1) {
    const head = viewOf(await units.read(at, Math.min(at + HEAD_BYTES, units.sizeBytes), { signal }));
    const box = boxAt(head, 0, at, units.sizeBytes);
    if (box === null || box.type === 'moof') return null;
    if (box.type === 'moov') return box;
    at = box.end;
  }
  return null;
}

function child(view: DataView, parent: Box | undefined, type: string): Box | undefined {
  return parent === undefined ? undefined : boxesIn(view, parent.inside, parent.end).find((box) => box.type === type);
}

/** Else only the last frames can tell. */
function saysDuration(view: DataView, track: Box): boolean {
  const header = child(view, child(view, track, 'mdia'), 'mdhd');
  if (header === undefined || header.end - header.inside < 20) return false;
  if (view.getUint8(header.inside) !== 1) return view.getUint32(header.inside + 16) !== 0;
  return header.end - header.inside >= 32 && view.getBigUint64(header.inside + 24) !== 0n;
}

/** null when its tables are not whole, or its frames are encrypted. */
function movieTrack(view: DataView, track: Box): MovieTrack | null {
  const header = child(view, track, 'tkhd');
  const stbl = child(view, child(view, child(view, track, 'mdia'), 'minf'), 'stbl');
  const kinds = child(view, stbl, 'stsd');
  if (header === undefined || header.end - header.inside < 24 || stbl === undefined || kinds === undefined || kinds.end - kinds.inside < 16) return null;
  const kind = view.getUint32(kinds.inside + 12);
  if (kind === ENCRYPTED_PICTURE || kind === ENCRYPTED_SOUND || sampleCount(tablesIn(view, stbl)) === null) return null;
  return { number: view.getUint32(header.inside + (view.getUint8(header.inside) === 1 ? 20 : 12)), start: stbl.start, end: stbl.end };
}
