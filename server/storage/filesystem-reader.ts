/** Reads a range of an open file in large buffers, one buffer ahead of the consumer. */
import type { FileHandle } from 'node:fs/promises';
import { StorageError } from './storage-error.ts';

/** One system call for each: 1 MiB is where a bigger one gains nothing more. */
const READ_BYTES = 1024 * 1024;

export async function* readRange(handle: FileHandle, start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  let ahead: Promise<Uint8Array> | undefined;
  try {
    for (let at = start; at < end; at += READ_BYTES) {
      signal?.throwIfAborted();
      const buffer = await (ahead ?? readFully(handle, at, Math.min(READ_BYTES, end - at)));
      const next = at + READ_BYTES;
      ahead = next < end ? readFully(handle, next, Math.min(READ_BYTES, end - next)) : undefined;
      // Its failure is told when it is awaited, or not at all when the consumer left.
      ahead?.catch(() => undefined);
      signal?.throwIfAborted();
      yield buffer;
    }
  } finally {
    await ahead?.catch(() => undefined);
  }
}

async function readFully(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) {
      throw new StorageError('corrupt', `A video's file ends at byte ${position + filled}, before its size. Check the disk and upload the file again.`);
    }
    filled += bytesRead;
  }
  return buffer;
}
