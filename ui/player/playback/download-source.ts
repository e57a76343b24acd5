/** A Download as the bytes of a media file: every read says when it is due, which is when the playhead gets there. */
import type { Download } from '../../../engine/index.ts';
import type { ByteSource } from '../../../engine/media/index.ts';

export interface DownloadSourceComponents {
  readonly download: Download;
  /** Until the buffer is played out; 0 while the reader waits for a picture. */
  readonly dueInMs: () => number;
}

export class DownloadSource implements ByteSource {
  readonly sizeBytes: number;
  readonly #parts: DownloadSourceComponents;

  constructor(components: DownloadSourceComponents) {
    this.#parts = components;
    this.sizeBytes = components.download.manifest.sizeBytes;
  }

  read(start: number, end: number, { signal }: { readonly signal: AbortSignal }): Promise<Uint8Array> {
    return this.#parts.download.read(start, end, { signal, dueInMs: this.#parts.dueInMs() });
  }
}
