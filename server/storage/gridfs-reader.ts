/**
 * Reads ranges of a GridFS file: one range query for several chunks, the next one under way while the consumer works, and the
 * bytes cut out of the raw BSON reply without a copy. The driver's own stream asks for `files` each time and reads nothing ahead.
 */
import { BSON, type ObjectId } from 'mongodb';
import type { MongoConnection } from './mongo-connection.ts';
import { onMongo } from './mongo-errors.ts';
import { StorageError } from './storage-error.ts';

/** 4 MiB for each reply, twice: the one being consumed and the one ahead. */
const MAX_BATCH_CHUNKS = 4;

const BSON_BINARY = 5;
const BSON_INT32 = 16;

/** What a read needs to know of a file. */
export interface FileReference {
  readonly id: ObjectId;
  readonly sizeBytes: number;
  readonly chunkBytes: number;
}

/** Thrown when a chunk is not where it must be: the store finds out whether the video was deleted or is damaged. */
export class MissingChunkError extends Error {
  override readonly name = 'MissingChunkError';
}

interface Chunk {
  readonly n: number;
  readonly data: Uint8Array;
}

export async function* readChunks(
  mongo: MongoConnection, file: FileReference, start: number, end: number, signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const lastChunk = Math.ceil(end / file.chunkBytes);
  let ahead: Promise<Chunk[]> | undefined;
  let batchChunks = 1;
  try {
    for (let first = Math.floor(start / file.chunkBytes); first < lastChunk;) {
      signal?.throwIfAborted();
      const next = Math.min(first + batchChunks, lastChunk);
      const batch = await (ahead ?? fetchBatch(mongo, file, first, next));
      // The first reply is small to be quick, the later ones large.
      batchChunks = Math.min(batchChunks * 2, MAX_BATCH_CHUNKS);
      ahead = next < lastChunk ? fetchBatch(mongo, file, next, Math.min(next + batchChunks, lastChunk)) : undefined;
      ahead?.catch(() => undefined);
      for (const { n, data } of batch) {
        signal?.throwIfAborted();
        const offset = n * file.chunkBytes;
        yield data.subarray(Math.max(0, start - offset), Math.min(data.byteLength, end - offset));
      }
      first = next;
    }
  } finally {
    await ahead?.catch(() => undefined);
  }
}

/** Chunks `first` to `next` (exclusive), all of them, each of its right length. */
async function fetchBatch(mongo: MongoConnection, file: FileReference, first: number, next: number): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  const documents: unknown[] = await onMongo(() => mongo.collections.chunks
    .find({ files_id: file.id, n: { $gte: first, $lt: next } }, { raw: true, sort: { n: 1 }, batchSize: next - first + 1 })
    .toArray());
  for (const document of documents) {
    const chunk = parseChunk(document);
    const n = first + chunks.length;
    const expectedBytes = Math.min(file.chunkBytes, file.sizeBytes - n * file.chunkBytes);
    if (chunk.n !== n) break;
    if (chunk.data.byteLength !== expectedBytes) {
      throw new StorageError('corrupt', `Chunk ${n} of file ${file.id.toHexString()} has ${chunk.data.byteLength} bytes, not ${expectedBytes}. Delete the video and upload it again.`);
    }
    chunks.push(chunk);
  }
  if (chunks.length !== next - first) throw new MissingChunkError(`chunk ${first + chunks.length} is missing`);
  return chunks;
}

/** Source: bsonspec.org; a binary is its length (int32), a subtype (one byte) and the bytes. */
function parseChunk(document: unknown): Chunk {
  if (!(document instanceof Uint8Array)) throw new TypeError('a raw find returned something that is not BSON');
  const view = new DataView(document.buffer, document.byteOffset, document.byteLength);
  let n: number | undefined;
  let data: Uint8Array | undefined;
  for (const [type, nameOffset, nameLength, offset] of BSON.onDemand.parseToElements(document)) {
    const name = Buffer.from(document.buffer, document.byteOffset + nameOffset, nameLength).toString('latin1');
    if (name === 'n' && type === BSON_INT32) n = view.getInt32(offset, true);
    if (name === 'data' && type === BSON_BINARY) data = document.subarray(offset + 5, offset + 5 + view.getInt32(offset, true));
  }
  if (n === undefined || data === undefined) {
    throw new StorageError('corrupt', 'A document in fs.chunks is not a GridFS chunk. Delete the video it belongs to and upload it again.');
  }
  return { n, data };
}
