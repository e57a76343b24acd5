/**
 * The library in MongoDB: the standard GridFS bucket `fs`, with the node's own knowledge in `metadata` and in `switch.*`.
 * Works on a standalone server: no transactions, no change streams. Several appliances may share one database.
 */
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Filter } from 'mongodb';
import type { Manifest } from '../../engine/index.ts';
import { checkLimit, decodeCursor, encodeCursor, sortFieldOf, type SortField } from './catalogue-cursor.ts';
import { foldText } from './catalogue-text.ts';
import { idOf, lengthOf, titleFields, videoOfFile, type FileDocument } from './gridfs-documents.ts';
import { GridFsDetails } from './gridfs-details.ts';
import { GridFsLeases } from './gridfs-leases.ts';
import { makeIndexes, OURS } from './gridfs-indexes.ts';
import { MissingChunkError, readChunks, type FileReference } from './gridfs-reader.ts';
import { GridFsWriter } from './gridfs-writer.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { onMongo } from './mongo-errors.ts';
import { ReplySlots } from './reply-slots.ts';
import { StorageError } from './storage-error.ts';
import { checkRange, manifestOf, noAnswer, noSuchVideo } from './stored-manifest.ts';
import { untilAborted } from './until-aborted.ts';
import type { DetailsChange, VideoDetails } from './video-details.ts';
import type { ListQuery, Stored, Usage, Video, VideoPage, VideoStore, VideoWriter } from './video-store.ts';

/** Videos whose file id is remembered, so that a read costs no `files` query. */
const MAX_REFERENCES = 512;
/** An upload whose process died is swept after this long. */
const LEASE_MS = 60_000;
const ADOPT_READ_BYTES = 1024 * 1024;
/** Chunks on their way from the server for all reads together: enough to keep it busy. */
const REPLIES_IN_FLIGHT = 4;
/** Longer than the replies before it can hang, which is as long as a connection may be silent. */
const WAIT_FOR_REPLY_MS = 30_000;

const FIELD_PATHS: Record<SortField, string> = { createdAt: 'uploadDate', title: 'metadata.titleKey', sizeBytes: 'length' };

export class GridFsVideoStore implements VideoStore {
  readonly kind = 'gridfs';
  readonly #mongo: MongoConnection;
  readonly #leases: GridFsLeases;
  readonly #details: GridFsDetails;
  readonly #slots = new ReplySlots({ slots: REPLIES_IN_FLIGHT, waitLimitMs: WAIT_FOR_REPLY_MS });
  readonly #references = new Map<string, FileReference>();
  readonly #writers = new Set<GridFsWriter>();

  constructor({ mongo }: { readonly mongo: MongoConnection }, { leaseMs = LEASE_MS }: { readonly leaseMs?: number | undefined } = {}) {
    this.#mongo = mongo;
    this.#leases = new GridFsLeases({ mongo }, { leaseMs });
    this.#details = new GridFsDetails({ mongo, leases: this.#leases });
  }

  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await this.#mongo.open();
    await onMongo(() => makeIndexes(this.#mongo.collections, Object.values(FIELD_PATHS), signal));
    signal?.throwIfAborted();
    await this.#leases.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#writers].map((writer) => writer.abort()));
    await this.#leases.stop();
    await this.#mongo.close();
    this.#references.clear();
  }

  async ping(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    try {
      await onMongo(() => untilAborted(this.#mongo.db.command({ ping: 1 }), signal));
    } catch (error) {
      throw signal?.aborted === true ? noAnswer(error) : error;
    }
  }

  async list(query: ListQuery): Promise<VideoPage> {
    checkLimit(query);
    const { field, descending } = sortFieldOf(query.sort);
    const path = FIELD_PATHS[field];
    const direction = descending ? -1 : 1;
    const filters: Filter<FileDocument>[] = [OURS];
    const wanted = foldText(query.search ?? '').trim();
    if (wanted !== '') filters.push({ 'metadata.searchText': { $regex: wanted.replace(/[\\^$.*+?()[\]{}|]/gu, '\\$&') } });
    if (query.cursor !== undefined) {
      const place = decodeCursor(query.sort, query.cursor);
      const key = field === 'createdAt' ? new Date(place.key) : place.key;
      const beyond = descending ? '$lt' : '$gt';
      // The first filter says nothing new; it lets the server begin at this place of the index.
      filters.push({ [path]: { [`${beyond}e`]: key } }, { $or: [{ [path]: { [beyond]: key } }, { [path]: key, 'metadata.contentId': { [beyond]: place.contentId } }] });
    }
    const found = await onMongo(() => this.#mongo.collections.files
      .find({ $and: filters }, { sort: { [path]: direction, 'metadata.contentId': direction }, limit: query.limit + 1 })
      .toArray());
    const items = found.slice(0, query.limit).map(videoOfFile);
    const last = items.at(-1);
    return { items, nextCursor: found.length > query.limit && last !== undefined ? encodeCursor(query.sort, last) : null };
  }

  async get(contentId: string): Promise<Video | undefined> {
    const file = await onMongo(() => this.#mongo.collections.files.findOne({ 'metadata.contentId': contentId }));
    return file === null ? undefined : videoOfFile(file);
  }

  async manifest(contentId: string): Promise<Manifest | undefined> {
    return onMongo(async () => {
      const { files, manifests } = this.#mongo.collections;
      const file = await files.findOne({ 'metadata.contentId': contentId });
      if (file === null) return undefined;
      const found = await manifests.findOne({ _id: idOf(file) });
      if (found !== null) return manifestOf(videoOfFile(file), found.pieceHashes.value());
      if (await files.findOne({ _id: idOf(file) }, { projection: { _id: 1 } }) === null) return undefined;
      throw new StorageError('corrupt', `The piece hashes of ${file.filename} are missing from switch.manifests. Delete the video and upload it again.`);
    });
  }

  async *read(contentId: string, start: number, end: number, { signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<Uint8Array, void, undefined> {
    let file = await this.#reference(contentId);
    checkRange(start, end, file.sizeBytes);
    for (let at = start; at < end;) {
      try {
        for await (const bytes of readChunks({ mongo: this.#mongo, slots: this.#slots }, file, at, end, signal)) {
          at += bytes.byteLength;
          yield bytes;
        }
      } catch (error) {
        if (!(error instanceof MissingChunkError)) throw error;
        // Deleted, or deleted and uploaded again (the same bytes under another id), or damaged.
        const missing = file;
        this.#references.delete(contentId);
        file = await this.#reference(contentId);
        if (file.id.equals(missing.id)) {
          throw new StorageError('corrupt', `The video ${contentId} has lost a part (${error.message}). Delete it and upload it again.`, { cause: error });
        }
      }
    }
  }

  async create(): Promise<VideoWriter> {
    const writer = new GridFsWriter({
      mongo: this.#mongo,
      leases: this.#leases,
      find: (contentId) => this.get(contentId),
      ended: (ended) => this.#writers.delete(ended),
    });
    this.#writers.add(writer);
    await writer.open();
    return writer;
  }

  async adopt(path: string, manifest: Manifest): Promise<Stored> {
    const known = await this.get(manifest.contentId);
    if (known !== undefined) {
      await rm(path, { force: true });
      return { video: known, alreadyStored: true };
    }
    const writer = await this.create();
    try {
      for await (const bytes of createReadStream(path, { highWaterMark: ADOPT_READ_BYTES })) await writer.write(bytes);
      const stored = await writer.commit(manifest);
      await rm(path, { force: true });
      return stored;
    } finally {
      await writer.abort();
    }
  }

  async setTitle(contentId: string, title: string): Promise<Video> {
    return onMongo(async () => {
      const { files } = this.#mongo.collections;
      const before = await files.findOne({ 'metadata.contentId': contentId });
      if (before === null) throw noSuchVideo(contentId);
      const { title: shown, titleKey, searchText } = titleFields(title, before.filename);
      const after = await files.findOneAndUpdate(
        { _id: idOf(before) },
        { $set: { 'metadata.title': shown, 'metadata.titleKey': titleKey, 'metadata.searchText': searchText } },
        { returnDocument: 'after' },
      );
      if (after === null) throw noSuchVideo(contentId);
      return videoOfFile(after);
    });
  }

  async changeDetails(contentId: string, change: (now: VideoDetails) => DetailsChange | undefined): Promise<Video> {
    return onMongo(async () => videoOfFile(await this.#details.change(contentId, change)));
  }

  async extra(contentId: string, name: string): Promise<Uint8Array | undefined> {
    return onMongo(() => this.#details.extra(contentId, name));
  }

  async uninspected(limit: number): Promise<string[]> {
    return onMongo(() => this.#details.uninspected(limit));
  }

  async claimInspection(contentId: string, holder: string, forMs: number): Promise<boolean> {
    return onMongo(() => this.#details.claim(contentId, holder, forMs));
  }

  async delete(contentId: string): Promise<void> {
    await onMongo(async () => {
      const file = await this.#mongo.collections.files.findOne({ 'metadata.contentId': contentId }, { projection: { _id: 1 } });
      if (file === null) throw noSuchVideo(contentId);
      this.#references.delete(contentId);
      // The lease comes first: a crash in mid-delete leaves chunks that the next sweep finds.
      await this.#leases.take(idOf(file), () => undefined);
      try {
        await this.#leases.remove(idOf(file));
      } finally {
        this.#leases.abandon(idOf(file));
        this.#references.delete(contentId);
      }
    });
  }

  async usage(): Promise<Usage> {
    return onMongo(async () => {
      const totals = await this.#mongo.collections.files
        .aggregate<{ bytes: number }>([{ $match: OURS }, { $group: { _id: null, bytes: { $sum: '$length' } } }]).toArray();
      const extras = await this.#mongo.collections.extras
        .aggregate<{ bytes: number }>([{ $group: { _id: null, bytes: { $sum: '$sizeBytes' } } }]).toArray();
      const { fsTotalSize, fsUsedSize } = await this.#mongo.db.command({ dbStats: 1 });
      const knows = typeof fsTotalSize === 'number' && typeof fsUsedSize === 'number' && fsTotalSize > 0;
      return { usedBytes: (totals[0]?.bytes ?? 0) + (extras[0]?.bytes ?? 0), freeBytes: knows ? Math.max(0, fsTotalSize - fsUsedSize) : null };
    });
  }

  async #reference(contentId: string): Promise<FileReference> {
    const known = this.#references.get(contentId);
    if (known !== undefined) return known;
    const file = await onMongo(() => this.#mongo.collections.files
      .findOne({ 'metadata.contentId': contentId }, { projection: { length: 1, chunkSize: 1 } }));
    if (file === null) throw noSuchVideo(contentId);
    const reference = { id: idOf(file), sizeBytes: lengthOf(file), chunkBytes: file.chunkSize };
    this.#references.set(contentId, reference);
    const oldest = this.#references.keys().next();
    if (this.#references.size > MAX_REFERENCES && oldest.done !== true) this.#references.delete(oldest.value);
    return reference;
  }
}
