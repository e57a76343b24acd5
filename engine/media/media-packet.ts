/** One frame as it lies in the file, and what every reader of frames gives. */

export interface MediaPacket {
  readonly bytes: Uint8Array;
  readonly isKey: boolean;
  /** On the file's timeline; may be negative. */
  readonly presentationSeconds: number;
  /** To the next frame in the order of presentation. */
  readonly durationSeconds: number;
  /** Where it lies in the file, as well as is known. */
  readonly fileStart: number;
  readonly fileEnd: number;
}

export interface PacketOptions {
  /** Starts with the last key frame at or before it, or with the first there is. */
  readonly fromSeconds: number;
  readonly signal: AbortSignal;
  /** Called when the next frame is not at hand and the source is asked. */
  readonly onWait: () => void;
}

/** Frames in decode order. */
export type PacketReader = (options: PacketOptions) => AsyncGenerator<MediaPacket, void, undefined>;
