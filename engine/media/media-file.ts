/** One media file being read: its index is in memory, its frames are read as they are asked for. */
import { UnsupportedInputFormatError } from 'mediabunny';
import { Demuxer } from './demuxer.ts';
import { readInfo } from './describe.ts';
import { converted } from './elementary.ts';
import { cutFragments } from './fragment-cutter.ts';
import { FrameTimeline } from './frame-timeline.ts';
import { keyFrameTimes } from './key-frames.ts';
import { durationOf, packetsOf, readFileIndex } from './file-index.ts';
import type { FileIndex } from './file-index.ts';
import { Movie } from './iso/movie.ts';
import { frameBytes, keySeconds } from './iso/movie-packets.ts';
import { cueSeconds } from './matroska/matroska-packets.ts';
import { asMediaError, MediaError } from './media-error.ts';
import type { MediaInfo, TrackInfo } from './media-info.ts';
import type { ByteSource, FileBytes, Fragment, FragmentOptions, InitSegment, MediaFile } from './media-source.ts';
import { SNIFF_BYTES, sniffedWords } from './sniff.ts';
import { mimeTypeOf, packagingOf } from './track-mime.ts';
import { trackHeader, trackWriter } from './track-writer.ts';
import { UnitReader } from './unit-reader.ts';

/** Each may hold an index: one for the picture, one for the sound, one to spare while a seek lets go of the old ones. */
const MAX_IDLE_DEMUXERS = 3;

/** How opening is given up. */
export interface OpenMediaOptions {
  readonly signal?: AbortSignal;
}

/** Reads the index. Throws MediaError `unreadable`, `damaged`, `aborted`, `source-failed`. */
export async function openMedia(source: ByteSource, options: OpenMediaOptions = {}): Promise<MediaFile> {
  return await open(source, options, true);
}

async function open(source: ByteSource, options: OpenMediaOptions, wantsFrames: boolean): Promise<MediaFile> {
  const units = new UnitReader(source);
  const signal = options.signal ?? new AbortController().signal;
  let demuxer: Demuxer | undefined;
  try {
    const layout = await layoutOf(units, signal);
    const whole = layout === 'boxes' ? await Movie.of(units, signal) : null;
    const movie = whole?.hasFrames === true || !wantsFrames ? whole : null;
    demuxer = Demuxer.ofFile(movie?.short ?? units, signal, { isStream: layout === 'stream' });
    return await readFile(units, demuxer, movie, signal);
  } catch (error) {
    const words = await unreadableWords(units, error, signal);
    demuxer?.close();
    units.close();
    throw words ?? asMediaError(error, signal);
  }
}

async function readFile(units: UnitReader, demuxer: Demuxer, movie: Movie | null, signal: AbortSignal): Promise<MediaFile> {
  return await demuxer.with(signal, async () => {
    const info = await readInfo(demuxer);
    if (info.tracks.length === 0) throw nothingInside(info);
    const index = await readFileIndex(units, demuxer, movie, info, signal);
    const durationSeconds = await durationOf(units, demuxer, info, index, signal);
    return new DemuxedFile(units, { ...info, durationSeconds }, demuxer, index);
  });
}

/** ISO boxes and EBML elements keep frames apart from what is said of them; all else is a stream. */
async function layoutOf(units: UnitReader, signal: AbortSignal): Promise<'boxes' | 'elements' | 'stream'> {
  const head = new TextDecoder('latin1').decode(await units.read(0, Math.min(8, units.sizeBytes), { signal }));
  if (/^.{4}(?:ftyp|styp|moov|moof|mdat|free|skip|wide|pnot)/s.test(head)) return 'boxes';
  return head.startsWith('\u001aE\u00df\u00a3') ? 'elements' : 'stream';
}

/** What is inside, for who does not play it: in little memory, however long the film. Throws as {@link openMedia} does. */
export async function describeMedia(source: ByteSource, options: OpenMediaOptions = {}): Promise<MediaInfo> {
  const file = await open(source, options, false);
  file.close();
  return file.info;
}

function nothingInside({ container }: MediaInfo): MediaError {
  if (container !== 'mp4' && container !== 'mov') return new MediaError('unreadable', 'There is neither picture nor sound in this file.');
  return new MediaError('damaged', 'This MP4 file lists no picture and no sound. Its index is missing when a recording or a copy did not end as it should.');
}

async function unreadableWords(units: UnitReader, error: unknown, signal: AbortSignal): Promise<MediaError | null> {
  if (!(error instanceof MediaError && error.cause instanceof UnsupportedInputFormatError)) return null;
  const head = await units.read(0, Math.min(SNIFF_BYTES, units.sizeBytes), { signal }).catch(() => new Uint8Array(0));
  return new MediaError('unreadable', sniffedWords(head) ?? 'This is no video or sound file that is known here.', { cause: error.cause });
}

class DemuxedFile implements MediaFile {
  readonly info: MediaInfo;
  readonly #units: UnitReader;
  readonly #index: FileIndex;
  /** What the index was read with; parts of fragmented files are read by its header. */
  readonly #first: Demuxer;
  readonly #idle: Demuxer[];
  readonly #isIndexed: boolean;
  readonly #closed = new AbortController();

  constructor(units: UnitReader, info: MediaInfo, demuxer: Demuxer, index: FileIndex) {
    this.info = info;
    this.#index = index;
    this.#isIndexed = ['mp4', 'mov', 'matroska', 'webm'].includes(info.container);
    this.#first = demuxer;
    this.#units = units;
    this.#idle = [demuxer];
  }

  reads(): { readonly count: number; readonly bytes: number } {
    return this.#units.reads();
  }

  async initSegment(trackNumber: number, signal: AbortSignal): Promise<InitSegment> {
    const info = this.#track(trackNumber);
    const mimeType = mimeTypeOf(info);
    const packaging = packagingOf(info);
    if (mimeType === null || packaging === null) throw notPlayable(info);
    const bytes = await this.#use(signal, async (demuxer) => await trackHeader(await demuxer.track(trackNumber), packaging));
    return { mimeType, bytes, timestamps: packaging === 'mpeg' ? 'by-offset' : 'in-fragments' };
  }

  async *fragments(trackNumber: number, options: FragmentOptions): AsyncGenerator<Fragment, void, undefined> {
    const info = this.#track(trackNumber);
    const packaging = packagingOf(info);
    if (packaging === null) throw notPlayable(info);
    const signal = AbortSignal.any([options.signal, this.#closed.signal]);
    const demuxer = this.#take(signal);
    let isSound = false;
    try {
      const writer = await demuxer.with(signal, async () => await trackWriter(await demuxer.track(trackNumber), packaging));
      yield* cutFragments({
        ...writer,
        packets: (asked) => {
          const packets = packetsOf(this.#units, demuxer, this.#index, info, asked);
          return writer.conversion === null ? packets : converted(packets, writer.conversion);
        },
        timeline: new FrameTimeline(info.kind, writer.timescale),
      }, { fromSeconds: options.fromSeconds, toSeconds: options.toSeconds ?? Infinity, signal });
      isSound = true;
    } catch (error) {
      throw asMediaError(error, signal);
    } finally {
      this.#giveBack(demuxer, isSound);
    }
  }

  bytesOf(trackNumber: number, { fromSeconds, toSeconds }: { readonly fromSeconds: number; readonly toSeconds: number }): FileBytes | null {
    const frames = this.#index.movie?.knownFrames(trackNumber);
    return frames === undefined ? null : frameBytes(frames, fromSeconds, toSeconds);
  }

  async keyFrameSeconds(trackNumber: number, signal: AbortSignal): Promise<readonly number[] | null> {
    this.#track(trackNumber);
    if (this.#index.matroska !== null) return cueSeconds(this.#index.matroska, trackNumber);
    const { movie } = this.#index;
    return await this.#use(signal, async (demuxer) => {
      if (movie === null) return await keyFrameTimes(demuxer, trackNumber, this.info);
      const frames = await movie.frames(trackNumber, demuxer, signal);
      return frames === null ? [] : keySeconds(frames);
    });
  }

  close(): void {
    this.#closed.abort();
    for (const demuxer of this.#idle.splice(0)) demuxer.close();
    this.#first.close();
    this.#units.close();
  }

  #track(trackNumber: number): TrackInfo {
    const found = this.info.tracks.find((track) => track.number === trackNumber);
    if (found === undefined) throw new MediaError('not-playable', `The file has no picture or sound with the track number ${trackNumber}.`);
    return found;
  }

  async #use<T>(signal: AbortSignal, work: (demuxer: Demuxer) => Promise<T>): Promise<T> {
    const both = AbortSignal.any([signal, this.#closed.signal]);
    const demuxer = this.#take(both);
    let isSound = false;
    try {
      const result = await demuxer.with(both, async () => await work(demuxer));
      isSound = true;
      return result;
    } finally {
      this.#giveBack(demuxer, isSound);
    }
  }

  #take(signal: AbortSignal): Demuxer {
    if (this.#closed.signal.aborted) throw new MediaError('aborted', 'The media file was closed.');
    return this.#idle.pop() ?? Demuxer.ofFile(this.#index.movie?.short ?? this.#units, signal, { isStream: !this.#isIndexed });
  }

  /**
   * After a read that failed or was given up, mediabunny's reader of ISO files goes on as if nothing had been (and that of Matroska
   * only tells what it knows already); the others may remember half a step, so they are opened again. Their headers are short.
   */
  #giveBack(demuxer: Demuxer, isSound: boolean): void {
    const survives = isSound || this.#isIndexed;
    if (survives && !this.#closed.signal.aborted && this.#idle.length < MAX_IDLE_DEMUXERS) this.#idle.push(demuxer);
    else if (demuxer !== this.#first) demuxer.close();
  }
}

function notPlayable(track: TrackInfo): MediaError {
  return new MediaError('not-playable', `Track ${track.number} (${track.codec ?? 'of an unknown codec'}) cannot be given to a browser.`);
}
