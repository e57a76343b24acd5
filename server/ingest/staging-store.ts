/**
 * Where tus uploads lie until they are whole: the tus library's file store, with our own way for the bytes (hashed as they
 * come, and checked against the room there is) and an expiry that counts from the last byte.
 */
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FileStore } from '@tus/file-store';
import { ERRORS, Upload } from '@tus/server';
import type { MerkleHasher } from '../../engine/index.ts';
import { writeAll } from '../storage/write-all.ts';
import { BodyBatches } from './body-batches.ts';
import type { Finishing } from './finishing.ts';
import { tooLarge } from './problems.ts';
import { isDiskFull, type Room } from './room.ts';
import type { UploadContexts } from './upload-context.ts';
import type { UploadHashes } from './upload-hashes.ts';
import { type Finished, isUploadId, type UploadRecords } from './upload-records.ts';

/** How often a running upload looks at the room that is left. */
const ROOM_CHECK_BYTES = 64 * 1024 * 1024;

interface StagingComponents {
  readonly records: UploadRecords;
  readonly hashes: UploadHashes;
  readonly finishing: Finishing;
  readonly contexts: UploadContexts;
  readonly room: Room;
}

interface StagingOptions {
  /** Exists. */
  readonly folder: string;
  readonly expiryMs: number;
  readonly maxBytes: number;
  readonly idleMs: number;
}

export class StagingStore extends FileStore {
  readonly #components: StagingComponents;
  readonly #options: StagingOptions;
  readonly #writing = new Set<string>();

  constructor(components: StagingComponents, options: StagingOptions) {
    super({ directory: options.folder, configstore: components.records, expirationPeriodInMilliseconds: options.expiryMs });
    this.#components = components;
    this.#options = options;
  }

  path(id: string): string {
    return join(this.#options.folder, id);
  }

  /** The body is taken from the request itself; `throughLibrary` is empty. Returns the offset reached, also when told to give way. */
  override async write(throughLibrary: Readable, id: string, offset: number): Promise<number> {
    throughLibrary.resume();
    const { records, hashes, contexts } = this.#components;
    if (await this.#stagedBytes(id) === undefined) return offset;
    const declaredBytes = (await records.get(id))?.size;
    const path = this.path(id);
    const handle = await open(path, 'r+').catch(absent);
    if (handle === undefined) {
      await this.#stagedBytes(id);
      return offset;
    }
    this.#writing.add(id);
    try {
      const context = contexts.current();
      const hasher = await hashes.take(id, path, offset, context.signal);
      if (hasher.sizeBytes < offset) {
        await hashes.keep(id, path, hasher);
        return offset;
      }
      const batches = new BodyBatches(context.body, { idleMs: this.#options.idleMs, signal: context.signal });
      try {
        await this.#pour(batches, { id, path, handle, hasher, endBytes: declaredBytes ?? this.#options.maxBytes });
      } catch (error) {
        // A cut connection or a lack of room: what is in the file is in the hasher too.
        if (hasher.sizeBytes === (await handle.stat()).size) await hashes.keep(id, path, hasher);
        throw error;
      } finally {
        batches.close();
      }
      await hashes.keep(id, path, hasher);
      return hasher.sizeBytes;
    } finally {
      await handle.close();
      this.#writing.delete(id);
    }
  }

  async #pour(batches: BodyBatches, upload: { id: string; path: string; handle: FileHandle; hasher: MerkleHasher; endBytes: number }): Promise<void> {
    const { hashes, room } = this.#components;
    const { id, path, handle, hasher, endBytes } = upload;
    let saving: Promise<void> = Promise.resolve();
    let isSaving = false;
    let saveError: unknown;
    let checkedBytes = hasher.sizeBytes;
    try {
      for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
        const position = hasher.sizeBytes;
        const batchBytes = batch.reduce((sum, chunk) => sum + chunk.length, 0);
        if (position + batchBytes > endBytes) throw tooLarge(endBytes);
        if (position - checkedBytes >= ROOM_CHECK_BYTES) {
          checkedBytes = position;
          await room.requireOnDisk(batchBytes);
        }
        const written = writeAll(handle, batch, position);
        for (const chunk of batch) hasher.update(chunk);
        try {
          await written;
        } catch (error) {
          throw isDiskFull(error) ? await room.full(endBytes - position, { cause: error }) : error;
        }
        if (!isSaving && hashes.isDue(id, hasher)) {
          isSaving = true;
          saving = hashes.save(id, path, hasher, handle).catch((error: unknown) => {
            saveError = error;
          }).finally(() => {
            isSaving = false;
          });
        }
      }
    } finally {
      await saving;
    }
    if (saveError !== undefined && !isDiskFull(saveError)) throw saveError;
  }

  /** A finished upload keeps saying so until it expires, for a client that missed the answer. */
  override async getUpload(id: string): Promise<Upload> {
    const { records } = this.#components;
    const upload = await records.get(id);
    if (upload === undefined) throw ERRORS.FILE_NOT_FOUND;
    const offset = await this.#stagedBytes(id) ?? upload.size ?? 0;
    return new Upload({
      id, offset, creation_date: new Date(await this.#touchedAt(id)).toISOString(),
      ...(upload.size === undefined ? {} : { size: upload.size }), ...(upload.metadata === undefined ? {} : { metadata: upload.metadata }),
    });
  }

  /** undefined when the upload is finished. Throws the library's error when its file is gone for another reason. */
  async #stagedBytes(id: string): Promise<number | undefined> {
    const { records, finishing } = this.#components;
    await finishing.settled(id);
    if (await records.finished(id) !== undefined) return undefined;
    const staged = await stat(this.path(id)).catch(absent);
    if (staged !== undefined) return staged.size;
    // The finishing may have begun after we asked for it.
    await finishing.settled(id);
    if (await records.finished(id) === undefined) throw ERRORS.FILE_NO_LONGER_EXISTS;
    return undefined;
  }

  async finish(upload: Upload, finished: Finished): Promise<void> {
    await this.#components.records.finish(upload, finished);
    await this.#components.hashes.forget(upload.id);
  }

  override async remove(id: string): Promise<void> {
    if (await this.#components.records.get(id) === undefined) throw ERRORS.FILE_NOT_FOUND;
    await this.#discard(id);
  }

  /** Removes what nobody went on with, and what a crash left without a record. Returns the number of uploads removed. */
  override async deleteExpired(): Promise<number> {
    const { records } = this.#components;
    const oldest = Date.now() - this.#options.expiryMs;
    let removed = 0;
    for (const id of await records.list()) {
      if (this.#writing.has(id) || await this.#touchedAt(id) >= oldest) continue;
      await this.#discard(id);
      removed += 1;
    }
    const known = new Set(await records.list());
    for (const name of await readdir(this.#options.folder)) {
      const id = name.split('.', 1)[0] ?? '';
      if (!isUploadId(id) || (known.has(id) && !name.endsWith('.new')) || this.#writing.has(id)) continue;
      const path = join(this.#options.folder, name);
      if (await modifiedAt(path) < oldest) await rm(path, { force: true });
    }
    return removed;
  }

  async #discard(id: string): Promise<void> {
    await rm(this.path(id), { force: true });
    await this.#components.hashes.forget(id);
    await this.#components.records.delete(id);
  }

  async #touchedAt(id: string): Promise<number> {
    return Math.max(await this.#components.records.writtenAt(id), await modifiedAt(this.path(id)));
  }
}

async function modifiedAt(path: string): Promise<number> {
  return (await stat(path).catch(absent))?.mtimeMs ?? 0;
}

function absent(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
