import * as fc from 'fast-check';
import { test } from 'tap';
import { mergedPage } from '../../../../server/folder/merged-page.ts';
import { CatalogueIndex } from '../../../../server/storage/catalogue-index.ts';
import { NEW_DETAILS } from '../../../../server/storage/video-details.ts';
import { VIDEO_SORTS, type Video, type VideoSort } from '../../../../server/storage/video-store.ts';

interface Sample {
  readonly id: number;
  readonly title: string;
  readonly sizeBytes: number;
  readonly where: 'first' | 'second' | 'both';
}

function video({ id, title, sizeBytes }: Sample): Video {
  return {
    contentId: id.toString(16).padStart(64, '0'), name: `${title}.mp4`, title, mediaType: 'video/mp4', sizeBytes, pieceLengthBytes: 262_144,
    createdAt: new Date(1_700_000_000_000 + sizeBytes).toISOString(), ...NEW_DETAILS,
  };
}

function indexOf(videos: readonly Video[]): CatalogueIndex {
  const index = new CatalogueIndex();
  index.load(videos.map((one) => ({ video: one, extraBytes: 0 })));
  return index;
}

async function pages(first: CatalogueIndex, second: CatalogueIndex, sort: VideoSort, limit: number): Promise<Video[][]> {
  const all: Video[][] = [];
  for (let cursor: string | undefined; ;) {
    const { items, nextCursor } = await mergedPage({ sort, limit, ...(cursor === undefined ? {} : { cursor }) },
      async (query) => first.page(query), async (query) => second.page(query),
      async (found) => found.filter(({ contentId }) => first.get(contentId) === undefined));
    all.push([...items]);
    if (nextCursor === null) return all;
    cursor = nextCursor;
  }
}

const samples = fc.uniqueArray(fc.record({
  id: fc.integer({ min: 1, max: 200 }), title: fc.constantFrom('a', 'B', 'b', 'Ä', 'Film 2', 'Film 10', 'z'), sizeBytes: fc.integer({ min: 1, max: 5 }),
  where: fc.constantFrom('first' as const, 'second' as const, 'both' as const),
}), { selector: ({ id }) => id, maxLength: 30 });

test('pages of two lists are the pages of the one list they make, whatever is in both', async (t) => {
  await fc.assert(fc.asyncProperty(samples, fc.constantFrom(...VIDEO_SORTS), fc.integer({ min: 1, max: 8 }), async (library, sort, limit) => {
    const first = indexOf(library.filter(({ where }) => where !== 'second').map(video));
    // What is in both has another title and time in the second, as a file and its upload have.
    const second = indexOf(library.filter(({ where }) => where !== 'first').map((one) => (one.where === 'both' ? video({ ...one, title: 'm', sizeBytes: 3 }) : video(one))));
    const one = indexOf(library.map(video)).page({ sort, limit: 100 }).items;
    const merged = await pages(first, second, sort, limit);
    t.same(merged.flat().map(({ contentId }) => contentId), one.map(({ contentId }) => contentId));
    return merged.slice(0, -1).every((page) => page.length === limit) && (library.length === 0 || (merged.at(-1)?.length ?? 0) > 0);
  }), { numRuns: 200 });
});
