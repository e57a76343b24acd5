/**
 * Plays a media file in a <video> while it arrives: reads its index through a Download, and feeds picture and sound to the browser
 * (W3C Media Source Extensions) from the playhead on. It never seeks or pauses by itself, but for holes in the file.
 */
import type { Download } from '../../../engine/index.ts';
import { MediaError, type MediaFile, openMedia, type Playability, playability } from '../../../engine/media/index.ts';
import type { PlaybackFigures } from '../playback-figures.ts';
import { Attachment, mediaSourceClass } from './attachment.ts';
import { DownloadSource } from './download-source.ts';
import { HEAD_BYTES, MAX_RECOVERIES, MAX_SKIPS_TOLD, NEAR_END_SECONDS, SKIP_SECONDS } from './limits.ts';
import { Listeners } from './listeners.ts';
import { elementError, Session } from './session.ts';
import type { Span } from './spans.ts';
import { Timing } from './timing.ts';

export type { Playability };

export interface PlaybackComponents {
  readonly video: HTMLVideoElement;
  readonly download: Download;
}

export interface PlaybackOptions {
  /** Default 0. */
  readonly startSeconds?: number;
  /** The number of the track that is heard first; null: none. Default the file's own default that this browser plays. */
  readonly audioTrack?: number | null;
}

interface Over {
  readonly kind: 'video' | 'audio';
  readonly endSeconds: number;
}

const CHANGES = ['timeupdate', 'progress', 'waiting', 'playing', 'pause', 'seeking', 'seeked', 'ended', 'loadeddata', 'ratechange', 'resize'] as const;

export class Playback {
  readonly #video: HTMLVideoElement;
  readonly #download: Download;
  readonly #options: PlaybackOptions;
  readonly #closing = new AbortController();
  readonly #listeners: Listeners<PlaybackFigures>;
  readonly #timing: Timing;
  #file: MediaFile | undefined;
  #index = { count: 0, bytes: 0 };
  #attachment: Attachment | undefined;
  #session: Session | undefined;
  #playable: Playability | undefined;
  /** The chosen sound. */
  #audioTrack: number | null = null;
  /** A track that is over while the other goes on for long, and where. */
  #over: Over | undefined;
  #damaged: readonly Span[] = [];
  #skippedSeconds: readonly number[] = [];
  #failure: string | null = null;
  #wantsToPlay: boolean;

  constructor({ video, download }: PlaybackComponents, options: PlaybackOptions = {}) {
    this.#video = video;
    this.#download = download;
    this.#options = options;
    this.#wantsToPlay = !video.paused;
    this.#timing = new Timing({ video, startedAtMs: performance.now() });
    this.#listeners = new Listeners({ read: () => this.figures() });
    const { signal } = this.#closing;
    for (const event of CHANGES) video.addEventListener(event, () => this.#listeners.changed(), { signal });
    // A browser that fails pauses by itself.
    video.addEventListener('play', () => { this.#wantsToPlay = true; }, { signal });
    video.addEventListener('pause', () => { if (video.error === null) this.#wantsToPlay = false; }, { signal });
    video.addEventListener('error', () => this.#onVideoError(), { signal });
    video.addEventListener('seeking', () => { if (this.#over !== undefined && video.currentTime < this.#over.endSeconds - NEAR_END_SECONDS) this.#anew(undefined); }, { signal });
  }

  get file(): MediaFile | undefined {
    return this.#file;
  }

  /**
   * Reads the index and attaches to the video. Resolves when the first picture can come, with what is played and what cannot be.
   * Rejects with MediaError (`unreadable`, `not-playable`, `damaged`…) or what the Download throws. Waits as long as nobody serves.
   */
  async open(signal?: AbortSignal): Promise<Playability> {
    const giveUp = (): void => this.#closing.abort(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener('abort', giveUp);
    try {
      return await this.#open(this.#closing.signal);
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      await this.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  figures(): PlaybackFigures {
    const { currentTime, duration, videoWidth, videoHeight } = this.#video;
    const quality = this.#video.getVideoPlaybackQuality();
    const bytes = this.#session?.bytes();
    return {
      durationSeconds: Number.isFinite(duration) ? duration : this.#file?.info.durationSeconds ?? null,
      positionSeconds: currentTime,
      bufferAheadSeconds: this.#session?.aheadSeconds() ?? 0,
      videoCodec: this.#codec(this.#playable?.videoTrack ?? null), audioCodec: this.#codec(this.audioTrack()),
      width: videoWidth, height: videoHeight,
      framesDropped: quality.droppedVideoFrames, framesTotal: quality.totalVideoFrames,
      playheadByte: bytes?.playhead ?? 0, bufferedToByte: bytes?.bufferedTo ?? 0,
      firstFrameMs: this.#timing.firstFrameMs, lastSeekMs: this.#timing.lastSeekMs, stalls: this.#timing.stalls,
      indexReads: this.#index.count, indexBytes: this.#index.bytes,
      skippedSeconds: this.#skippedSeconds, failure: this.#failure,
    };
  }

  /** On changes, at most 4 times a second. Returns the unsubscriber. */
  subscribe(listener: (figures: PlaybackFigures) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Another sound from the playhead on. MediaError `not-playable` when the file has no such track, or the browser cannot play it. */
  selectAudio(trackNumber: number): void {
    const track = this.#file?.info.tracks.find(({ kind, number }) => kind === 'audio' && number === trackNumber);
    if (track === undefined || this.#playable?.audioTracks.includes(trackNumber) !== true) {
      throw new MediaError('not-playable', `Track ${trackNumber} is no sound that this browser plays.`);
    }
    this.#audioTrack = trackNumber;
    if (this.#over?.kind === 'audio') this.#anew(undefined);
    else this.#session?.selectAudio(trackNumber);
    this.#listeners.changed();
  }

  audioTrack(): number | null {
    return this.#session === undefined ? null : this.#audioTrack;
  }

  /** Detaches from the video and gives up what is being read. The Download stays open. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#timing.stop();
    this.#listeners.close();
    this.#session?.close();
    this.#attachment?.detach();
    this.#file?.close();
  }

  async #open(signal: AbortSignal): Promise<Playability> {
    this.#attachment = new Attachment({ video: this.#video });
    // Finding the index wants scattered bytes: what lies behind them would be fetched for nothing, but where the first picture lies, too.
    const headBytes = (this.#options.startSeconds ?? 0) > 0 ? 0 : Math.min(HEAD_BYTES, this.#download.manifest.sizeBytes);
    this.#download.readAhead(headBytes === 0 ? [] : [{ start: 0, end: headBytes, bytesPerSecond: HEAD_BYTES, dueInMs: 0 }]);
    const source = new DownloadSource({ download: this.#download, dueInMs: () => this.#dueInMs() });
    this.#file = await openMedia(source, { signal });
    this.#index = this.#file.reads();
    const playable = playability(this.#file.info, (type) => mediaSourceClass()?.isTypeSupported(type) ?? false);
    this.#playable = playable;
    const audioTrack = this.#options.audioTrack === undefined ? playable.audioTrack : this.#options.audioTrack;
    if (playable.videoTrack === null && audioTrack === null) throw new MediaError('not-playable', playable.problems.join(' '));
    this.#audioTrack = audioTrack;
    await this.#begin(this.#options.startSeconds ?? 0, signal);
    return playable;
  }

  async #begin(startSeconds: number, signal: AbortSignal): Promise<void> {
    if (this.#file === undefined || this.#attachment === undefined) return;
    this.#session = new Session({
      video: this.#video, file: this.#file, download: this.#download, attachment: this.#attachment, host: {
        onSkipped: (atSeconds) => this.#skipped(atSeconds), onFailed: (error) => this.#fail(error),
        onOver: (kind, endSeconds) => this.#anew({ kind, endSeconds }),
      },
    }, {
      videoTrack: this.#over?.kind === 'video' ? null : this.#playable?.videoTrack ?? null, audioTrack: this.#over?.kind === 'audio' ? null : this.#audioTrack,
      startSeconds, durationSeconds: this.#file.info.durationSeconds, avoid: this.#damaged,
    });
    await this.#session.start(signal);
  }

  /** The browser gave up decoding: begin anew behind the place, a few times. */
  #onVideoError(): void {
    const { error } = this.#video;
    if (error === null || this.#session?.hasBegun !== true || this.#closing.signal.aborted) return;
    const isDecoding = error.code === error.MEDIA_ERR_DECODE;
    if (!isDecoding || this.#damaged.length === MAX_RECOVERIES) return this.#fail(elementError(this.#video));
    void this.#recover();
  }

  async #recover(): Promise<void> {
    const atSeconds = this.#session?.refusedAtSeconds ?? this.#video.currentTime;
    // Where leaving out a little did not help, more is left out.
    const tries = this.#damaged.filter(({ startSeconds, endSeconds }) => startSeconds <= atSeconds && atSeconds < endSeconds + SKIP_SECONDS).length;
    this.#damaged = [...this.#damaged, { startSeconds: atSeconds, endSeconds: atSeconds + SKIP_SECONDS * 2 ** tries }];
    this.#skipped(atSeconds);
    await this.#beginAgain();
  }

  /** From the playhead on without the track that is over, or with both again. */
  #anew(over: Over | undefined): void {
    this.#over = over;
    void this.#beginAgain();
  }

  async #beginAgain(): Promise<void> {
    const { currentTime, playbackRate } = this.#video;
    const wantsToPlay = this.#wantsToPlay;
    this.#session?.close();
    this.#attachment?.detach();
    this.#timing.restart();
    const attachment = new Attachment({ video: this.#video });
    this.#attachment = attachment;
    this.#video.playbackRate = playbackRate;
    const begun = this.#begin(currentTime, this.#closing.signal);
    // A new source pauses the element; whether it may play was decided before.
    if (wantsToPlay) this.#video.play().catch(() => undefined);
    try {
      await begun;
    } catch (error) {
      // One that another beginning took the place of was closed by it.
      if (this.#attachment === attachment) this.#fail(error);
    }
  }

  #skipped(atSeconds: number): void {
    this.#skippedSeconds = [...this.#skippedSeconds, atSeconds].slice(-MAX_SKIPS_TOLD);
    this.#listeners.changed();
  }

  #fail(error: unknown): void {
    if (this.#closing.signal.aborted || this.#failure !== null) return;
    this.#failure = error instanceof Error ? error.message : String(error);
    this.#session?.close();
    this.#listeners.changed();
  }

  /** When the playhead gets to the end of the buffer. */
  #dueInMs(): number {
    const { playbackRate } = this.#video;
    if (this.#timing.isUrgent) return 0;
    return Math.round((this.#session?.aheadSeconds() ?? 0) * 1_000 / Math.max(playbackRate, 0.1));
  }

  #codec(trackNumber: number | null): string | null {
    const track = this.#file?.info.tracks.find(({ number }) => number === trackNumber);
    return track?.codecString ?? track?.codec ?? null;
  }
}
