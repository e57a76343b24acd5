/**
 * The cursor of the list: the sort key and content id of the last item handed out. It names a place in the order rather
 * than a count, so inserts and deletes between two pages neither repeat nor skip what was there all along.
 */
import { isContentId } from '../../engine/index.ts';
import { StorageError } from './storage-error.ts';
import { titleSortKey } from './catalogue-text.ts';
import type { ListQuery, Video, VideoSort } from './video-store.ts';

export type SortField = 'createdAt' | 'title' | 'sizeBytes';
export type SortKey = string | number;

export interface CursorPlace {
  readonly key: SortKey;
  readonly contentId: string;
}

const MAX_CURSOR_LENGTH = 2048;
const MAX_PAGE_ITEMS = 100;

export function sortFieldOf(sort: VideoSort): { field: SortField; descending: boolean } {
  switch (sort) {
    case 'createdAt': return { field: 'createdAt', descending: false };
    case '-createdAt': return { field: 'createdAt', descending: true };
    case 'title': return { field: 'title', descending: false };
    case '-title': return { field: 'title', descending: true };
    case 'sizeBytes': return { field: 'sizeBytes', descending: false };
    case '-sizeBytes': return { field: 'sizeBytes', descending: true };
  }
}

export function sortKeyOf(video: Video, field: SortField): SortKey {
  switch (field) {
    case 'createdAt': return Date.parse(video.createdAt);
    case 'title': return titleSortKey(video.title);
    case 'sizeBytes': return video.sizeBytes;
  }
}

export function encodeCursor(sort: VideoSort, last: Video): string {
  const { field } = sortFieldOf(sort);
  return Buffer.from(JSON.stringify([sort, sortKeyOf(last, field), last.contentId])).toString('base64url');
}

/** @throws StorageError `bad-cursor` for text that {@link encodeCursor} did not make for this sort. */
export function decodeCursor(sort: VideoSort, cursor: string): CursorPlace {
  if (cursor.length > MAX_CURSOR_LENGTH) throw badCursor();
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    throw badCursor(error);
  }
  if (!Array.isArray(parsed) || parsed.length !== 3) throw badCursor();
  const [cursorSort, key, contentId]: unknown[] = parsed;
  const wanted = sortFieldOf(sort).field === 'title' ? 'string' : 'number';
  if (cursorSort !== sort || typeof contentId !== 'string' || !isContentId(contentId)) throw badCursor();
  if ((typeof key !== 'string' && typeof key !== 'number') || typeof key !== wanted) throw badCursor();
  return { key, contentId };
}

function badCursor(cause?: unknown): StorageError {
  return new StorageError('bad-cursor', 'The list cursor is not one this library handed out for this order. Start again from the first page.', { cause });
}

/** @throws RangeError when the limit is not 1 to 100. */
export function checkLimit(query: ListQuery): void {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MAX_PAGE_ITEMS) {
    throw new RangeError(`limit must be 1 to ${MAX_PAGE_ITEMS}, not ${query.limit}`);
  }
}
