/** What a look into a file changes in the video's details. Pure, and harmless when done twice. */
import { randomBytes } from 'node:crypto';
import type { MediaInfo, TrackInfo } from '../../engine/media/index.ts';
import { MAX_EXTRA_BYTES, MAX_SUBTITLES, subtitlesExtra, type DetailsChange, type Subtitles, type VideoDetails } from '../storage/video-details.ts';

export interface FoundSubtitles {
  readonly language: string | null;
  readonly label: string;
  /** WebVTT. */
  readonly bytes: Uint8Array;
}

/** Texts come from the file: its maker's, not ours. The entry stays small whatever they are. */
const MAX_TRACKS = 64;
const MAX_TEXT = 200;
const WITH_SUBTITLES: ReadonlySet<string> = new Set(['matroska', 'webm', 'mp4', 'mov']);

/** New ids for every file: what was cached under one is never another. */
export function newExtraId(): string {
  return randomBytes(8).toString('hex');
}

/** undefined when somebody looked before. `media` null: nothing known is inside. */
export function mediaChange(now: VideoDetails, media: MediaInfo | null): DetailsChange | undefined {
  if (now.mediaState !== 'pending') return undefined;
  if (media === null) return { details: { ...now, media: null, mediaState: 'unreadable', isInspected: true } };
  return { details: { ...now, media: tidy(media), mediaState: 'read', isInspected: !WITH_SUBTITLES.has(media.container) } };
}

/** undefined when somebody looked before. */
export function subtitlesChange(now: VideoDetails, found: readonly FoundSubtitles[]): DetailsChange | undefined {
  if (now.isInspected) return undefined;
  const extras = new Map<string, Uint8Array>();
  const embedded: Subtitles[] = [];
  for (const { language, label, bytes } of found) {
    if (bytes.byteLength > MAX_EXTRA_BYTES || now.subtitles.length + embedded.length >= MAX_SUBTITLES) continue;
    const id = newExtraId();
    extras.set(subtitlesExtra(id), bytes);
    embedded.push({ id, language, label: label.slice(0, MAX_TEXT), origin: 'embedded' });
  }
  return { details: { ...now, subtitles: [...now.subtitles, ...embedded], isInspected: true }, extras };
}

function tidy({ container, durationSeconds, tracks }: MediaInfo): MediaInfo {
  const seconds = durationSeconds !== null && Number.isFinite(durationSeconds) && durationSeconds >= 0 ? durationSeconds : null;
  return { container, durationSeconds: seconds, tracks: tracks.slice(0, MAX_TRACKS).map(tidyTrack) };
}

function tidyTrack(track: TrackInfo): TrackInfo {
  const texts = { codec: short(track.codec), codecString: short(track.codecString), language: short(track.language), label: short(track.label) };
  return track.kind === 'video'
    ? { ...track, ...texts, width: count(track.width), height: count(track.height) }
    : { ...track, ...texts, channels: count(track.channels), sampleRateHz: count(track.sampleRateHz) };
}

function short(text: string | null): string | null {
  return text === null ? null : text.slice(0, MAX_TEXT);
}

function count(value: number): number {
  return Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
}
