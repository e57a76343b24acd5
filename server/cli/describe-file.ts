/** The manifest of a local file: hashed once, in order, in bounded memory. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { MerkleHasher, cleanFileName, type Manifest } from '../../engine/index.ts';

const READ_BYTES = 1024 * 1024;

/** Rejects with the file system's error, or with the signal's reason. */
export async function describeFile(path: string, signal: AbortSignal): Promise<Manifest> {
  const hasher = new MerkleHasher();
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES, signal })) hasher.update(chunk);
  return { ...hasher.finish(), name: cleanFileName(basename(path)), mediaType: 'application/octet-stream' };
}
