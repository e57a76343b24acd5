/**
 * Says what will be read beyond the media buffer, so that the bytes are there when the playhead comes. The download makes windows of it
 * that are worth a CDN's slot, and leaves the CDN alone in between.
 */
import { type Download, MAX_READ_AHEAD_RUNS, type ReadAheadRun } from '../../../engine/index.ts';
import type { FileBytes } from '../../../engine/media/index.ts';
import { FIRST_FILL_SECONDS, MAX_READ_AHEAD_BYTES, MIN_READ_AHEAD_BYTES, READ_AHEAD_SECONDS, RUN_GAP_BYTES, secondsAtRate } from './limits.ts';

/** Where one track is read. */
export interface TrackPlace {
  readonly trackNumber: number;
  /** In the file. */
  readonly nextByte: number;
  /** How fast reading moves through the file while it is played at its own speed. Above 0. */
  readonly bytesPerSecond: number;
  /** From where it was fed to, to the playhead. */
  readonly missingSeconds: number;
  readonly aheadSeconds: number;
  /** What its buffer is filled up to. */
  readonly fillSeconds: number;
}

export interface ReadAheadNeed {
  readonly tracks: readonly TrackPlace[];
  readonly isPlaying: boolean;
  /** A picture is waited for. */
  readonly isInHurry: boolean;
  readonly playbackRate: number;
}

export class ReadAhead {
  readonly #download: Download;
  /** To where was said, by track. */
  #ends: ReadonlyMap<number, number> = new Map();
  /** Until the picture is there. */
  #expected: ReadAheadRun | undefined;

  constructor({ download }: { readonly download: Download }) {
    this.#download = download;
  }

  /** Nothing is read next, or nobody knows where: while the index is read, and after a seek. */
  clear(): void {
    this.#ends = new Map();
    this.#expected = undefined;
    this.#download.readAhead([]);
  }

  /** What is read first after a seek, where the index tells. */
  expect({ start, end }: FileBytes): void {
    const bytes = Math.min(end - start, MAX_READ_AHEAD_BYTES);
    this.#ends = new Map();
    this.#expected = { start, end: start + bytes, bytesPerSecond: Math.max(1, bytes), dueInMs: 0 };
    this.#download.readAhead([this.#expected]);
  }

  update(need: ReadAheadNeed): void {
    // Who pauses for a moment does not give up what is on its way.
    this.#ends = new Map(need.tracks.map((track) => [
      track.trackNumber, Math.max(track.nextByte + wantedBytes(track, need), need.isPlaying ? 0 : this.#ends.get(track.trackNumber) ?? 0),
    ]));
    const rate = Math.max(need.playbackRate, 0.1);
    if (!need.isInHurry) this.#expected = undefined;
    const next = need.tracks.map(({ trackNumber, nextByte, bytesPerSecond, aheadSeconds }): ReadAheadRun => ({
      start: nextByte, end: this.#ends.get(trackNumber) ?? nextByte, bytesPerSecond: bytesPerSecond * rate, dueInMs: Math.max(0, aheadSeconds) * 1_000 / rate,
    }));
    this.#download.readAhead(joined(this.#expected === undefined ? next : [this.#expected, ...next]));
  }
}

/**
 * While playing a minute or a window, shared among the tracks by their rates; while paused no more than the buffer takes. Until what a
 * picture that is waited for takes is there, that and not more: all else takes the line, and the time to check what came, from it. What
 * follows is on its way while the browser decodes, or the picture would stand still again a moment later.
 */
function wantedBytes({ bytesPerSecond, missingSeconds, aheadSeconds, fillSeconds }: TrackPlace, { tracks, isPlaying, isInHurry, playbackRate }: ReadAheadNeed): number {
  const firstSeconds = isInHurry ? missingSeconds + Math.max(0, secondsAtRate(FIRST_FILL_SECONDS, playbackRate) - aheadSeconds) : 0;
  if (firstSeconds > 0) return Math.ceil(firstSeconds * bytesPerSecond);
  if (!isPlaying) return Math.ceil(Math.max(0, fillSeconds - aheadSeconds) * bytesPerSecond);
  const fastest = Math.max(...tracks.map((track) => track.bytesPerSecond));
  const bytes = Math.min(Math.max(READ_AHEAD_SECONDS * playbackRate * fastest, MIN_READ_AHEAD_BYTES), MAX_READ_AHEAD_BYTES);
  return Math.ceil(bytes * bytesPerSecond / fastest);
}

/** Runs that touch or nearly do are one: picture and sound mostly lie side by side. */
function joined(runs: readonly ReadAheadRun[]): ReadAheadRun[] {
  const result: ReadAheadRun[] = [];
  for (const run of runs.filter(({ start, end }) => end > start).toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || run.start > last.end + RUN_GAP_BYTES) result.push(run);
    else {
      result[result.length - 1] = {
        start: last.start, end: Math.max(last.end, run.end), dueInMs: Math.min(last.dueInMs, run.dueInMs),
        bytesPerSecond: Math.max(last.bytesPerSecond, run.bytesPerSecond),
      };
    }
  }
  return result.slice(0, MAX_READ_AHEAD_RUNS);
}
