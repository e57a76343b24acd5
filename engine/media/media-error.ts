/** What goes wrong with media files, with a stable code and a sentence for people. */

export type MediaErrorCode =
  /** No container or text format that is known, or one that a browser has no use for. */
  | 'unreadable'
  /** The track is there, but cannot be put into a SourceBuffer. */
  | 'not-playable'
  /** The container is known and its content contradicts it. */
  | 'damaged'
  /** The caller gave up. */
  | 'aborted'
  /** The bytes could not be had; the cause says why. */
  | 'source-failed';

/** What every error of reading a media file is: a stable code, a sentence for people, and where known the cause. */
export class MediaError extends Error {
  override readonly name = 'MediaError';
  readonly code: MediaErrorCode;

  constructor(code: MediaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whatever was thrown while reading, as a MediaError: what the bytes' source threw keeps its own words. */
export function asMediaError(error: unknown, signal: AbortSignal): MediaError {
  if (signal.aborted) return new MediaError('aborted', 'Reading the media file was given up.', { cause: error });
  if (error instanceof MediaError) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new MediaError('damaged', `The media file is damaged: ${said}`, { cause: error });
}
