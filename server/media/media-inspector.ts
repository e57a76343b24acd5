/**
 * Looks into the videos of the library: what is inside, and the text subtitles in it. A fresh upload is looked at at once; what is
 * left, over restarts and from earlier versions, comes one by one in the background, where viewers do not notice it. Results are
 * written so that a second appliance on the same library does no harm, and a claim keeps it from doing the same work.
 */
import { randomUUID } from 'node:crypto';
import type { ByteSource, MediaInfo } from '../../engine/media/index.ts';
import { StorageError } from '../storage/storage-error.ts';
import { noSuchVideo } from '../storage/stored-manifest.ts';
import { untilAborted } from '../storage/until-aborted.ts';
import type { Video, VideoStore } from '../storage/video-store.ts';
import { mediaChange, subtitlesChange, type FoundSubtitles } from './inspection-results.ts';
import { Retries } from './retries.ts';
import { gently, videoSource } from './video-source.ts';

export interface InspectorComponents {
  readonly videos: VideoStore;
  /** Throws when it is no media file. */
  readonly describe: (source: ByteSource, options: { readonly signal: AbortSignal }) => Promise<MediaInfo>;
  /** Those that are text, as WebVTT. */
  readonly readSubtitles: (source: ByteSource, media: MediaInfo, signal: AbortSignal) => Promise<readonly FoundSubtitles[]>;
  /** Whether viewers are being served at this moment. */
  readonly isBusy: () => boolean;
  readonly log: { warn(details: object, message: string): void; info(details: object, message: string): void };
}

export interface InspectorOptions {
  /** How long the answer to an upload waits for what is inside. Default 2 s. */
  readonly answerWithinMs?: number;
  /** A file whose index takes longer is tried again later. Default 20 s. */
  readonly describeTimeoutMs?: number;
  /** Of a claim on a shared library; renewed three times in its life. Default 60 s. */
  readonly claimMs?: number;
  /** How often the library is looked through for what other appliances left. Default 5 minutes. */
  readonly lookEveryMs?: number;
  /** After a failure that may pass; doubled at each. Default 30 s. */
  readonly retryAfterMs?: number;
}

/** Fresh uploads looked at at the same moment; the others come in the background. */
const MAX_FRESH = 4;
const BATCH_VIDEOS = 16;
/** A disk that sleeps wakes up in this time; what still hangs then hangs for good. */
const MAX_TIMEOUTS = 4;
/** A film of 40 GB whose index does not help is through in half an hour; and beside viewers, whose streams are about that fast, by morning. */
const IDLE_BYTES_PER_SECOND = 24 * 1024 * 1024;
const BUSY_BYTES_PER_SECOND = 2 * 1024 * 1024;

export class MediaInspector {
  readonly #components: InspectorComponents;
  readonly #options: Required<InspectorOptions>;
  readonly #holder = randomUUID();
  readonly #stopping = new AbortController();
  /** Being described, so that an upload and the background share the work. */
  readonly #describing = new Map<string, Promise<void>>();
  /** Ends the work on a video that was deleted. */
  readonly #deleted = new Map<string, AbortController>();
  readonly #retries: Retries;
  #wake = Promise.withResolvers<void>();
  #running: Promise<void> = Promise.resolve();

  constructor(components: InspectorComponents, options: InspectorOptions = {}) {
    this.#components = components;
    this.#options = { answerWithinMs: 2_000, describeTimeoutMs: 20_000, claimMs: 60_000, lookEveryMs: 300_000, retryAfterMs: 30_000, ...options };
    this.#retries = new Retries({ firstMs: this.#options.retryAfterMs });
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends what it is doing; what is left is found again at the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.allSettled(this.#describing.values());
  }

  /** A video came into the library. Resolves when it was described, or as late as an answer may wait for that; never rejects. */
  async added(contentId: string): Promise<void> {
    this.#retries.forget(contentId);
    if (this.#stopping.signal.aborted) return;
    if (this.#describing.size < MAX_FRESH) {
      // Where it fails the background tries again, and tells.
      const described = this.#describe(contentId).catch(() => undefined);
      await untilAborted(described, AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(this.#options.answerWithinMs)])).catch(() => undefined);
    }
    this.#wake.resolve();
  }

  /** A video was deleted. */
  forget(contentId: string): void {
    this.#retries.forget(contentId);
    this.#deleted.get(contentId)?.abort(noSuchVideo(contentId));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      const inspected = await this.#runBatch();
      if (inspected > 0) continue;
      await this.#sleep(Math.min(this.#options.lookEveryMs, this.#retries.nextInMs()));
    }
  }

  async #sleep(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    const timer = setTimeout(() => this.#wake.resolve(), ms);
    timer.unref();
    await untilAborted(this.#wake.promise, signal).catch(() => undefined);
    clearTimeout(timer);
  }

  /** @returns how many videos had their turn. */
  async #runBatch(): Promise<number> {
    const { videos, log } = this.#components;
    try {
      const found = await videos.uninspected(BATCH_VIDEOS + this.#retries.size);
      const due = found.filter((contentId) => this.#retries.isDue(contentId)).slice(0, BATCH_VIDEOS);
      for (const contentId of due) {
        if (this.#stopping.signal.aborted) break;
        await this.#inspect(contentId);
      }
      return due.length;
    } catch (error) {
      log.warn({ err: error }, 'the library could not be looked through for new videos; trying again later');
      return 0;
    }
  }

  /** Never rejects. */
  async #inspect(contentId: string): Promise<void> {
    const { videos } = this.#components;
    const { claimMs } = this.#options;
    const lost = new AbortController();
    const claim = async (): Promise<boolean> => {
      const isOurs = await videos.claimInspection(contentId, this.#holder, claimMs).catch(() => false);
      if (!isOurs) lost.abort();
      return isOurs;
    };
    if (!await claim()) {
      this.#retries.later(contentId, claimMs);
      return;
    }
    const renewal = setInterval(() => void claim(), claimMs / 3);
    renewal.unref();
    try {
      await this.#describe(contentId);
      const video = await videos.get(contentId);
      if (video?.mediaState === 'read' && !video.isInspected) await this.#findSubtitles(video, lost.signal);
      this.#retries.forget(contentId);
    } catch (error) {
      if (lost.signal.aborted) this.#retries.later(contentId, claimMs);
      else await this.#failed(contentId, error);
    } finally {
      clearInterval(renewal);
      await videos.claimInspection(contentId, this.#holder, 0).catch(() => false);
    }
  }

  #describe(contentId: string): Promise<void> {
    const describing = this.#describing.get(contentId);
    if (describing !== undefined) return describing;
    const work = this.#describeNow(contentId).finally(() => this.#describing.delete(contentId));
    this.#describing.set(contentId, work);
    return work;
  }

  async #describeNow(contentId: string): Promise<void> {
    const { videos, describe } = this.#components;
    const video = await videos.get(contentId);
    if (video?.mediaState !== 'pending') return;
    await this.#working(contentId, async (gone) => {
      const signal = AbortSignal.any([gone, AbortSignal.timeout(this.#options.describeTimeoutMs)]);
      const reading = new WatchedSource(videoSource(videos, video));
      let media: MediaInfo | null = null;
      try {
        media = await untilAborted(describe(reading, { signal }), signal);
      } catch (error) {
        // The disk's or the database's fault, or nobody's, says nothing about the file.
        if (reading.failure !== undefined || signal.aborted) throw reading.failure ?? signal.reason ?? error;
        this.#components.log.info({ contentId, reason: error instanceof Error ? error.message : String(error) }, 'nothing that is known is inside this file');
      }
      await videos.changeDetails(contentId, (now) => mediaChange(now, media));
    });
  }

  async #findSubtitles(video: Video, lost: AbortSignal): Promise<void> {
    const { videos, readSubtitles, isBusy } = this.#components;
    const { contentId, media } = video;
    await this.#working(contentId, async (gone) => {
      const signal = AbortSignal.any([gone, lost]);
      const reading = new WatchedSource(gently(videoSource(videos, video), () => (isBusy() ? BUSY_BYTES_PER_SECOND : IDLE_BYTES_PER_SECOND)));
      let found: readonly FoundSubtitles[] = [];
      try {
        if (media !== null) found = await readSubtitles(reading, media, signal);
      } catch (error) {
        if (reading.failure !== undefined || signal.aborted) throw reading.failure ?? signal.reason ?? error;
        this.#components.log.info({ err: error, contentId }, 'the subtitles inside this file cannot be read');
      }
      signal.throwIfAborted();
      await videos.changeDetails(contentId, (now) => subtitlesChange(now, found));
    });
  }

  async #working(contentId: string, work: (gone: AbortSignal) => Promise<void>): Promise<void> {
    const deleted = new AbortController();
    this.#deleted.set(contentId, deleted);
    try {
      await work(AbortSignal.any([this.#stopping.signal, deleted.signal]));
    } finally {
      if (this.#deleted.get(contentId) === deleted) this.#deleted.delete(contentId);
    }
  }

  async #failed(contentId: string, error: unknown): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    if (error instanceof StorageError && error.code === 'no-such-video') {
      this.#retries.forget(contentId);
      return;
    }
    const { videos, log } = this.#components;
    const failures = this.#retries.failed(contentId);
    const isOver = isTimeout(error) && failures >= MAX_TIMEOUTS;
    log.warn({ err: error, contentId, failures }, isOver ? 'a video took too long to be looked into each time; it is left as it is' : 'a video could not be looked into; trying again later');
    if (isOver) await videos.changeDetails(contentId, (now) => mediaChange(now, null)).catch(() => undefined);
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

/** Remembers why a read failed, which readers of media wrap in words of their own. */
class WatchedSource implements ByteSource {
  readonly #source: ByteSource;
  failure: unknown;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get sizeBytes(): number {
    return this.#source.sizeBytes;
  }

  async read(start: number, end: number, options: { readonly signal: AbortSignal }): Promise<Uint8Array> {
    try {
      return await this.#source.read(start, end, options);
    } catch (error) {
      if (error instanceof StorageError) this.failure ??= error;
      throw error;
    }
  }
}
