/** The media part of the library: what is inside a file, and its frames as fragments a browser plays. Outsiders import only this. */
export type * from './media-info.ts';
export type * from './media-source.ts';
export { describeMedia, openMedia } from './media-file.ts';
export type { OpenMediaOptions } from './media-file.ts';
export { MediaError } from './media-error.ts';
export type { MediaErrorCode } from './media-error.ts';
export { codecName } from './codec-words.ts';
export { playability } from './playability.ts';
export type { Playability } from './playability.ts';
export { mimeTypeOf } from './track-mime.ts';
export { cuesToWebVtt, toWebVtt } from './subtitles/to-webvtt.ts';
export type { ExtractedCue, SubtitleHint } from './subtitles/to-webvtt.ts';
