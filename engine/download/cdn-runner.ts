/** Carries out one appliance's windows: one at a time, piece by piece into the download, and tells how each ended. */
import { CdnRefusal } from '../source/cdn-refusal.ts';
import { errorCode } from '../protocol/errors.ts';
import type { PieceRun } from '../schedule/piece-table.ts';
import type { WindowEnd } from '../schedule/schedule-events.ts';
import type { CdnView } from '../schedule/schedule-state.ts';
import type { Source } from '../source/source.ts';

/** An appliance that does not have the video is asked again after this: it may be mirroring it. */
const NO_SUCH_VIDEO_RETRY_MS = 30_000;

export interface CdnRunnerHost {
  onCdnProgress(cdn: CdnView, bytes: number): void;
  /** Whether the piece was new. */
  onCdnPiece(cdn: CdnView, piece: number, bytes: Uint8Array): boolean;
  /** `wastedBytes` came and were of no use; `error` is why the window ended early, in words. */
  onCdnEnd(cdn: CdnView, end: WindowEnd, outcome: { readonly wastedBytes: number; readonly error: string | undefined }): void;
  /** Resolves when the store can take more. */
  room(): Promise<void>;
}

export class CdnRunner {
  readonly #source: Source;
  readonly #view: CdnView;
  readonly #host: CdnRunnerHost;
  #stop: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(components: { readonly source: Source; readonly view: CdnView; readonly host: CdnRunnerHost }) {
    this.#source = components.source;
    this.#view = components.view;
    this.#host = components.host;
  }

  start(window: PieceRun, grant: string | undefined): void {
    this.#stop = new AbortController();
    this.#running = this.#run(window, grant, this.#stop.signal);
  }

  /** The window was shortened; when nothing is left of it the stream is ended now. */
  shortened(): void {
    if (this.#view.window === undefined) this.#stop?.abort();
  }

  async stop(): Promise<void> {
    this.#stop?.abort();
    await this.#running;
  }

  async #run(window: PieceRun, grant: string | undefined, signal: AbortSignal): Promise<void> {
    let receivedBytes = 0;
    let usedBytes = 0;
    const onProgress = (bytes: number): void => {
      receivedBytes += bytes;
      this.#host.onCdnProgress(this.#view, bytes);
    };
    let end: WindowEnd = { how: 'given' };
    let words: string | undefined;
    try {
      for await (const { piece, bytes } of this.#source.fetch(window, { signal, grant, onProgress })) {
        if (this.#host.onCdnPiece(this.#view, piece, bytes)) usedBytes += bytes.length;
        if (this.#view.window === undefined) break;
        await this.#host.room();
      }
    } catch (error) {
      end = signal.aborted ? { how: 'cancelled' } : windowEnd(error);
      words = error instanceof Error ? error.message : String(error);
    }
    this.#host.onCdnEnd(this.#view, end, { wastedBytes: Math.max(0, receivedBytes - usedBytes), error: words });
  }
}

function windowEnd(error: unknown): WindowEnd {
  if (error instanceof CdnRefusal) return { how: error.code === 'cdn-busy' ? 'busy' : 'failed', retryAfterMs: error.retryAfterMs };
  switch (errorCode(error)) {
    case 'hash-mismatch':
      return { how: 'wrong-bytes' };
    case 'no-such-video':
      return { how: 'failed', retryAfterMs: NO_SUCH_VIDEO_RETRY_MS };
    default:
      return { how: 'failed', retryAfterMs: undefined };
  }
}
