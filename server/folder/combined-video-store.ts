/**
 * The one library of an appliance with a watched folder: its own store and the folder's videos beside it. Whatever is in both is
 * the store's; deleting it there uncovers the folder's. All that is written goes to the store, for the folder is never written to.
 */
import type { Manifest } from '../../engine/index.ts';
import { ProblemError } from '../problem.ts';
import type { DetailsChange, VideoDetails } from '../storage/video-details.ts';
import type { ListQuery, ReadOptions, Stored, Usage, Video, VideoPage, VideoStore, VideoWriter } from '../storage/video-store.ts';
import type { FolderVideos } from './folder-video-store.ts';
import { mergedPage } from './merged-page.ts';

export interface CombinedComponents {
  readonly store: VideoStore;
  readonly folder: FolderVideos & { figures(): { readonly sizeBytes: number } };
}

export class CombinedVideoStore implements VideoStore {
  readonly #store: VideoStore;
  readonly #folder: CombinedComponents['folder'];

  constructor({ store, folder }: CombinedComponents) {
    this.#store = store;
    this.#folder = folder;
  }

  get kind(): VideoStore['kind'] {
    return this.#store.kind;
  }

  start(signal?: AbortSignal): Promise<void> { return this.#store.start(signal); }
  stop(): Promise<void> { return this.#store.stop(); }
  ping(signal?: AbortSignal): Promise<void> { return this.#store.ping(signal); }
  create(): Promise<VideoWriter> { return this.#store.create(); }
  adopt(path: string, manifest: Manifest): Promise<Stored> { return this.#store.adopt(path, manifest); }

  async list(query: ListQuery): Promise<VideoPage> {
    return mergedPage(query, (asked) => this.#store.list(asked), (asked) => this.#folder.list(asked), async (items) => {
      const own = await Promise.all(items.map(({ contentId }) => this.#store.get(contentId)));
      return items.filter((_, index) => own[index] === undefined);
    });
  }

  async get(contentId: string): Promise<Video | undefined> {
    return await this.#store.get(contentId) ?? this.#folder.get(contentId);
  }

  async manifest(contentId: string): Promise<Manifest | undefined> {
    return await this.#store.manifest(contentId) ?? this.#folder.manifest(contentId);
  }

  async *read(contentId: string, start: number, end: number, options?: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
    yield* (await this.#holder(contentId)).read(contentId, start, end, options);
  }

  async setTitle(contentId: string, title: string): Promise<Video> {
    return (await this.#holder(contentId)).setTitle(contentId, title);
  }

  async changeDetails(contentId: string, change: (now: VideoDetails) => DetailsChange | undefined): Promise<Video> {
    return (await this.#holder(contentId)).changeDetails(contentId, change);
  }

  async extra(contentId: string, name: string): Promise<Uint8Array | undefined> {
    return (await this.#holder(contentId)).extra(contentId, name);
  }

  async uninspected(limit: number): Promise<string[]> {
    const own = await this.#store.uninspected(limit);
    for (let asked = limit; ; asked *= 2) {
      const found = await this.#folder.uninspected(asked);
      const areOwn = await Promise.all(found.map((contentId) => this.#store.get(contentId)));
      const others = found.filter((_, index) => areOwn[index] === undefined);
      if (others.length >= limit || found.length < asked) return [...own, ...others].slice(0, limit);
    }
  }

  /** Nobody else looks into this appliance's folder. */
  async claimInspection(contentId: string, holder: string, forMs: number): Promise<boolean> {
    return await this.#isFolders(contentId) || this.#store.claimInspection(contentId, holder, forMs);
  }

  /** @throws ProblemError `in-watched-folder` for a video that only the folder has: what lies there is its owner's. */
  async delete(contentId: string): Promise<void> {
    const video = await this.#folder.get(contentId);
    if (video !== undefined && await this.#isFolders(contentId)) {
      const folderPath = video.folderPath ?? video.name;
      throw new ProblemError({
        type: 'in-watched-folder', status: 409, title: 'The file lies in the watched folder', extensions: { contentId, folderPath },
        detail: `This node only reads the watched folder. Remove the file ${folderPath} there, and the video leaves the library by itself.`,
      });
    }
    await this.#store.delete(contentId);
  }

  async usage(): Promise<Usage> {
    return { ...await this.#store.usage(), folderBytes: this.#folder.figures().sizeBytes };
  }

  /** Who answers for a content. Asked of the folder first, which has its list in memory: other videos cost no look more. */
  async #holder(contentId: string): Promise<FolderVideos> {
    return await this.#isFolders(contentId) ? this.#folder : this.#store;
  }

  async #isFolders(contentId: string): Promise<boolean> {
    return await this.#folder.get(contentId) !== undefined && await this.#store.get(contentId) === undefined;
  }
}
