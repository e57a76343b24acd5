/** The driver's errors as StorageError, in words for whoever runs the database. */
import { MongoError, MongoServerError } from 'mongodb';
import { StorageError } from './storage-error.ts';

const DUPLICATE_KEY = 11000;
/** OutOfDiskSpace, QuotaExceeded of MongoDB's error_codes.yml; FileSystem quotas of hosted services answer 8000. */
const NO_SPACE_CODES: ReadonlySet<number> = new Set([14031, 12501, 8000]);
const NO_SPACE_WORDS = /no space left|disk full|could not extend file|over your space quota|out of disk space/iu;

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/** Runs a task on the database and turns the driver's errors into StorageError. */
export async function onMongo<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw toStorageError(error);
  }
}

export function toStorageError(error: unknown): unknown {
  if (!(error instanceof MongoError)) return isSocketError(error) ? unavailable(error) : error;
  if (error instanceof MongoServerError) {
    if ((typeof error.code === 'number' && NO_SPACE_CODES.has(error.code)) || NO_SPACE_WORDS.test(error.message)) {
      return new StorageError('no-space', `The database has no room left (${error.message}). Delete videos or give it a larger disk, then try again.`, { cause: error });
    }
    if (error.code === 13 || error.code === 18) {
      return new StorageError('unavailable', `The database refuses the node's user (${error.message}). Check the name, the password and the roles in SWITCH_MONGODB_URI.`, { cause: error });
    }
  }
  return unavailable(error);
}

function unavailable(error: Error): StorageError {
  return new StorageError('unavailable', `The database cannot be used (${error.message}). Check that MongoDB runs and that SWITCH_MONGODB_URI names it.`, { cause: error });
}

/** A write to a connection that just broke reaches us bare: driver 7.9 wraps only what the socket reports later. */
function isSocketError(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return 'syscall' in error || error.code.startsWith('ERR_STREAM_') || error.code.startsWith('ERR_SOCKET_');
}
