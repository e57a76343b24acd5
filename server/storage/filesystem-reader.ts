/** Reads a range of an open file in large buffers, one buffer ahead of the consumer. */
import type { FileHandle } from 'node:fs/promises';
import type { ReadBuffers } from './buffer-pool.ts';
import { StorageError } from './storage-error.ts';
import type { ReadOptions } from './video-store.ts';

/** One system call for each: 1 MiB is where a bigger one gains nothing more. */
export const READ_BYTES = 1024 * 1024;

/** The first buffer ends where the later ones begin: at multiples of their length, so that they hold whole pieces. */
export async function* readRange(handle: FileHandle, start: number, end: number, { signal, buffers }: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
  let ahead: Promise<Uint8Array> | undefined;
  try {
    for (let at = start; at < end;) {
      signal?.throwIfAborted();
      const next = Math.min(endOfRead(at), end);
      const buffer = await (ahead ?? readFully(handle, at, next - at, buffers));
      ahead = next < end ? readFully(handle, next, Math.min(endOfRead(next), end) - next, buffers) : undefined;
      // Its failure is told when it is awaited, or not at all when the consumer left.
      ahead?.catch(() => undefined);
      signal?.throwIfAborted();
      yield buffer;
      at = next;
    }
  } finally {
    await ahead?.then((unread) => buffers?.give(unread), () => undefined);
  }
}

function endOfRead(start: number): number {
  return (Math.floor(start / READ_BYTES) + 1) * READ_BYTES;
}

async function readFully(handle: FileHandle, position: number, length: number, buffers: ReadBuffers | undefined): Promise<Uint8Array> {
  const buffer = buffers?.take(length) ?? Buffer.allocUnsafeSlow(length);
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
