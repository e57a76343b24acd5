/**
 * The videos of one folder of entries: their list in memory, and what may change of them on disk. Where the bytes of a content lie
 * is the store's own matter, so the embedded library and the watched folder share this.
 */
import { join } from 'node:path';
import type { Manifest } from '../../engine/index.ts';
import { CatalogueIndex } from './catalogue-index.ts';
import { readPieceHashes, rewriteEntry } from './filesystem-entry.ts';
import { onDisk } from './filesystem-errors.ts';
import { extraBytesOf, FilesystemExtras, readExtra } from './filesystem-extras.ts';
import type { FilesystemStaging } from './filesystem-staging.ts';
import { KeyedLock } from './keyed-lock.ts';
import { manifestOf, noSuchVideo } from './stored-manifest.ts';
import { detailsOf, extrasOf, planChange, type DetailsChange, type VideoDetails } from './video-details.ts';
import type { Video } from './video-store.ts';

export interface CatalogueOptions {
  readonly dataDir: string;
  /** Holds a folder for each video, named by its content id. */
  readonly videosDir: string;
}

export class FilesystemCatalogue {
  /** What is listed. */
  readonly index = new CatalogueIndex();
  /** By content id, for whoever changes an entry. */
  readonly locks = new KeyedLock();
  readonly #dataDir: string;
  readonly #videosDir: string;
  readonly #extras: FilesystemExtras;

  constructor({ staging }: { readonly staging: FilesystemStaging }, { dataDir, videosDir }: CatalogueOptions) {
    this.#dataDir = dataDir;
    this.#videosDir = videosDir;
    this.#extras = new FilesystemExtras({ staging });
  }

  folder(contentId: string): string {
    return join(this.#videosDir, contentId);
  }

  async manifest(contentId: string): Promise<Manifest | undefined> {
    const video = this.index.get(contentId);
    if (video === undefined) return undefined;
    try {
      return manifestOf(video, await onDisk(this.#dataDir, () => readPieceHashes(this.folder(contentId))));
    } catch (error) {
      if (this.index.get(contentId) === undefined) return undefined;
      throw error;
    }
  }

  async setTitle(contentId: string, title: string): Promise<Video> {
    return this.locks.run(contentId, async () => {
      const video = this.index.get(contentId);
      if (video === undefined) throw noSuchVideo(contentId);
      const renamed = { ...video, title };
      const extraBytes = this.index.extraBytes(contentId);
      await onDisk(this.#dataDir, () => rewriteEntry(this.folder(contentId), { video: renamed, extraBytes }));
      this.index.set({ video: renamed, extraBytes });
      return renamed;
    });
  }

  async changeDetails(contentId: string, change: (now: VideoDetails) => DetailsChange | undefined): Promise<Video> {
    return this.locks.run(contentId, async () => {
      const video = this.index.get(contentId);
      if (video === undefined) throw noSuchVideo(contentId);
      const wanted = change(detailsOf(video));
      if (wanted === undefined) return video;
      const { added, removed } = planChange(video, wanted);
      const changed = { ...video, ...detailsOf(wanted.details) };
      const folder = this.folder(contentId);
      await onDisk(this.#dataDir, () => this.#extras.change({ contentId, folder, added, removed }, async () => {
        const extraBytes = await extraBytesOf(folder, extrasOf(changed));
        await rewriteEntry(folder, { video: changed, extraBytes });
        this.index.set({ video: changed, extraBytes });
      }), [...added.values()].reduce((sum, bytes) => sum + bytes.byteLength, 0));
      return changed;
    });
  }

  async extra(contentId: string, name: string): Promise<Uint8Array | undefined> {
    const video = this.index.get(contentId);
    if (video === undefined || !extrasOf(video).includes(name)) return undefined;
    return onDisk(this.#dataDir, () => readExtra(this.folder(contentId), name));
  }

  /** Removes what a change of extras that was cut short left. */
  async tidyExtras(video: Video): Promise<void> {
    await this.#extras.tidy(this.folder(video.contentId), extrasOf(video));
  }
}
