/** `software-switch/stream`: a download as a ReadableStream. Imports the engine only; no DOM, so it runs in Node too. */
export { contentStream, type ContentStreamOptions, type StreamedDownload } from './content-stream.ts';
