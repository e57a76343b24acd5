/** Writes several buffers in one trip to the disk, and all of them. */
import type { FileHandle } from 'node:fs/promises';

export async function writeAll(handle: FileHandle, batch: readonly Uint8Array[], position: number): Promise<void> {
  const totalBytes = batch.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  const { bytesWritten } = await handle.writev(batch, position);
  if (bytesWritten === totalBytes) return;
  // A disk that fills up takes a part first and gives its reason at the next write.
  const rest = Buffer.concat(batch).subarray(bytesWritten);
  for (let done = 0; done < rest.length;) {
    done += (await handle.write(rest, done, rest.length - done, position + bytesWritten + done)).bytesWritten;
  }
}
