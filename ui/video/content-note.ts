/** The small note of what is kept of one content, written as it comes. state/kept.ts says what the note is for. */
import type { DownloadFigures } from '../../engine/index.ts';
import { keptNote, noteKept, type KeptKind } from '../state/kept.ts';

/** Written at most this often: it is small, but it is written synchronously. */
const INTERVAL_MS = 1_000;

export interface Asked {
  /** The reader downloads it. */
  readonly isDownload: boolean;
  /** And does so now, or has all of it. */
  readonly isWanted: boolean;
  readonly saveWhenDone: boolean;
}

export class ContentNote {
  readonly #contentId: string;
  #writtenAtMs = 0;

  constructor(contentId: string) {
    this.#contentId = contentId;
  }

  /** Of an earlier visit: the file was asked for, and not handed over yet. */
  get saveWhenDone(): boolean {
    return keptNote(this.#contentId)?.saveWhenDone ?? false;
  }

  /** Unless it was just written. */
  writeSometimes(figures: DownloadFigures, asked: Asked): void {
    if (performance.now() - this.#writtenAtMs >= INTERVAL_MS) this.write(figures, asked);
  }

  write({ name, bytesHeld, sizeBytes }: DownloadFigures, { isDownload, isWanted, saveWhenDone }: Asked): void {
    this.#writtenAtMs = performance.now();
    // What was downloaded once is only watched no more.
    const kind: KeptKind = isDownload || keptNote(this.#contentId)?.kind === 'kept' ? 'kept' : 'watched';
    noteKept({ contentId: this.#contentId, name, bytesHeld, sizeBytes, kind, isWanted, saveWhenDone });
  }
}
