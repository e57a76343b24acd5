/** Brings the list of videos in line with the files there are, and writes down what was found. */
import type { HashedContent } from '../../engine/index.ts';
import { KeyedLock } from '../storage/keyed-lock.ts';
import { isUnchanged, type FolderFile } from './folder-file.ts';
import type { FolderPlaces } from './folder-places.ts';
import type { FolderRecords } from './folder-records.ts';
import type { FolderVideoStore, Placed } from './folder-video-store.ts';

/** Told of every video that comes into the list or leaves it. */
export interface ListingHooks {
  readonly shown: (contentId: string) => void;
  readonly hidden: (contentId: string) => Promise<void>;
}

export interface ListingComponents extends ListingHooks {
  readonly store: FolderVideoStore;
  readonly records: FolderRecords;
  readonly places: FolderPlaces;
  /** A file whose content is not known after all: its entry is lost. */
  readonly onUnknown: (file: FolderFile) => void;
}

export class FolderListing {
  readonly #components: ListingComponents;
  /** One at a time: looking and hashing go on side by side. */
  readonly #lock = new KeyedLock();

  constructor(components: ListingComponents) {
    this.#components = components;
  }

  /** `mayHide` is false in the middle of a walk, which may yet find a file under another name. */
  async update({ mayHide }: { readonly mayHide: boolean }): Promise<void> {
    await this.#lock.run('', () => this.#update(mayHide));
  }

  /** A file was hashed. */
  async hashed(file: FolderFile, content: HashedContent, walk: number): Promise<void> {
    const { store, records, places } = this.#components;
    await this.#lock.run('', async () => {
      const before = records.get(file.path)?.contentId;
      await store.add(file, content);
      records.set({ ...file, contentId: content.contentId, absentSinceMs: null });
      places.put(file, content.contentId, walk);
      await this.#update(true);
      if (before !== undefined && !records.hasContent(before)) await store.forget(before);
    });
  }

  /** Forgets files that are gone since before `beforeMs`, and what was known of their contents. */
  async prune(beforeMs: number): Promise<void> {
    const { store, records } = this.#components;
    await this.#lock.run('', async () => {
      for (const { path, contentId, absentSinceMs } of records.all()) {
        if (absentSinceMs === null || absentSinceMs > beforeMs) continue;
        records.delete(path);
        if (!records.hasContent(contentId)) await store.forget(contentId);
      }
      await records.flush();
    });
  }

  async #update(mayHide: boolean): Promise<void> {
    const { store, records, places, shown, hidden } = this.#components;
    const come: Placed[] = [];
    const gone: string[] = [];
    for (const contentId of places.takeTouched()) {
      const listed = store.fileOf(contentId);
      const file = places.fileWith(contentId, listed?.path);
      if (file !== undefined) {
        if (listed === undefined || listed.path !== file.path || !isUnchanged(listed, file)) come.push({ contentId, file });
      } else if (listed !== undefined) {
        if (mayHide) gone.push(contentId);
        else places.touch(contentId);
      }
    }
    const fresh = come.filter(({ contentId }) => store.fileOf(contentId) === undefined);
    try {
      for (const contentId of gone) await store.hide(contentId);
      for (const { contentId, file } of await store.show(come)) this.#unknown(contentId, file);
      await records.flush();
    } catch (error) {
      for (const contentId of [...gone, ...come.map((place) => place.contentId)]) places.touch(contentId);
      throw error;
    } finally {
      for (const contentId of gone) if (store.fileOf(contentId) === undefined) await hidden(contentId);
    }
    for (const { contentId } of fresh) if (store.fileOf(contentId) !== undefined) shown(contentId);
  }

  #unknown(contentId: string, file: FolderFile): void {
    const { records, places, onUnknown } = this.#components;
    for (const path of records.pathsOf(contentId)) {
      records.delete(path);
      places.lost(path);
    }
    onUnknown(file);
  }
}
