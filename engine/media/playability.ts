/** What of a file a browser can play, told from its MediaInfo before anything is tried. Pure: the browser is a question it is given. */
import { codecName } from './codec-words.ts';
import type { MediaInfo, TrackInfo } from './media-info.ts';
import { mimeTypeOf } from './track-mime.ts';

/** Which tracks of a file a browser plays, and why not the others. */
export interface Playability {
  /** Numbers of tracks. The picture to play; null when none can be. */
  readonly videoTrack: number | null;
  /** The sound to begin with; null when none can be played. */
  readonly audioTrack: number | null;
  /** All sounds that can be played, in the file's order. */
  readonly audioTracks: readonly number[];
  /** What cannot be played, each a sentence for people. Empty when everything can. */
  readonly problems: readonly string[];
}

/** `isTypeSupported`: MediaSource's own, for MIME types as `initSegment` gives them. */
export function playability(info: MediaInfo, isTypeSupported: (mimeType: string) => boolean): Playability {
  const plays = (track: TrackInfo): boolean => {
    const mimeType = mimeTypeOf(track);
    return mimeType !== null && isTypeSupported(mimeType);
  };
  const pictures = info.tracks.filter(({ kind }) => kind === 'video');
  const sounds = info.tracks.filter(({ kind }) => kind === 'audio');
  const picture = first(pictures.filter(plays));
  const playedSounds = sounds.filter(plays);
  const problems = [
    ...(picture === null ? pictureWords(pictures, playedSounds.length > 0) : []),
    ...soundWords(sounds, playedSounds, picture !== null),
  ];
  return {
    videoTrack: picture?.number ?? null,
    audioTrack: first(playedSounds)?.number ?? null,
    audioTracks: playedSounds.map(({ number }) => number),
    problems: info.tracks.length === 0 ? ['There is neither picture nor sound in this file.'] : problems,
  };
}

function first(tracks: readonly TrackInfo[]): TrackInfo | null {
  return tracks.find(({ isDefault }) => isDefault) ?? tracks[0] ?? null;
}

function pictureWords(pictures: readonly TrackInfo[], hasSound: boolean): string[] {
  const [picture] = pictures;
  if (picture === undefined) return [];
  const rest = hasSound ? '; only the sound plays' : '';
  return [picture.codec === null ? `The picture is in a format that browsers do not know${rest}.` : `${codecName(picture.codec)} is not supported by this browser${rest}.`];
}

function soundWords(sounds: readonly TrackInfo[], played: readonly TrackInfo[], hasPicture: boolean): string[] {
  const silent = sounds.filter((track) => !played.includes(track));
  if (silent.length === 0) return [];
  const names = [...new Set(silent.map(({ codec }) => (codec === null ? 'in a format that browsers do not know' : codecName(codec))))].join(' and ');
  if (played.length > 0) return [`${silent.length === 1 ? 'One sound' : `${silent.length} sounds`} of this file cannot be chosen: ${names} is not supported by this browser.`];
  const rest = hasPicture ? '; the picture plays without sound' : '';
  return [`The sound is ${names}, which this browser does not play${rest}.`];
}
