/** One upload into GridFS: chunks first, several inserts in flight, and the `files` document last, which publishes. */
import { Binary, Long, ObjectId } from 'mongodb';
import type { Manifest } from '../../engine/index.ts';
import { CHUNK_BYTES, metadataOf } from './gridfs-documents.ts';
import type { GridFsLeases } from './gridfs-leases.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { isDuplicateKey, onMongo, toStorageError } from './mongo-errors.ts';
import { StorageError } from './storage-error.ts';
import { checkManifest, videoOf } from './stored-manifest.ts';
import type { Stored, Video, VideoWriter } from './video-store.ts';

/** Enough to keep a connection and the server's disk busy at once; 4 MiB of memory for each upload. */
const INSERTS_IN_FLIGHT = 4;

interface WriterComponents {
  readonly mongo: MongoConnection;
  readonly leases: GridFsLeases;
  readonly find: (contentId: string) => Promise<Video | undefined>;
  readonly ended: (writer: GridFsWriter) => void;
}

export class GridFsWriter implements VideoWriter {
  readonly #components: WriterComponents;
  readonly #id = new ObjectId();
  readonly #inserts = new Set<Promise<void>>();
  #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #filled = 0;
  #chunks = 0;
  #writtenBytes = 0;
  #failure: unknown;
  #published = false;
  #busy: Promise<unknown> = Promise.resolve();
  #ending: Promise<void> | undefined;

  constructor(components: WriterComponents) {
    this.#components = components;
  }

  async open(): Promise<void> {
    await this.#step(() => this.#components.leases.take(this.#id, () => { this.#failure ??= leaseLost(); }));
  }

  async write(...chunks: readonly Uint8Array[]): Promise<void> {
    await this.#step(async () => {
      for (const chunk of chunks) await this.#take(chunk);
    });
  }

  async commit(manifest: Manifest): Promise<Stored> {
    return this.#step(async () => {
      checkManifest(manifest, this.#writtenBytes);
      const known = await this.#components.find(manifest.contentId);
      if (known !== undefined) return this.#alreadyStored(known);
      if (this.#filled > 0) await this.#flush();
      await Promise.all(this.#inserts);
      this.#check();
      const video = videoOf(manifest, new Date());
      if (!await this.#publish(video, manifest.pieceHashes)) {
        const other = await this.#components.find(manifest.contentId);
        if (other === undefined) throw new StorageError('unavailable', `${manifest.name} was uploaded twice and deleted at the same moment. Upload it again.`);
        return this.#alreadyStored(other);
      }
      this.#published = true;
      this.#ending ??= Promise.resolve();
      this.#components.ended(this);
      return { video, alreadyStored: false };
    });
  }

  async abort(): Promise<void> {
    this.#ending ??= this.#busy.then(() => this.#remove());
    await this.#ending;
  }

  /** @returns false when another upload of the same bytes was first. */
  async #publish(video: Video, pieceHashes: Uint8Array): Promise<boolean> {
    const { mongo: { collections: { files, manifests } }, leases } = this.#components;
    if (!await leases.renew(this.#id)) throw leaseLost();
    await manifests.insertOne({ _id: this.#id, contentId: video.contentId, pieceHashes: new Binary(pieceHashes) });
    try {
      await files.insertOne({
        _id: this.#id,
        length: Long.fromNumber(video.sizeBytes),
        chunkSize: CHUNK_BYTES,
        uploadDate: new Date(video.createdAt),
        filename: video.name,
        metadata: metadataOf(video),
      });
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
    if (!await leases.release(this.#id)) throw leaseLost();
    return true;
  }

  async #alreadyStored(video: Video): Promise<Stored> {
    // An abort that came meanwhile waits for this step and then removes the same.
    if (this.#ending === undefined) {
      this.#ending = this.#remove();
      await this.#ending;
    }
    return { video, alreadyStored: true };
  }

  async #take(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.byteLength;) {
      const taken = Math.min(chunk.byteLength - at, CHUNK_BYTES - this.#filled);
      this.#buffer.set(chunk.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === CHUNK_BYTES) await this.#flush();
    }
    this.#writtenBytes += chunk.byteLength;
  }

  async #flush(): Promise<void> {
    this.#check();
    const { chunks } = this.#components.mongo.collections;
    const data = this.#filled === CHUNK_BYTES ? this.#buffer : Buffer.from(this.#buffer.subarray(0, this.#filled));
    this.#buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.#filled = 0;
    const n = this.#chunks;
    this.#chunks += 1;
    const insert = chunks.insertOne({ _id: new ObjectId(), files_id: this.#id, n, data: new Binary(data) })
      .then(() => undefined, (error: unknown) => { this.#failure ??= toStorageError(error); })
      .finally(() => this.#inserts.delete(insert));
    this.#inserts.add(insert);
    if (this.#inserts.size >= INSERTS_IN_FLIGHT) await Promise.race(this.#inserts);
    this.#check();
  }

  /** One step at a time; a step that fails leaves nothing behind. */
  async #step<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#busy.then(() => onMongo(() => {
      this.#check();
      return step();
    }));
    this.#busy = turn.catch(() => undefined);
    try {
      return await turn;
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  #check(): void {
    if (this.#ending !== undefined) throw new Error('this upload has ended; create another');
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Where the server is away the lease runs out, and the next sweep does this. */
  async #remove(): Promise<void> {
    if (this.#published) return;
    const { leases } = this.#components;
    try {
      await Promise.all(this.#inserts);
      await leases.remove(this.#id);
    } catch {
      leases.abandon(this.#id);
    } finally {
      this.#components.ended(this);
    }
  }
}

function leaseLost(): StorageError {
  return new StorageError('unavailable', 'The upload stood still for so long that its parts were swept. Upload the file again.');
}
