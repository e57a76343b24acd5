/** What is known of a file besides mediabunny's index: our own ways to its frames, and how long it is when it does not say. */
import type { Demuxer } from './demuxer.ts';
import { FragmentedFile } from './iso/fragmented-file.ts';
import type { Movie } from './iso/movie.ts';
import { moviePackets } from './iso/movie-packets.ts';
import { matroskaPackets } from './matroska/matroska-packets.ts';
import { tailSeconds } from './matroska/find-cluster.ts';
import { readSegmentIndex } from './matroska/segment-index.ts';
import type { SegmentIndex } from './matroska/segment-index.ts';
import type { MediaInfo, TrackInfo } from './media-info.ts';
import type { MediaPacket, PacketOptions } from './media-packet.ts';
import type { UnitReader } from './unit-reader.ts';

export interface FileIndex {
  /** Where our own reader of blocks is used. */
  readonly matroska: SegmentIndex | null;
  readonly fragmented: FragmentedFile | null;
  /** Where our own reader of ISO tables is used. */
  readonly movie: Movie | null;
}

export async function readFileIndex(units: UnitReader, demuxer: Demuxer, movie: Movie | null, { container }: MediaInfo, signal: AbortSignal): Promise<FileIndex> {
  const isMatroska = container === 'matroska' || container === 'webm';
  const isIso = container === 'mp4' || container === 'mov';
  return {
    matroska: isMatroska ? await readSegmentIndex(units, signal) : null,
    fragmented: isIso && movie === null ? await FragmentedFile.of(units, demuxer, signal) : null,
    movie,
  };
}

/** As the file says, else by its tail, where that can be found with a few reads. */
export async function durationOf(units: UnitReader, demuxer: Demuxer, info: MediaInfo, index: FileIndex, signal: AbortSignal): Promise<number | null> {
  if (info.durationSeconds !== null && info.durationSeconds > 0) return info.durationSeconds;
  if (index.matroska !== null) return await tailSeconds(units, index.matroska, { signal });
  if (index.fragmented !== null) return await index.fragmented.tailSeconds(signal);
  // These are found by the file's own table, or by halving the file.
  return info.container === 'mp4' || info.container === 'mov' || info.container === 'mpeg-ts' ? await demuxer.lastSeconds() : null;
}

export function packetsOf(units: UnitReader, demuxer: Demuxer, index: FileIndex, track: TrackInfo, options: PacketOptions): AsyncGenerator<MediaPacket, void, undefined> {
  const matroskaTrack = index.matroska?.tracks.get(track.number);
  if (index.matroska !== null && matroskaTrack !== undefined) {
    return matroskaPackets({ units, index: index.matroska, track: matroskaTrack, kind: track.kind }, options);
  }
  if (index.movie !== null) return moviePackets({ units, movie: index.movie, demuxer }, track.number, options);
  return index.fragmented === null ? demuxer.packets(track.number, options) : index.fragmented.packets(track.number, options);
}
