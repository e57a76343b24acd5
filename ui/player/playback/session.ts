/** One media file on one attachment: its tracks' feeds, kept in step with the playhead, until it is closed. */
import type { Download } from '../../../engine/index.ts';
import { type InitSegment, MediaError, type MediaFile } from '../../../engine/media/index.ts';
import type { Attachment } from './attachment.ts';
import { Gaps } from './gaps.ts';
import { AUDIO_LEAD_SECONDS, FIRST_FILL_MS, FIRST_FILL_SECONDS, MAX_AUDIO_AHEAD_BYTES, MAX_VIDEO_AHEAD_BYTES, NARROW_HOLE_SECONDS, NEAR_END_SECONDS, secondsAtRate, TELL_EVERY_MS } from './limits.ts';
import { ReadAhead, type TrackPlace } from './read-ahead.ts';
import { aheadOf, type Span, spansOf } from './spans.ts';
import { BufferError } from './track-buffer.ts';
import { TrackFeed } from './track-feed.ts';

const ELEMENT_ERROR_WITHIN_MS = 1_000;

export interface SessionComponents {
  readonly video: HTMLVideoElement;
  readonly file: MediaFile;
  readonly download: Download;
  readonly attachment: Attachment;
  readonly host: SessionHost;
}

interface SessionHost {
  /** A damaged place was passed. */
  onSkipped(atSeconds: number): void;
  onFailed(error: unknown): void;
  /** The playhead stands where this track is over: a browser plays past that only with the other to its end, and that does not fit. */
  onOver(kind: 'video' | 'audio', endSeconds: number): void;
}

export interface SessionOptions {
  readonly videoTrack: number | null;
  readonly audioTrack: number | null;
  readonly startSeconds: number;
  readonly durationSeconds: number | null;
  /** Places that the browser could not read before. */
  readonly avoid: readonly Span[];
}

export class Session {
  readonly #parts: SessionComponents;
  readonly #options: SessionOptions;
  readonly #closing = new AbortController();
  readonly #video: TrackFeed | undefined;
  readonly #audio: TrackFeed | undefined;
  readonly #feeds: readonly TrackFeed[];
  readonly #gaps: Gaps;
  readonly #readAhead: ReadAhead;
  readonly #begun = Promise.withResolvers<void>();
  readonly #inits = new Map<number, Promise<InitSegment>>();
  #hasBegun = false;
  #refusedAtSeconds: number | undefined;
  #hasSaidAhead = false;
  #hurriesSinceMs = performance.now();

  constructor(components: SessionComponents, options: SessionOptions) {
    this.#parts = components;
    this.#options = options;
    this.#video = options.videoTrack === null ? undefined : this.#feed(options.videoTrack, MAX_VIDEO_AHEAD_BYTES, 0);
    this.#audio = options.audioTrack === null ? undefined : this.#feed(options.audioTrack, MAX_AUDIO_AHEAD_BYTES, options.videoTrack === null ? 0 : AUDIO_LEAD_SECONDS);
    this.#feeds = [this.#video, this.#audio].filter((feed) => feed !== undefined);
    this.#readAhead = new ReadAhead(components);
    this.#gaps = new Gaps({ video: components.video, host: {
      hasPassed: (from, to) => this.#feeds.every((feed) => feed.hasPassed(from, to)),
      onLost: (atSeconds) => { for (const feed of this.#feeds) feed.begin(atSeconds); },
    } });
    // Who closes it before it has begun hears of it from `start`.
    this.#begun.promise.catch(() => undefined);
  }

  /** Resolves when the first picture can come. */
  async start(signal: AbortSignal): Promise<void> {
    const { attachment, video } = this.#parts;
    const { startSeconds, durationSeconds } = this.#options;
    signal.addEventListener('abort', () => this.close(signal.reason), { signal: this.#closing.signal });
    signal.throwIfAborted();
    if (startSeconds > 0) video.currentTime = startSeconds;
    // Each reader of a file that works at the same time as another holds the index once more: so one after the other.
    const inits: InitSegment[] = [];
    for (const feed of this.#feeds) inits.push(await this.#init(feed.trackNumber));
    for (const feed of this.#feeds) feed.begin(startSeconds);
    await attachment.opened(this.#closing.signal);
    // All buffers before the first byte: browsers allow none after it.
    const buffers = inits.map(({ mimeType }) => attachment.addBuffer(mimeType));
    attachment.setDuration(durationSeconds);
    for (const [index, feed] of this.#feeds.entries()) {
      const buffer = buffers[index];
      if (buffer !== undefined) feed.attach(buffer);
    }
    this.#watch();
    await this.#begun.promise;
    this.#hasBegun = true;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Where the browser refused what it was given, which may be far ahead of the playhead. */
  get refusedAtSeconds(): number | undefined {
    return this.#refusedAtSeconds;
  }

  get audioTrack(): number | null {
    return this.#audio?.trackNumber ?? null;
  }

  selectAudio(trackNumber: number): void {
    this.#audio?.switchTo(trackNumber);
  }

  /** How long the playhead can go on with what is buffered. */
  aheadSeconds(): number {
    return aheadOf(spansOf(this.#parts.video.buffered), this.#parts.video.currentTime, NARROW_HOLE_SECONDS);
  }

  /** Where in the file the playhead is, and reading. */
  bytes(): { readonly playhead: number; readonly bufferedTo: number } {
    const fed = (this.#video ?? this.#audio)?.fed;
    const playhead = fed?.byteAt(this.#parts.video.currentTime) ?? 0;
    return { playhead, bufferedTo: Math.max(playhead, fed?.nextByte ?? 0) };
  }

  close(reason: unknown = new DOMException('The playback was closed.', 'AbortError')): void {
    this.#closing.abort(reason);
    this.#begun.reject(reason);
    for (const feed of this.#feeds) feed.close();
    this.#readAhead.clear();
  }

  /** Asked for once a track. */
  #init(trackNumber: number): Promise<InitSegment> {
    const known = this.#inits.get(trackNumber);
    if (known !== undefined) return known;
    const init = this.#parts.file.initSegment(trackNumber, this.#closing.signal);
    init.catch(() => this.#inits.delete(trackNumber));
    this.#inits.set(trackNumber, init);
    return init;
  }

  #feed(trackNumber: number, maxAheadBytes: number, leadSeconds: number): TrackFeed {
    const { file, video, attachment } = this.#parts;
    const feed: TrackFeed = new TrackFeed({ file, host: {
      initSegment: (number) => this.#init(number),
      playheadSeconds: () => video.currentTime,
      playbackRate: () => video.playbackRate,
      isLast: () => this.#feeds.length > 1 && this.#feeds.every((other) => other === feed || other.isEnded),
      hurrySeconds: () => (this.#isInHurry() ? feed === this.#audio && this.#isPictureLate() ? 0 : secondsAtRate(FIRST_FILL_SECONDS, video.playbackRate) : undefined),
      mayAppend: () => attachment.wantsMore,
      onFed: () => this.#onFed(feed),
      onEnded: () => this.#onEnded(),
      onSkipped: (atSeconds) => this.#parts.host.onSkipped(atSeconds),
      onFailed: (error, atSeconds) => this.#onFailed(error, atSeconds),
    } }, { trackNumber, maxAheadBytes, leadSeconds, avoid: this.#options.avoid });
    return feed;
  }

  #isInHurry(): boolean {
    const { seeking, readyState } = this.#parts.video;
    return (seeking || readyState < HTMLMediaElement.HAVE_CURRENT_DATA) && performance.now() - this.#hurriesSinceMs < FIRST_FILL_MS;
  }

  /**
   * Whether the picture of the playhead is yet to be fed, with the frames that it is decoded from. The sound lies behind all of them, and
   * browsers decode nothing before they have both: so it waits, and is then there already.
   */
  #isPictureLate(): boolean {
    return this.#video !== undefined && !this.#video.isEnded && (this.#video.fed.endSeconds ?? 0) < this.#parts.video.currentTime;
  }

  #watch(): void {
    const { video } = this.#parts;
    const { signal } = this.#closing;
    video.addEventListener('seeking', () => this.#onSeeking(), { signal });
    video.addEventListener('error', () => this.#begun.reject(elementError(video)), { signal });
    for (const event of ['timeupdate', 'loadeddata', 'seeked', 'play', 'ratechange', 'waiting'] as const) video.addEventListener(event, () => this.#tick(), { signal });
    // A playhead that stands still tells nothing.
    const timer = setInterval(() => this.#tick(), TELL_EVERY_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  #onSeeking(): void {
    const { currentTime } = this.#parts.video;
    this.#hasSaidAhead = false;
    this.#hurriesSinceMs = performance.now();
    for (const feed of this.#feeds) feed.seek(currentTime);
    if (this.#feeds.every(({ fed }) => fed.nextByte === undefined)) this.#expect(currentTime);
    this.#tick();
  }

  /** The picture, and what follows it at once: asked for only then, it would often come too late for the playhead. */
  #expect(fromSeconds: number): void {
    const { file, video } = this.#parts;
    const track = this.#video ?? this.#audio;
    const toSeconds = fromSeconds + secondsAtRate(FIRST_FILL_SECONDS, video.playbackRate);
    const bytes = track === undefined ? null : file.bytesOf(track.trackNumber, { fromSeconds, toSeconds });
    if (bytes === null) this.#readAhead.clear();
    else this.#readAhead.expect(bytes);
  }

  #onFed(feed: TrackFeed): void {
    if (feed === (this.#video ?? this.#audio)) this.#begun.resolve();
    if (feed === this.#video) {
      if (this.#isPictureLate()) this.#hurriesSinceMs = performance.now();
      this.#audio?.poke();
    }
    this.#gaps.check(performance.now());
    if (!this.#hasSaidAhead) this.#sayAhead();
  }

  #onFailed(error: unknown, atSeconds: number): void {
    if (this.#closing.signal.aborted) return;
    if (error instanceof BufferError) this.#refusedAtSeconds ??= atSeconds;
    // The element's error event comes with this, or just after, and says more.
    if (!(error instanceof BufferError)) this.#fail(error);
    else setTimeout(() => { if (!this.#closing.signal.aborted && this.#parts.video.error === null) this.#fail(error); }, ELEMENT_ERROR_WITHIN_MS);
  }

  #fail(error: unknown): void {
    this.#begun.reject(error);
    if (this.#hasBegun) this.#parts.host.onFailed(error);
  }

  #onEnded(): void {
    // A track without a single frame does not keep the other from beginning.
    if (this.#feeds.every(({ isEnded }) => isEnded)) {
      this.#begun.resolve();
      void this.#parts.attachment.end();
    } else for (const feed of this.#feeds) feed.poke();
  }

  #tick(): void {
    for (const feed of this.#feeds) feed.poke();
    this.#gaps.check(performance.now());
    this.#sayAhead();
    this.#lookForOver();
  }

  #lookForOver(): void {
    const { currentTime, readyState } = this.#parts.video;
    const over = this.#feeds.find(({ isEnded }) => isEnded);
    const other = this.#feeds.find(({ isEnded }) => !isEnded);
    if (over === undefined || other === undefined || !this.#hasBegun || readyState > HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const endSeconds = over.fed.endSeconds ?? 0;
    const { durationSeconds } = this.#options;
    if (currentTime < endSeconds - NEAR_END_SECONDS || !other.cannotHold(durationSeconds === null ? other.aheadSeconds() : durationSeconds - currentTime)) return;
    this.#parts.host.onOver(over === this.#audio ? 'audio' : 'video', endSeconds);
  }

  #sayAhead(): void {
    const { video } = this.#parts;
    const places = this.#feeds.filter(({ isEnded }) => !isEnded).map((feed) => this.#place(feed)).filter((place) => place !== undefined);
    if (places.length === 0) return;
    this.#hasSaidAhead = true;
    this.#readAhead.update({ tracks: places, isPlaying: !video.paused, isInHurry: this.#isInHurry(), playbackRate: video.playbackRate });
  }

  #place(feed: TrackFeed): TrackPlace | undefined {
    const { nextByte, fileBytesPerSecond } = feed.fed;
    if (nextByte === undefined) return undefined;
    const average = this.#parts.download.manifest.sizeBytes / (this.#options.durationSeconds ?? Number.POSITIVE_INFINITY);
    return {
      trackNumber: feed.trackNumber, nextByte, bytesPerSecond: Math.max(1, fileBytesPerSecond ?? average),
      missingSeconds: Math.max(0, this.#parts.video.currentTime - (feed.fed.endSeconds ?? 0)), aheadSeconds: feed.aheadSeconds(), fillSeconds: feed.fillSeconds(),
    };
  }
}

/** What the element says of its own failure, for people. */
export function elementError({ error }: HTMLVideoElement): MediaError {
  const detail = error === null ? '' : `: ${error.message === '' ? `code ${error.code}` : error.message}`;
  return new MediaError('not-playable', `The browser cannot play this video${detail}.`);
}
