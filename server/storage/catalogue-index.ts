/** The catalogue of the filesystem store in memory: sorted once per order, so that any page costs a binary search. */
import { checkLimit, decodeCursor, encodeCursor, sortFieldOf, sortKeyOf, type CursorPlace, type SortField, type SortKey } from './catalogue-cursor.ts';
import { foldText, searchText } from './catalogue-text.ts';
import type { Entry } from './filesystem-entry.ts';
import type { ListQuery, Video, VideoPage } from './video-store.ts';

interface Row {
  readonly video: Video;
  readonly extraBytes: number;
  readonly contentId: string;
  readonly search: string;
  readonly createdAt: SortKey;
  readonly title: SortKey;
  readonly sizeBytes: SortKey;
}

const FIELDS: readonly SortField[] = ['createdAt', 'title', 'sizeBytes'];

export class CatalogueIndex {
  readonly #rows = new Map<string, Row>();
  readonly #orders: Record<SortField, Row[]> = { createdAt: [], title: [], sizeBytes: [] };
  #usedBytes = 0;

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Replaces everything. */
  load(entries: Iterable<Entry>): void {
    this.#rows.clear();
    this.#usedBytes = 0;
    for (const entry of entries) {
      this.#rows.set(entry.video.contentId, rowOf(entry));
      this.#usedBytes += entry.video.sizeBytes + entry.extraBytes;
    }
    for (const field of FIELDS) {
      this.#orders[field] = [...this.#rows.values()]
        .sort((a, b) => compare(a[field], a.contentId, { key: b[field], contentId: b.contentId }));
    }
  }

  get(contentId: string): Video | undefined {
    return this.#rows.get(contentId)?.video;
  }

  extraBytes(contentId: string): number {
    return this.#rows.get(contentId)?.extraBytes ?? 0;
  }

  /** Adds a video, or replaces the one with its content id. */
  set(entry: Entry): void {
    const { video, extraBytes } = entry;
    this.delete(video.contentId);
    const row = rowOf(entry);
    this.#rows.set(row.contentId, row);
    this.#usedBytes += video.sizeBytes + extraBytes;
    for (const field of FIELDS) {
      const order = this.#orders[field];
      order.splice(firstAtOrAfter(order, field, { key: row[field], contentId: row.contentId }), 0, row);
    }
  }

  delete(contentId: string): void {
    const row = this.#rows.get(contentId);
    if (row === undefined) return;
    this.#rows.delete(contentId);
    this.#usedBytes -= row.video.sizeBytes + row.extraBytes;
    for (const field of FIELDS) {
      const order = this.#orders[field];
      order.splice(firstAtOrAfter(order, field, { key: row[field], contentId }), 1);
    }
  }

  /** Many at once: each order is sorted once, not searched for every one. */
  setAll(entries: readonly Entry[]): void {
    for (const { video } of entries) this.delete(video.contentId);
    const rows = entries.map(rowOf);
    for (const row of rows) {
      this.#rows.set(row.contentId, row);
      this.#usedBytes += row.video.sizeBytes + row.extraBytes;
    }
    for (const field of FIELDS) {
      this.#orders[field].push(...rows);
      this.#orders[field].sort((a, b) => compare(a[field], a.contentId, { key: b[field], contentId: b.contentId }));
    }
  }

  /** The newest first. */
  uninspected(limit: number): string[] {
    const found: string[] = [];
    const order = this.#orders.createdAt;
    for (let at = order.length - 1; at >= 0 && found.length < limit; at -= 1) {
      const row = order[at];
      if (row?.video.isInspected === false) found.push(row.contentId);
    }
    return found;
  }

  page(query: ListQuery): VideoPage {
    checkLimit(query);
    const { field, descending } = sortFieldOf(query.sort);
    const order = this.#orders[field];
    const wanted = foldText(query.search ?? '').trim();
    const step = descending ? -1 : 1;
    const items: Video[] = [];
    for (let at = startOf(order, field, descending, query); at >= 0 && at < order.length; at += step) {
      const row = order[at];
      if (row === undefined || !row.search.includes(wanted)) continue;
      const last = items.at(-1);
      if (items.length === query.limit && last !== undefined) return { items, nextCursor: encodeCursor(query.sort, last) };
      items.push(row.video);
    }
    return { items, nextCursor: null };
  }
}

function rowOf({ video, extraBytes }: Entry): Row {
  return {
    video,
    extraBytes,
    contentId: video.contentId,
    search: searchText(video.title, video.name),
    createdAt: sortKeyOf(video, 'createdAt'),
    title: sortKeyOf(video, 'title'),
    sizeBytes: sortKeyOf(video, 'sizeBytes'),
  };
}

function startOf(order: readonly Row[], field: SortField, descending: boolean, query: ListQuery): number {
  if (query.cursor === undefined) return descending ? order.length - 1 : 0;
  const place = decodeCursor(query.sort, query.cursor);
  const at = firstAtOrAfter(order, field, place);
  if (descending) return at - 1;
  return order[at]?.contentId === place.contentId && order[at]?.[field] === place.key ? at + 1 : at;
}

/** Index of the first row that does not sort before `place`. */
function firstAtOrAfter(order: readonly Row[], field: SortField, place: CursorPlace): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = order[middle];
    if (row !== undefined && compare(row[field], row.contentId, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(key: SortKey, contentId: string, place: CursorPlace): number {
  if (key < place.key) return -1;
  if (key > place.key) return 1;
  if (contentId < place.contentId) return -1;
  return contentId > place.contentId ? 1 : 0;
}
