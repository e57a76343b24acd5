/** File system errors as StorageError, with the figures a person needs to act on. */
import { statfs } from 'node:fs/promises';
import { errnoOf } from './durable-files.ts';
import { StorageError } from './storage-error.ts';

export async function freeBytesOf(path: string): Promise<number> {
  const figures = await statfs(path);
  return figures.bavail * figures.bsize;
}

/** Runs a task on the data directory and turns its system errors into StorageError. */
export async function onDisk<T>(dataDir: string, task: () => Promise<T>, neededBytes?: number): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw await toStorageError(dataDir, error, neededBytes);
  }
}

/** Errors that say nothing about storage come back as they are. */
export async function toStorageError(dataDir: string, error: unknown, neededBytes?: number): Promise<unknown> {
  const code = errnoOf(error);
  if (error instanceof StorageError || code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const freeBytes = await freeBytesOf(dataDir).catch(() => 0);
    return new StorageError('no-space', `The disk under ${dataDir} is full: ${freeBytes} bytes are free. Delete videos or make room, then try again.`,
      { cause: error, details: { freeBytes, ...(neededBytes === undefined ? {} : { neededBytes }) } });
  }
  if (['EIO', 'EROFS', 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'EMFILE', 'ENFILE', 'ESTALE', 'ENXIO', 'ENODEV'].includes(code)) {
    return new StorageError('unavailable', `The data directory ${dataDir} cannot be used (${code}). Check that it is mounted and that the node may write there.`,
      { cause: error, details: { system: code } });
  }
  return error;
}
