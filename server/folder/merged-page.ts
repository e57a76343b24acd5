/** One page of two lists in the same order. A cursor names a place in the order and not a count, so both go on from the same one. */
import { checkLimit, encodeCursor, sortFieldOf, sortKeyOf } from '../storage/catalogue-cursor.ts';
import type { ListQuery, Video, VideoPage, VideoSort } from '../storage/video-store.ts';

type ListPage = (query: ListQuery) => Promise<VideoPage>;

/** `others`: those that the first list does not have as well; asked of one page at a time. */
export async function mergedPage(query: ListQuery, first: ListPage, second: ListPage, others: (items: readonly Video[]) => Promise<readonly Video[]>): Promise<VideoPage> {
  checkLimit(query);
  const [one, two] = await Promise.all([first(query), moreThan(query.limit, query, second, others)]);
  const merged = mergeSorted(one.items, two, query.sort);
  const items = merged.slice(0, query.limit);
  const last = items.at(-1);
  const hasMore = merged.length > items.length || one.nextCursor !== null;
  return { items, nextCursor: hasMore && last !== undefined ? encodeCursor(query.sort, last) : null };
}

/** More than `count` items where there are so many, so that the end of the page and the end of the list can be told apart. */
async function moreThan(count: number, query: ListQuery, list: ListPage, others: (items: readonly Video[]) => Promise<readonly Video[]>): Promise<Video[]> {
  const items: Video[] = [];
  for (let next: ListQuery = query; ;) {
    const page = await list(next);
    items.push(...await others(page.items));
    if (items.length > count || page.nextCursor === null) return items;
    next = { ...query, cursor: page.nextCursor };
  }
}

function mergeSorted(one: readonly Video[], two: readonly Video[], sort: VideoSort): Video[] {
  const merged: Video[] = [];
  let left = 0;
  let right = 0;
  for (;;) {
    const a = one[left];
    const b = two[right];
    if (a === undefined) return [...merged, ...two.slice(right)];
    if (b === undefined) return [...merged, ...one.slice(left)];
    const isLeft = isBefore(a, b, sort);
    merged.push(isLeft ? a : b);
    if (isLeft) left += 1;
    else right += 1;
  }
}

function isBefore(a: Video, b: Video, sort: VideoSort): boolean {
  const { field, descending } = sortFieldOf(sort);
  const [one, two] = descending ? [b, a] : [a, b];
  const oneKey = sortKeyOf(one, field);
  const twoKey = sortKeyOf(two, field);
  return oneKey === twoKey ? one.contentId < two.contentId : oneKey < twoKey;
}
