/** What a playback shows of itself at any moment: for the overlay, the strip, the tests and the benches. */

export interface Stall {
  /** On the video's timeline, in seconds. */
  readonly atSeconds: number;
  /** null while it lasts. */
  readonly lastedMs: number | null;
  /** What was buffered when it began: next to nothing when bytes were missing, seconds when the machine was too busy to decode. */
  readonly bufferAheadSeconds: number;
}

/** A playback as it is now: a copy, which does not change. */
export interface PlaybackFigures {
  readonly durationSeconds: number | null;
  readonly positionSeconds: number;
  /** From the playhead to where the picture and the sound are buffered without a hole. */
  readonly bufferAheadSeconds: number;
  /** RFC 6381 strings of what is played now; null where there is no such track. */
  readonly videoCodec: string | null;
  readonly audioCodec: string | null;
  /** Pixels as decoded now; 0 before the first frame. */
  readonly width: number;
  readonly height: number;
  readonly framesDropped: number;
  readonly framesTotal: number;
  /** Where in the file the playhead and the end of the buffer are, in bytes; for the strip. */
  readonly playheadByte: number;
  readonly bufferedToByte: number;
  /** From the start of loading to the first frame shown; null before it. */
  readonly firstFrameMs: number | null;
  /** From the last seek to its first frame shown; null before the first seek, and while one lasts. */
  readonly lastSeekMs: number | null;
  /** Waits in mid-play of a tenth of a second and more; starting and seeking are none. */
  readonly stalls: readonly Stall[];
  /** Reads that finding the index took. */
  readonly indexReads: number;
  readonly indexBytes: number;
  /** Damaged places of the file that were passed, on the video's timeline. */
  readonly skippedSeconds: readonly number[];
  /** Why it does not go on, for people; null while it does. */
  readonly failure: string | null;
}
