/** What is inside a media file, as plain JSON: kept by the appliance at upload, shown in the list, asked by the player. */

export type MediaContainer = 'mp4' | 'mov' | 'webm' | 'matroska' | 'mp3' | 'flac' | 'wav' | 'ogg' | 'aac' | 'mpeg-ts';

/** What is known of a track of any kind. */
export interface TrackFacts {
  /** The track's own number in the file, unique among all its tracks. */
  readonly number: number;
  /** Short name of the codec: `avc`, `hevc`, `vp9`, `av1`, `vp8`, `aac`, `opus`, `mp3`, `flac`, `vorbis`, `ac3`… null when unknown. */
  readonly codec: string | null;
  /** RFC 6381 codec parameter string, e.g. `avc1.64001f`; null when it cannot be told. */
  readonly codecString: string | null;
  /** BCP 47 or ISO 639-2 as in the file; null when it does not say. */
  readonly language: string | null;
  /** The file's own name of the track. */
  readonly label: string | null;
  readonly isDefault: boolean;
}

/** A track of pictures. */
export interface VideoTrackInfo extends TrackFacts {
  readonly kind: 'video';
  /** As displayed: after rotation, in square pixels. */
  readonly width: number;
  readonly height: number;
}

/** A track of sound. */
export interface AudioTrackInfo extends TrackFacts {
  readonly kind: 'audio';
  readonly channels: number;
  readonly sampleRateHz: number;
}

/** One track of a file. */
export type TrackInfo = VideoTrackInfo | AudioTrackInfo;

/** What is inside a media file. */
export interface MediaInfo {
  readonly container: MediaContainer;
  /** null when only reading the whole file would tell. */
  readonly durationSeconds: number | null;
  /** In the file's order: the pictures and sounds. Subtitles are listed beside the video, converted to WebVTT. */
  readonly tracks: readonly TrackInfo[];
}
