/** A video of the library as the media readers want it: ranges, whole, and never more at once than memory is for. */
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { ByteSource } from '../../engine/media/index.ts';
import type { Video, VideoStore } from '../storage/video-store.ts';

/** The index of a film of ten hours is below this; a file that claims a larger one is broken. */
const MAX_READ_BYTES = 64 * 1024 * 1024;

/** Thrown for a range no honest file makes anybody ask for. */
class OversizedReadError extends Error {
  override readonly name = 'OversizedReadError';
}

export function videoSource(videos: Pick<VideoStore, 'read'>, { contentId, sizeBytes }: Pick<Video, 'contentId' | 'sizeBytes'>): ByteSource {
  return {
    sizeBytes,
    read: async (start, end, { signal }) => {
      signal.throwIfAborted();
      if (end - start > MAX_READ_BYTES) throw new OversizedReadError(`${end - start} bytes at once are more than any index has`);
      const parts: Uint8Array[] = [];
      for await (const part of videos.read(contentId, start, end, { signal })) parts.push(part);
      const [only] = parts;
      return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts);
    },
  };
}

/** Reads no faster than `bytesPerSecond()` says at the moment, and lets everybody else have their turn after each read. */
export function gently(source: ByteSource, bytesPerSecond: () => number): ByteSource {
  return {
    sizeBytes: source.sizeBytes,
    read: async (start, end, { signal }) => {
      const fromMs = performance.now();
      const bytes = await source.read(start, end, { signal });
      const restMs = (bytes.byteLength / bytesPerSecond()) * 1000 - (performance.now() - fromMs);
      await (restMs >= 1 ? delay(restMs, undefined, { signal }) : nextTurn(undefined, { signal }));
      return bytes;
    },
  };
}
