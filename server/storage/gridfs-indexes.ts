/** The indexes of the library, made again and again by every appliance that starts: those of one database may start at once. */
import { setTimeout } from 'node:timers/promises';
import { MongoServerError, type Collection, type CreateIndexesOptions, type Document, type IndexSpecification } from 'mongodb';
import type { MongoCollections } from './mongo-connection.ts';
import { toStorageError } from './mongo-errors.ts';
import { StorageError } from './storage-error.ts';

/** Files that the node stored, not some other tool in the same bucket. */
export const OURS = { 'metadata.contentId': { $exists: true } };

/** With the pauses about three seconds: making an index of an empty collection takes a tenth of one. */
const ATTEMPTS = 6;
const PAUSE_MS = 200;
/** Duplicate key, index options conflict, index key specs conflict: it is the data or another index, and stays so. */
const LASTING_CODES: ReadonlySet<unknown> = new Set([11000, 85, 86]);

/** @throws the driver's errors, or the signal's reason. `sortPaths`: the fields that the library is sorted by. */
export async function makeIndexes({ files, chunks }: MongoCollections, sortPaths: readonly string[], signal?: AbortSignal): Promise<void> {
  const ours = { partialFilterExpression: OURS };
  await makeIndex(chunks, { files_id: 1, n: 1 }, { unique: true }, signal);
  await makeIndex(files, { filename: 1, uploadDate: 1 }, {}, signal);
  await makeIndex(files, { 'metadata.contentId': 1 }, { unique: true, ...ours }, signal);
  await makeIndex(files, { 'metadata.details.isInspected': 1, uploadDate: 1 }, ours, signal);
  for (const path of sortPaths) await makeIndex(files, { [path]: 1, 'metadata.contentId': 1 }, ours, signal);
}

/** Making an index that is there does nothing; but while another appliance makes it, a server may refuse, as FerretDB does with "deadlock detected". */
async function makeIndex<Schema extends Document>(
  collection: Collection<Schema>, keys: IndexSpecification, options: CreateIndexesOptions, signal: AbortSignal | undefined,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await collection.createIndex(keys, options);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error;
    }
    // By chance, so that the same ones do not meet again.
    await setTimeout(PAUSE_MS * attempt * Math.random(), undefined, signal === undefined ? {} : { signal });
  }
}

/** What a server says that answers, and that neither the user's rights nor the disk explain. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof MongoServerError) || LASTING_CODES.has(error.code) || error.code === 13 || error.code === 18) return false;
  const shown = toStorageError(error);
  return shown instanceof StorageError && shown.code !== 'no-space';
}
