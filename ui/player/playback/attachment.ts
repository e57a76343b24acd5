/**
 * A media source attached to a <video>, until it is detached. ManagedMediaSource (iOS 17 and later) where there is no MediaSource.
 * An attachment has one owner, who detaches it.
 */
import { MediaError } from '../../../engine/media/index.ts';
import { OPERATION_LIMIT_MS } from './limits.ts';
import { TrackBuffer } from './track-buffer.ts';

interface Managed {
  readonly ManagedMediaSource?: typeof MediaSource;
}

/** undefined where the browser has none of the two. */
export function mediaSourceClass(): typeof MediaSource | undefined {
  return globalThis.MediaSource ?? (globalThis as Managed).ManagedMediaSource;
}

export class Attachment {
  readonly #video: HTMLVideoElement;
  readonly #source: MediaSource;
  readonly #url: string;
  readonly #isManaged: boolean;
  readonly #buffers: TrackBuffer[] = [];
  #ending: Promise<void> | undefined;

  constructor({ video }: { readonly video: HTMLVideoElement }) {
    const Source = mediaSourceClass();
    if (Source === undefined) {
      throw new MediaError('not-playable', 'This browser cannot play while a video arrives (it has no Media Source Extensions). Download the video instead.');
    }
    this.#video = video;
    this.#source = new Source();
    this.#isManaged = globalThis.MediaSource === undefined;
    this.#url = URL.createObjectURL(this.#source);
    // ManagedMediaSource opens only where the sound cannot be sent elsewhere.
    if (this.#isManaged) video.disableRemotePlayback = true;
    video.src = this.#url;
  }

  /** Resolves when buffers can be added. A page in the background may wait with that until it is looked at. */
  async opened(signal: AbortSignal): Promise<void> {
    while (this.#source.readyState !== 'open') {
      signal.throwIfAborted();
      const timedOut = await this.#stateChanged(signal);
      if (timedOut && document.visibilityState === 'visible') {
        throw new MediaError('not-playable', 'The browser did not get ready to play. Reload the page.');
      }
    }
  }

  /** A managed source says when it wants no more for now, to save the battery. */
  get wantsMore(): boolean {
    return !this.#isManaged || (this.#source as { readonly streaming?: boolean }).streaming !== false;
  }

  /** All before the first append. Throws MediaError `not-playable`. */
  addBuffer(mimeType: string): TrackBuffer {
    try {
      const buffer = new TrackBuffer({ buffer: this.#source.addSourceBuffer(mimeType) }, { mimeType });
      this.#buffers.push(buffer);
      return buffer;
    } catch (cause) {
      throw new MediaError('not-playable', `This browser does not play ${mimeType}.`, { cause });
    }
  }

  /** Before the first append. */
  setDuration(seconds: number | null): void {
    if (this.#source.readyState === 'open') this.#source.duration = seconds ?? Number.POSITIVE_INFINITY;
  }

  /** Nothing more follows: the browser plays to the end of what it has. Whoever appends again takes that back. */
  end(): Promise<void> {
    this.#ending ??= this.#end().finally(() => { this.#ending = undefined; });
    return this.#ending;
  }

  get hasEnded(): boolean {
    return this.#source.readyState === 'ended';
  }

  detach(): void {
    URL.revokeObjectURL(this.#url);
    if (this.#video.src !== this.#url) return;
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  async #end(): Promise<void> {
    await Promise.all(this.#buffers.map((buffer) => buffer.idle()));
    if (this.#source.readyState === 'open' && [...this.#source.sourceBuffers].every(({ updating }) => !updating)) this.#source.endOfStream();
  }

  /** Whether nothing happened for as long as it may take. */
  #stateChanged(signal: AbortSignal): Promise<boolean> {
    const listening = new AbortController();
    return new Promise<boolean>((resolve) => {
      const options = { signal: listening.signal };
      const timer = setTimeout(() => resolve(true), OPERATION_LIMIT_MS);
      listening.signal.addEventListener('abort', () => clearTimeout(timer));
      this.#source.addEventListener('sourceopen', () => resolve(false), options);
      signal.addEventListener('abort', () => resolve(false), options);
    }).finally(() => listening.abort());
  }
}
