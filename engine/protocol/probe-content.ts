/**
 * The probe content: 256 KiB that every seeder offers beside its library, so that a diagnosis can walk the very way a video takes.
 * Block n of 32 bytes is the SHA-256 of n as four bytes, big-endian. It is one piece, and so its piece hash is its content id:
 * both sides have the manifest without hashing a byte. docs/protocol.md ("The probe content") is the prose.
 */
import { sha256Sync } from '#sha256';
import { contentIdToBytes } from './content-id.ts';
import { PIECE_BYTES } from './limits.ts';
import type { Manifest } from './manifest.ts';
import { HASH_BYTES } from './merkle.ts';

export const PROBE_CONTENT_ID = 'a1d50ace7dca365b2b91cd7992ed78f061b05f03bc37f29a127ad1c32ab149e7';

export function probeManifest(): Manifest {
  return {
    contentId: PROBE_CONTENT_ID, sizeBytes: PIECE_BYTES, pieceLengthBytes: PIECE_BYTES, pieceHashes: contentIdToBytes(PROBE_CONTENT_ID),
    mediaType: 'application/octet-stream', name: 'connectivity-probe',
  };
}

/** All of it. Some milliseconds of hashing: a seeder keeps it once it was asked for. */
export function probeBytes(): Uint8Array {
  const bytes = new Uint8Array(PIECE_BYTES);
  const counter = new Uint8Array(4);
  for (let block = 0; block < PIECE_BYTES / HASH_BYTES; block += 1) {
    new DataView(counter.buffer).setUint32(0, block);
    bytes.set(sha256Sync(counter), block * HASH_BYTES);
  }
  return bytes;
}
