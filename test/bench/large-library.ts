/** A library of very many videos, and how long its list takes. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alternate } from './bench.ts';
import type { NodeProcess } from './node-process.ts';

export const PAGE_ITEMS = 100;

const TRACK = { language: 'eng', label: null, isDefault: true };
const MEDIA = {
  container: 'mp4',
  tracks: [
    { kind: 'video', number: 1, codec: 'avc', codecString: 'avc1.640028', ...TRACK, width: 1920, height: 1080 },
    { kind: 'audio', number: 2, codec: 'aac', codecString: 'mp4a.40.2', ...TRACK, channels: 2, sampleRateHz: 48_000 },
  ],
};
const LOOKED_INTO = { mediaState: 'read', posterId: null, subtitles: [], isInspected: true };

/**
 * What a library looks like after so many uploads, written at once: contents of one byte, entries as the store writes them, of films that
 * were looked into. Else a node would be looking into all of them when it is taken to be at rest.
 */
export async function writeLibrary(dataDir: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const contentId = createHash('sha256').update(`video ${index}`).digest('hex');
    const folder = join(dataDir, 'videos', contentId);
    await mkdir(folder, { recursive: true });
    const createdAt = new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString();
    await Promise.all([
      writeFile(join(folder, 'content'), 'x'),
      writeFile(join(folder, 'piece-hashes'), createHash('sha256').update('x').digest()),
      writeFile(join(folder, 'entry.json'), JSON.stringify({
        contentId, name: `Video ${index}.mp4`, title: `Video ${index}`, mediaType: 'video/mp4', sizeBytes: 1, pieceLengthBytes: 262_144, createdAt,
        extraBytes: 0, details: { ...LOOKED_INTO, media: { ...MEDIA, durationSeconds: 5_400 + index / 10 } },
      }, null, 2)),
    ]);
  }
}

interface Listed {
  readonly items: readonly unknown[];
  readonly nextCursor: string | null;
}

/** Milliseconds of the first page and of the last. */
export async function listTimes({ url }: NodeProcess, videos: number, lists: number): Promise<Record<'first' | 'last', number[]>> {
  const list = async (cursor: string | null): Promise<Listed> =>
    await (await fetch(`${url}/api/videos?limit=${PAGE_ITEMS}${cursor === null ? '' : `&cursor=${cursor}`}`)).json() as Listed;
  let lastCursor: string | null = null;
  let listed = 0;
  for (let cursor: string | null = null; ;) {
    const { items, nextCursor }: Listed = await list(cursor);
    listed += items.length;
    lastCursor = cursor;
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  if (listed !== videos) throw new Error(`The list has ${listed} of ${videos} videos.`);
  const timed = (cursor: string | null) => async (): Promise<number> => {
    const startMs = performance.now();
    await list(cursor);
    return performance.now() - startMs;
  };
  return alternate(lists, { first: timed(null), last: timed(lastCursor) });
}
