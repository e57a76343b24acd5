/**
 * Details of a video in MongoDB, and the small files that they name in `switch.extras`: not in the bucket, where every GridFS tool
 * would take them for videos. Without transactions: new extras come before the details that name them, old ones go after, and a
 * lease tells the sweep whose extras a dead process was changing.
 */
import { Binary, ObjectId } from 'mongodb';
import { extraKey, idOf, type FileDocument } from './gridfs-documents.ts';
import type { GridFsLeases } from './gridfs-leases.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { StorageError } from './storage-error.ts';
import { noSuchVideo } from './stored-manifest.ts';
import { detailsOf, extrasOf, keptDetails, planChange, type DetailsChange, type VideoDetails } from './video-details.ts';

/** Changes of one video at the same moment are few: whoever loses this often stands in a loop. */
const MAX_ATTEMPTS = 20;

interface DetailsComponents {
  readonly mongo: MongoConnection;
  readonly leases: GridFsLeases;
}

export class GridFsDetails {
  readonly #mongo: MongoConnection;
  readonly #leases: GridFsLeases;

  constructor({ mongo, leases }: DetailsComponents) {
    this.#mongo = mongo;
    this.#leases = leases;
  }

  async change(contentId: string, change: (now: VideoDetails) => DetailsChange | undefined): Promise<FileDocument> {
    const { files } = this.#mongo.collections;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const file = await files.findOne({ 'metadata.contentId': contentId });
      if (file === null) throw noSuchVideo(contentId);
      const now = keptDetails(file.metadata.details);
      const wanted = change(now);
      if (wanted === undefined) return file;
      const { added, removed } = planChange(now, wanted);
      const details = detailsOf(wanted.details);
      const changed = added.size === 0 ? await this.#publish(file, details) : await this.#publishWithExtras(file, details, added);
      if (changed === null) continue;
      if (removed.length > 0) await this.#mongo.collections.extras.deleteMany({ _id: { $in: removed.map((name) => extraKey(idOf(file), name)) } });
      return changed;
    }
    throw new StorageError('unavailable', `The video ${contentId} is being changed by others all the time. Try again.`);
  }

  async extra(contentId: string, name: string): Promise<Uint8Array | undefined> {
    const { files, extras } = this.#mongo.collections;
    const file = await files.findOne({ 'metadata.contentId': contentId }, { projection: { 'metadata.details': 1 } });
    if (file === null || !extrasOf(keptDetails(file.metadata.details)).includes(name)) return undefined;
    return (await extras.findOne({ _id: extraKey(idOf(file), name) }))?.data.value();
  }

  async uninspected(limit: number): Promise<string[]> {
    const found = await this.#mongo.collections.files
      .find({ 'metadata.contentId': { $exists: true }, 'metadata.details.isInspected': { $in: [false, null] } },
        { projection: { 'metadata.contentId': 1 }, sort: { uploadDate: -1, 'metadata.contentId': -1 }, limit })
      .toArray();
    return found.map(({ metadata }) => metadata.contentId);
  }

  /** By the server's clock: appliances need not agree on the time. */
  async claim(contentId: string, holder: string, forMs: number): Promise<boolean> {
    const now = await this.#mongo.serverTime();
    const { matchedCount } = await this.#mongo.collections.files.updateOne(
      { 'metadata.contentId': contentId, $or: [
        { 'metadata.inspection': { $exists: false } }, { 'metadata.inspection.holder': holder }, { 'metadata.inspection.until': { $lte: now } },
      ] },
      { $set: { 'metadata.inspection': { holder, until: new Date(now.getTime() + forMs) } } },
    );
    return matchedCount === 1;
  }

  /** @returns null when the details were changed by somebody else since `file` was read. */
  async #publish(file: FileDocument, details: VideoDetails): Promise<FileDocument | null> {
    const revision = file.metadata.detailsRevision;
    const changed = await this.#mongo.collections.files.findOneAndUpdate(
      { _id: idOf(file), 'metadata.detailsRevision': revision ?? { $exists: false } },
      { $set: { 'metadata.details': details, 'metadata.detailsRevision': (revision ?? 0) + 1 } },
      { returnDocument: 'after' },
    );
    return changed;
  }

  async #publishWithExtras(file: FileDocument, details: VideoDetails, added: ReadonlyMap<string, Uint8Array>): Promise<FileDocument | null> {
    const { extras } = this.#mongo.collections;
    const change = new ObjectId();
    let lost = false;
    await this.#leases.take(change, () => { lost = true; }, idOf(file));
    try {
      for (const [name, bytes] of added) {
        await extras.insertOne({ _id: extraKey(idOf(file), name), change, sizeBytes: bytes.byteLength, data: new Binary(bytes) });
      }
      if (lost || !await this.#leases.renew(change)) {
        throw new StorageError('unavailable', 'The change stood still for so long that its parts were swept. Try again.');
      }
      const changed = await this.#publish(file, details);
      if (changed !== null) {
        await this.#leases.release(change);
        return changed;
      }
    } catch (error) {
      await this.#takeBack(file, change);
      throw error;
    }
    await this.#takeBack(file, change);
    return null;
  }

  /** What cannot be taken back now is swept when the lease has run out. Whether the details were published may be unknown: the sweep looks. */
  async #takeBack(file: FileDocument, change: ObjectId): Promise<void> {
    try {
      await this.#leases.removeExtras(change, idOf(file));
    } catch {
      this.#leases.abandon(change);
    }
  }
}
