/** How a track goes into a SourceBuffer: in which container, under which MIME type. Pure, so that it can be asked before anything is read. */
import type { TrackInfo } from './media-info.ts';

/** `mp4`: ISO fragments. `webm`: WebM clusters. `mpeg`: MPEG audio frames as they are. */
export type Packaging = 'mp4' | 'webm' | 'mpeg';

const PACKAGINGS: Readonly<Record<string, Packaging>> = {
  avc: 'mp4', hevc: 'mp4', vp9: 'mp4', av1: 'mp4', aac: 'mp4', opus: 'mp4', flac: 'mp4', ac3: 'mp4', eac3: 'mp4', mp3: 'mpeg', vp8: 'webm', vorbis: 'webm',
};

/** null: there is no way to give a track of this codec to a browser. */
export function packagingOf(track: TrackInfo): Packaging | null {
  return track.codec === null ? null : PACKAGINGS[track.codec] ?? null;
}

/** For `MediaSource.addSourceBuffer`; null where there is none. */
export function mimeTypeOf(track: TrackInfo): string | null {
  const packaging = packagingOf(track);
  if (packaging === null) return null;
  if (packaging === 'mpeg') return 'audio/mpeg';
  return track.codecString === null ? null : `${track.kind}/${packaging}; codecs="${track.codecString}"`;
}
