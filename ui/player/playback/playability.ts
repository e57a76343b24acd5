/** What of a file this browser can play, and in words what it cannot. */
import { type MediaInfo, type TrackInfo } from '../../../engine/media/index.ts';

export interface Playability {
  readonly videoTrack: number | null;
  readonly audioTrack: number | null;
  readonly audioTracks: readonly number[];
  readonly problems: readonly string[];
}

export function playability(info: MediaInfo, { isTypeSupported }: { readonly isTypeSupported: (mimeType: string) => boolean }): Playability {
  const plays = (track: TrackInfo): boolean => {
    if (track.codec === 'mp3') return isTypeSupported('audio/mpeg');
    const kind = track.codec === 'vp8' || track.codec === 'vorbis' ? 'webm' : 'mp4';
    return track.codecString !== null && isTypeSupported(`${track.kind}/${kind}; codecs="${track.codecString}"`);
  };
  const video = info.tracks.filter(({ kind }) => kind === 'video');
  const audio = info.tracks.filter(({ kind }) => kind === 'audio');
  const good = audio.filter(plays);
  return {
    videoTrack: video.find(plays)?.number ?? null,
    audioTrack: (good.find(({ isDefault }) => isDefault) ?? good[0])?.number ?? null,
    audioTracks: good.map(({ number }) => number),
    problems: info.tracks.filter((track) => !plays(track)).map((track) => `${track.codec ?? 'An unknown codec'} is not supported by this browser.`),
  };
}
