/** The contract between who reads a media file and who plays it. `openMedia` in media-file.ts makes a MediaFile. */
import type { MediaInfo } from './media-info.ts';

/** Where the bytes of a media file come from: an engine's Download fits, and so does anything that reads ranges. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Exactly the bytes `start` to `end` (exclusive). */
  read(start: number, end: number, options: { readonly signal: AbortSignal }): Promise<Uint8Array>;
}

/** What a SourceBuffer is made with and given first. */
export interface InitSegment {
  /** For `MediaSource.addSourceBuffer`, e.g. `video/mp4; codecs="avc1.64001f"`. */
  readonly mimeType: string;
  /** Empty where the format has none (MPEG audio). */
  readonly bytes: Uint8Array;
  /** `in-fragments`: each fragment knows its time. `by-offset`: the SourceBuffer's timestampOffset must be set to the first fragment's start. */
  readonly timestamps: 'in-fragments' | 'by-offset';
}

/** A run of frames of one track, in decode order, ready for a SourceBuffer. */
export interface Fragment {
  readonly bytes: Uint8Array;
  /** Presentation times in seconds on the file's timeline: of the earliest frame, and of the end of the latest. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Whether it can be decoded without those before it. The first of a stream always can. */
  readonly isIndependent: boolean;
  /** Where in the file its frames lie: from the first to after the last byte. */
  readonly fileStart: number;
  readonly fileEnd: number;
}

/** A run of the file: from its first to after its last byte. */
export interface FileBytes {
  readonly start: number;
  readonly end: number;
}

/** Which part of a track, and how it is given up. */
export interface FragmentOptions {
  /** The stream begins with the last key frame at or before this time (or the first there is). */
  readonly fromSeconds: number;
  /** Ends it at the first frame boundary at or after this time. Default: the end of the track. */
  readonly toSeconds?: number;
  readonly signal: AbortSignal;
}

/** One media file, its index read. Every method throws MediaError. */
export interface MediaFile {
  readonly info: MediaInfo;
  /** Reads so far, in calls and bytes. What opening took is how the index was found. */
  reads(): { readonly count: number; readonly bytes: number };
  /** MediaError `not-playable` when the track cannot be put into a SourceBuffer at all. */
  initSegment(trackNumber: number, signal: AbortSignal): Promise<InitSegment>;
  /** Small fragments, one after the other, read as they are asked for. */
  fragments(trackNumber: number, options: FragmentOptions): AsyncGenerator<Fragment, void, undefined>;
  /** From the first to after the last byte of what `fragments` would read up to `toSeconds`; null where only reading would tell. */
  bytesOf(trackNumber: number, seconds: { readonly fromSeconds: number; readonly toSeconds: number }): FileBytes | null;
  /** Times of all key frames, in seconds, where the index has them; null where only reading the file would tell. */
  keyFrameSeconds(trackNumber: number, signal: AbortSignal): Promise<readonly number[] | null>;
  /** Gives up what is being read. */
  close(): void;
}
