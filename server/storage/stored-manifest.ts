/** What both stores do with a manifest handed to them: check it against the bytes, and make the library's entry of it. */
import { HASH_BYTES, isContentId, type Manifest } from '../../engine/index.ts';
import { titleFromName } from './catalogue-text.ts';
import { StorageError } from './storage-error.ts';
import { NEW_DETAILS } from './video-details.ts';
import type { Video } from './video-store.ts';

/** @throws StorageError `corrupt` when the manifest does not describe `writtenBytes` bytes. The hashes are the caller's. */
export function checkManifest(manifest: Manifest, writtenBytes: number): void {
  if (!isContentId(manifest.contentId)) {
    throw new StorageError('corrupt', 'The manifest\'s content id is not 64 hex digits.');
  }
  if (manifest.sizeBytes !== writtenBytes) {
    throw new StorageError('corrupt', `${manifest.name}: the manifest says ${manifest.sizeBytes} bytes, ${writtenBytes} were written. Upload it again.`,
      { details: { manifestBytes: manifest.sizeBytes, writtenBytes } });
  }
  const pieces = Math.ceil(manifest.sizeBytes / manifest.pieceLengthBytes);
  if (manifest.pieceHashes.byteLength !== pieces * HASH_BYTES) {
    throw new StorageError('corrupt', `${manifest.name}: the manifest holds ${manifest.pieceHashes.byteLength} bytes of piece hashes where ${pieces} pieces need ${pieces * HASH_BYTES}.`);
  }
}

export function videoOf(manifest: Manifest, createdAt: Date): Video {
  return {
    contentId: manifest.contentId,
    name: manifest.name,
    title: titleFromName(manifest.name),
    mediaType: manifest.mediaType,
    sizeBytes: manifest.sizeBytes,
    pieceLengthBytes: manifest.pieceLengthBytes,
    createdAt: createdAt.toISOString(),
    ...NEW_DETAILS,
  };
}

export function manifestOf(video: Video, pieceHashes: Uint8Array): Manifest {
  return {
    contentId: video.contentId,
    sizeBytes: video.sizeBytes,
    pieceLengthBytes: video.pieceLengthBytes,
    pieceHashes,
    mediaType: video.mediaType,
    name: video.name,
  };
}

export function noSuchVideo(contentId: string, options?: ErrorOptions): StorageError {
  return new StorageError('no-such-video', `The library has no video ${contentId}.`, options);
}

/** For a ping whose caller waits no longer. */
export function noAnswer(cause: unknown): StorageError {
  return new StorageError('unavailable', 'The storage did not answer in time. Check the disk or the database.', { cause });
}

/** @throws RangeError for a range outside the video: the routes answer 416 before they ask. */
export function checkRange(start: number, end: number, sizeBytes: number): void {
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || start > end || end > sizeBytes) {
    throw new RangeError(`bytes ${start} to ${end} are not within the video's ${sizeBytes}`);
  }
}
