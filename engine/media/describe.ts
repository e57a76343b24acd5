/** What mediabunny knows of a file, as MediaInfo. */
import { ADTS, FLAC, MATROSKA, MP3, MP4, MPEG_TS, OGG, QTFF, WAVE, WEBM } from 'mediabunny';
import type { InputFormat } from 'mediabunny';
import type { Demuxer, DemuxedTrack } from './demuxer.ts';
import { MediaError } from './media-error.ts';
import type { MediaContainer, MediaInfo, TrackInfo } from './media-info.ts';

const CONTAINERS: readonly (readonly [InputFormat, MediaContainer])[] = [
  [MP4, 'mp4'], [QTFF, 'mov'], [WEBM, 'webm'], [MATROSKA, 'matroska'], [MP3, 'mp3'], [FLAC, 'flac'], [WAVE, 'wav'], [OGG, 'ogg'], [ADTS, 'aac'],
  [MPEG_TS, 'mpeg-ts'],
];

export async function readInfo(demuxer: Demuxer): Promise<MediaInfo> {
  const format = await demuxer.input.getFormat();
  const container = CONTAINERS.find(([known]) => known === format)?.[1];
  if (container === undefined) throw new MediaError('unreadable', `${format.name} files are not read.`);
  const tracks: TrackInfo[] = [];
  for (const track of await demuxer.input.getTracks()) {
    if (track.isVideoTrack() || track.isAudioTrack()) tracks.push(await trackInfo(track));
  }
  const durationSeconds = await demuxer.input.getDurationFromMetadata(undefined, { skipLiveWait: true });
  return { container, durationSeconds, tracks };
}

async function trackInfo(track: DemuxedTrack): Promise<TrackInfo> {
  const language = await track.getLanguageCode();
  const label = await track.getName();
  const facts = {
    number: track.id,
    codec: await track.getCodec(),
    codecString: await codecString(track),
    language: language === 'und' || language === '' ? null : language,
    label: label === null || label === '' ? null : label,
    isDefault: (await track.getDisposition()).default,
  };
  if (track.isVideoTrack()) {
    return { ...facts, kind: 'video', width: Math.round(await track.getDisplayWidth()), height: Math.round(await track.getDisplayHeight()) };
  }
  return { ...facts, kind: 'audio', channels: await track.getNumberOfChannels(), sampleRateHz: await track.getSampleRate() };
}

async function codecString(track: DemuxedTrack): Promise<string | null> {
  return await track.getCodecParameterString();
}
