/** The library and its cache as the seeder sees them: with the probe content in them, which is in no library. */
import { PROBE_CONTENT_ID, probeBytes, probeManifest } from '../../engine/index.ts';
import type { SeedComponents } from './seed.ts';

type Sources = Pick<SeedComponents, 'videos' | 'cache'>;

/** Made once, when first asked for, and kept as long as what is answered here: else whoever asks again and again would keep the processor busy. */
export function withProbe({ videos, cache }: Sources): Sources {
  let bytes: Uint8Array | undefined;
  return {
    videos: { manifest: async (contentId) => (contentId === PROBE_CONTENT_ID ? probeManifest() : videos.manifest(contentId)) },
    cache: { piece: async (contentId, piece, options) => (contentId === PROBE_CONTENT_ID ? (bytes ??= probeBytes()) : cache.piece(contentId, piece, options)) },
  };
}
