/**
 * Reads ranges of a GridFS file: range queries on the chunks alone, the next one under way while the consumer works, and the bytes
 * cut out of the raw BSON reply without a copy. The driver's own stream asks for `files` each time and reads nothing ahead.
 */
import { BSON, type ObjectId } from 'mongodb';
import type { MongoConnection } from './mongo-connection.ts';
import { onMongo } from './mongo-errors.ts';
import type { ReplySlots } from './reply-slots.ts';
import { StorageError } from './storage-error.ts';

/**
 * Chunks of one reply, and replies under way for one read. Measured on FerretDB: two replies of 1 MiB read at twice the speed of
 * the driver's stream. Larger replies, tried with 2, 4 and 8 MiB, cost no less here and come later; more of them take connections
 * from other reads.
 */
const BATCH_CHUNKS = 1;
const BATCHES_IN_FLIGHT = 2;

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

interface ReaderComponents {
  readonly mongo: MongoConnection;
  readonly slots: ReplySlots;
}

export async function* readChunks(
  components: ReaderComponents, file: FileReference, start: number, end: number, signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const left = new AbortController();
  const leave = (): void => left.abort(signal?.reason);
  signal?.addEventListener('abort', leave, { once: true });
  const lastChunk = Math.ceil(end / file.chunkBytes);
  const ahead: Promise<Chunk[]>[] = [];
  let next = Math.floor(start / file.chunkBytes);
  const fetchAhead = (): void => {
    while (ahead.length < BATCHES_IN_FLIGHT && next < lastChunk) {
      const batchEnd = Math.min(next + BATCH_CHUNKS, lastChunk);
      const first = next;
      const batch = components.slots.use(() => fetchBatch(components.mongo, file, first, batchEnd), left.signal);
      // Its failure is told when it is its turn, or not at all when the consumer left.
      batch.catch(() => undefined);
      ahead.push(batch);
      next = batchEnd;
    }
  };
  try {
    for (fetchAhead(); ahead.length > 0; fetchAhead()) {
      signal?.throwIfAborted();
      const batch = await ahead.shift() ?? [];
      fetchAhead();
      for (const { n, data } of batch) {
        signal?.throwIfAborted();
        const offset = n * file.chunkBytes;
        yield data.subarray(Math.max(0, start - offset), Math.min(data.byteLength, end - offset));
      }
    }
  } finally {
    signal?.removeEventListener('abort', leave);
    left.abort();
    await Promise.allSettled(ahead);
  }
}

/** Chunks `first` to `next` (exclusive), all of them, each of its right length. */
async function fetchBatch(mongo: MongoConnection, file: FileReference, first: number, next: number): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  const cursor = mongo.collections.chunks
    .find({ files_id: file.id, n: { $gte: first, $lt: next } }, { raw: true, sort: { n: 1 }, limit: next - first, batchSize: next - first + 1 });
  const documents: unknown[] = await onMongo(() => cursor.toArray());
  dropReply(cursor);
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

/**
 * A cursor that is done still holds its reply, and outlives its use: the driver keeps cursors in a Set while they are open, and when
 * a Set grows V8 leaves its old table, with those that were in it, linked to the new one. Once one such table is old, all that follow
 * become old with it, and so does each reply that was under way beside another: freed only by marking the whole heap, every 70 MiB
 * that are read, which was half of a read's processor time. The field is the driver's own, null at first; under another name only the cost returns.
 */
function dropReply(cursor: object): void {
  if ('documents' in cursor) cursor.documents = null;
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
