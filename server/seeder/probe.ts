/** The library and its cache as the seeder sees them: with the probe content in them, which is in no library. */
import { PROBE_CONTENT_ID, probeBytes, probeManifest } from '../../engine/index.ts';
import type { SeedComponents } from './seed.ts';

type Sources = Pick<SeedComponents, 'videos' | 'cache'>;

/** Made again for each diagnosis in some milliseconds, rather than kept in memory for the one a month. */
export function withProbe({ videos, cache }: Sources): Sources {
  return {
    videos: { manifest: async (contentId) => (contentId === PROBE_CONTENT_ID ? probeManifest() : videos.manifest(contentId)) },
    cache: { piece: async (contentId, piece, options) => (contentId === PROBE_CONTENT_ID ? probeBytes() : cache.piece(contentId, piece, options)) },
  };
}
