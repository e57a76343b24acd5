/** Makes a video of an upload that is whole: content id, manifest, and over to the store. Once, however many requests ask. */
import type { Upload } from '@tus/server';
import { cleanFileName, MerkleHasher } from '../../engine/index.ts';
import type { Stored, VideoStore } from '../storage/video-store.ts';
import { mediaTypeFor } from './media-type.ts';
import { emptyFile } from './problems.ts';
import type { Finishing } from './finishing.ts';
import type { StagingStore } from './staging-store.ts';
import type { UploadHashes } from './upload-hashes.ts';
import type { Finished, UploadRecords } from './upload-records.ts';

interface FinisherComponents {
  readonly videos: VideoStore;
  readonly staging: StagingStore;
  readonly records: UploadRecords;
  readonly hashes: UploadHashes;
  readonly finishing: Finishing;
  readonly added: (contentId: string) => Promise<void>;
}

export class Finisher {
  readonly #components: FinisherComponents;

  constructor(components: FinisherComponents) {
    this.#components = components;
  }

  /** Storage errors pass through and leave the upload as it is, to be asked again. */
  async finish(upload: Upload): Promise<Finished> {
    const { finishing, added } = this.#components;
    const finished = await finishing.once(upload.id, () => this.#finish(upload));
    if (!finished.alreadyStored) await added(finished.contentId);
    return finished;
  }

  async #finish(upload: Upload): Promise<Finished> {
    const { videos, staging, records, hashes } = this.#components;
    const earlier = await records.finished(upload.id);
    if (earlier !== undefined) return earlier;
    const name = cleanFileName(upload.metadata?.['filename'] ?? upload.metadata?.['name'] ?? '');
    if (upload.offset === 0) {
      await staging.remove(upload.id);
      throw emptyFile(name);
    }
    const path = staging.path(upload.id);
    const hasher = await hashes.take(upload.id, path, upload.offset);
    const progress = hasher.snapshot();
    const mediaType = mediaTypeFor(name, upload.metadata?.['filetype'] ?? upload.metadata?.['type'] ?? undefined);
    let stored: Stored;
    try {
      stored = await videos.adopt(path, { ...hasher.finish(), name, mediaType });
    } catch (error) {
      // The client will ask again, and should not wait for a second hashing then.
      const again = MerkleHasher.restore(progress);
      if (again !== undefined) await hashes.keep(upload.id, path, again);
      throw error;
    }
    const finished: Finished = { contentId: stored.video.contentId, alreadyStored: stored.alreadyStored };
    await staging.finish(upload, finished);
    return finished;
  }
}

export function finishedHeaders(finished: Finished): Record<string, string> {
  return {
    'Switch-Content-Id': finished.contentId,
    'Switch-Already-Stored': String(finished.alreadyStored),
    Location: `/api/videos/${finished.contentId}`,
  };
}
