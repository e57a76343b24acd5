/** The store as uploads see it: tells how each of them ended. */
import type { Manifest } from '../../engine/index.ts';
import type { DetailsChange, VideoDetails } from '../storage/video-details.ts';
import type { ListQuery, Stored, Usage, Video, VideoPage, VideoStore, VideoWriter } from '../storage/video-store.ts';

export type UploadOutcome = 'stored' | 'already-stored' | 'failed';

/** `contentId` is known unless it failed. */
export type UploadListener = (outcome: UploadOutcome, contentId?: string) => void;

export class WatchedVideos implements VideoStore {
  readonly #videos: VideoStore;
  readonly #onEnd: UploadListener;

  constructor({ videos, onEnd }: { videos: VideoStore; onEnd: UploadListener }) {
    this.#videos = videos;
    this.#onEnd = onEnd;
  }

  get kind(): VideoStore['kind'] {
    return this.#videos.kind;
  }

  async create(): Promise<VideoWriter> {
    const writer = await this.#videos.create();
    return {
      write: (...chunks) => writer.write(...chunks),
      commit: (manifest) => this.#ended(writer.commit(manifest)),
      abort: () => writer.abort(),
    };
  }

  adopt(path: string, manifest: Manifest): Promise<Stored> {
    return this.#ended(this.#videos.adopt(path, manifest));
  }

  async #ended(outcome: Promise<Stored>): Promise<Stored> {
    try {
      const stored = await outcome;
      this.#onEnd(stored.alreadyStored ? 'already-stored' : 'stored', stored.video.contentId);
      return stored;
    } catch (error) {
      this.#onEnd('failed');
      throw error;
    }
  }

  start(signal?: AbortSignal): Promise<void> { return this.#videos.start(signal); }
  stop(): Promise<void> { return this.#videos.stop(); }
  ping(signal?: AbortSignal): Promise<void> { return this.#videos.ping(signal); }
  list(query: ListQuery): Promise<VideoPage> { return this.#videos.list(query); }
  get(contentId: string): Promise<Video | undefined> { return this.#videos.get(contentId); }
  manifest(contentId: string): Promise<Manifest | undefined> { return this.#videos.manifest(contentId); }
  setTitle(contentId: string, title: string): Promise<Video> { return this.#videos.setTitle(contentId, title); }
  changeDetails(contentId: string, change: (now: VideoDetails) => DetailsChange | undefined): Promise<Video> { return this.#videos.changeDetails(contentId, change); }
  extra(contentId: string, name: string): Promise<Uint8Array | undefined> { return this.#videos.extra(contentId, name); }
  uninspected(limit: number): Promise<string[]> { return this.#videos.uninspected(limit); }
  claimInspection(contentId: string, holder: string, forMs: number): Promise<boolean> { return this.#videos.claimInspection(contentId, holder, forMs); }
  delete(contentId: string): Promise<void> { return this.#videos.delete(contentId); }
  usage(): Promise<Usage> { return this.#videos.usage(); }

  read(contentId: string, start: number, end: number, options?: { readonly signal?: AbortSignal }): AsyncIterable<Uint8Array> {
    return this.#videos.read(contentId, start, end, options);
  }
}
