/** A media file as an HLS presentation that exists only as answers: playlists from its index, segments made when they are asked for. */
import { MediaError, type InitSegment, type MediaFile, type TrackInfo } from '../../../engine/media/index.ts';
import { type HlsSubtitles, mediaPlaylist, multivariantPlaylist, type Presentation, requested, subtitlesPlaylist } from './playlists.ts';
import { durationsOf, planOfGrid, planOfKeyFrames, type SegmentPlan } from './segment-plan.ts';

/** Where the distance of two key frames is measured: not in the titles, and little to read for it. */
const PROBE_SECONDS = 20;
const JUST_BEFORE_SECONDS = 0.001;

/** Beyond the end of any video. */
const FAR_SECONDS = 1_000_000;

/** Bytes, and for a segment where they truly begin. */
export interface Chunk {
  readonly bytes: Uint8Array;
  /** On the file's timeline; null for what has no time. */
  readonly startSeconds: number | null;
}

/** Playable tracks and their headers. */
interface Playable {
  readonly track: TrackInfo;
  readonly init: InitSegment;
}

/** Throws MediaError `not-playable` when hls.js could play nothing of the file, and what reading it throws. */
export async function openVirtualHls(file: MediaFile, { sizeBytes, subtitles, signal }: {
  readonly sizeBytes: number | null; readonly subtitles: readonly HlsSubtitles[]; readonly signal: AbortSignal;
}): Promise<VirtualHls> {
  const { tracks } = file.info;
  const playable: Playable[] = [];
  for (const track of tracks) {
    const init = await headerOf(file, track, signal);
    if (init !== undefined) playable.push({ track, init });
  }
  const picture = tracks.find(({ kind }) => kind === 'video');
  const main = playable.find(({ track }) => track.kind === 'video') ?? (picture === undefined ? playable[0] : undefined);
  if (main === undefined) throw new MediaError('not-playable', `hls.js cannot play ${picture?.codec ?? 'this file'} in this browser: it gives it fragmented MP4 and MPEG audio alone.`);
  const durationSeconds = file.info.durationSeconds ?? await endOf(file, main.track, signal);
  const plan = await planOf(file, main.track, durationSeconds, signal);
  return new VirtualHls(file, {
    playable: new Map(playable.map((each) => [each.track.number, each])), plan, presentation: presentationOf(playable, subtitles, sizeBytes, durationSeconds),
  });
}

interface VirtualHlsParts {
  readonly playable: ReadonlyMap<number, Playable>;
  /** The same for every track, so that sound and picture are cut alike. */
  readonly plan: SegmentPlan;
  readonly presentation: Presentation;
}

export class VirtualHls {
  readonly #file: MediaFile;
  readonly #parts: VirtualHlsParts;
  /** Start of a grid's segment to where its key frame truly is. At most one entry a segment. */
  readonly #keyFrames = new Map<number, number>();

  constructor(file: MediaFile, parts: VirtualHlsParts) {
    this.#file = file;
    this.#parts = parts;
  }

  /** A playlist's text; undefined when `name` is none. */
  text(name: string): string | undefined {
    const { playable, plan, presentation } = this.#parts;
    const asked = requested(name);
    if (asked?.kind === 'multivariant') return multivariantPlaylist(presentation);
    if (asked?.kind === 'subtitles') {
      const found = presentation.subtitles[asked.index];
      return found && subtitlesPlaylist(found.url, plan.endSeconds);
    }
    const found = asked?.kind === 'playlist' ? playable.get(asked.track) : undefined;
    return found && mediaPlaylist(found.track.number, durationsOf(plan), found.init.bytes.length > 0);
  }

  /** A header or a segment, piece by piece as it is made; undefined when `name` is neither. */
  chunks(name: string, signal: AbortSignal): AsyncGenerator<Chunk, void, undefined> | undefined {
    const asked = requested(name);
    if (asked?.kind !== 'init' && asked?.kind !== 'segment') return undefined;
    const found = this.#parts.playable.get(asked.track);
    if (found === undefined) return undefined;
    if (asked.kind === 'init') return header(found.init);
    return asked.index < this.#parts.plan.starts.length ? this.#segment(found.track, asked.index, signal) : undefined;
  }

  async *#segment(track: TrackInfo, index: number, signal: AbortSignal): AsyncGenerator<Chunk, void, undefined> {
    const fromSeconds = this.#parts.plan.starts[index] ?? 0;
    const toSeconds = await this.#endOf(track, index, signal);
    for await (const { bytes, startSeconds } of this.#file.fragments(track.number, { fromSeconds, ...(toSeconds === undefined ? {} : { toSeconds }), signal })) {
      yield { bytes, startSeconds };
    }
  }

  /**
   * Pictures of a grid end where the next segment's truly begin. Where one group of pictures is longer than a step, both begin with
   * the same key frame, and the segment ends at its nominal end: frames come twice, which a SourceBuffer takes.
   */
  async #endOf(track: TrackInfo, index: number, signal: AbortSignal): Promise<number | undefined> {
    const { starts, isExact } = this.#parts.plan;
    const nominal = starts[index + 1];
    if (nominal === undefined || isExact || track.kind === 'audio') return nominal;
    const end = await this.#keyFrameAt(track, nominal, signal);
    return end > await this.#keyFrameAt(track, starts[index] ?? 0, signal) ? end : nominal;
  }

  async #keyFrameAt(track: TrackInfo, seconds: number, signal: AbortSignal): Promise<number> {
    const known = this.#keyFrames.get(seconds);
    if (known !== undefined) return known;
    const found = await keyFrameBefore(this.#file, track.number, seconds, signal);
    this.#keyFrames.set(seconds, found);
    return found;
  }
}

async function* header({ bytes }: InitSegment): AsyncGenerator<Chunk, void, undefined> {
  yield { bytes, startSeconds: null };
}

/** undefined for what hls.js has no way to play: WebM, and what the browser does not decode. */
async function headerOf(file: MediaFile, track: TrackInfo, signal: AbortSignal): Promise<InitSegment | undefined> {
  try {
    const init = await file.initSegment(track.number, signal);
    return /^(?:video|audio)\/mp4\b|^audio\/mpeg$/.test(init.mimeType) && isDecoded(init.mimeType) ? init : undefined;
  } catch (error) {
    if (error instanceof MediaError && error.code === 'not-playable') return undefined;
    throw error;
  }
}

/** Where nobody can be asked, a server say, nothing is ruled out. */
function isDecoded(mimeType: string): boolean {
  return typeof MediaSource === 'undefined' || MediaSource.isTypeSupported(mimeType);
}

async function planOf(file: MediaFile, track: TrackInfo, durationSeconds: number, signal: AbortSignal): Promise<SegmentPlan> {
  if (track.kind === 'audio') return { ...planOfGrid(null, durationSeconds), isExact: true };
  const keyFrames = await file.keyFrameSeconds(track.number, signal);
  if (keyFrames !== null) return planOfKeyFrames(keyFrames, durationSeconds);
  if (durationSeconds < PROBE_SECONDS) return planOfGrid(null, durationSeconds);
  const later = await keyFrameBefore(file, track.number, PROBE_SECONDS, signal);
  const earlier = await keyFrameBefore(file, track.number, Math.max(0, later - JUST_BEFORE_SECONDS), signal);
  return planOfGrid(later > earlier ? later - earlier : PROBE_SECONDS, durationSeconds);
}

async function keyFrameBefore(file: MediaFile, track: number, seconds: number, signal: AbortSignal): Promise<number> {
  for await (const { startSeconds } of file.fragments(track, { fromSeconds: seconds, signal })) return startSeconds;
  return seconds;
}

/**
 * Where a file does not say how long it is: HLS must know beforehand. The last group of pictures is near for a reader of an index,
 * and behind the whole file for one that has none.
 */
async function endOf(file: MediaFile, track: TrackInfo, signal: AbortSignal): Promise<number> {
  let end = 0;
  for await (const { endSeconds } of file.fragments(track.number, { fromSeconds: FAR_SECONDS, signal })) end = Math.max(end, endSeconds);
  return end;
}

function presentationOf(playable: readonly Playable[], subtitles: readonly HlsSubtitles[], sizeBytes: number | null, durationSeconds: number): Presentation {
  const video = playable.map(({ track }) => track).find((track) => track.kind === 'video');
  const audio = playable.map(({ track }) => track).filter((track) => track.kind === 'audio');
  // MPEG audio goes to the browser as it is, and not in MP4, where hls.js would ask whether it is supported.
  const codecs = playable.filter(({ track, init }) => init.mimeType !== 'audio/mpeg' && (track === video || track === audio[0]))
    .flatMap(({ track }) => (track.codecString === null ? [] : [track.codecString]));
  return { video, audio, subtitles, codecs, bitsPerSecond: sizeBytes === null || durationSeconds === 0 ? 0 : sizeBytes * 8 / durationSeconds };
}
