/** The boxes of an ISO file (MP4, MOV). Source: ISO/IEC 14496-12, section 4.2. */

export interface Box {
  readonly type: string;
  /** Where its header begins, its content, and what follows it. */
  readonly start: number;
  readonly inside: number;
  readonly end: number;
}

/** Side by side: a track of a film has a dozen, the top of a file that was recorded in pieces a few thousand. */
export const MAX_BOXES = 10_000;

/** Bytes that are enough for every header. */
export const HEAD_BYTES = 16;

/** The box whose header is at `at` in the view, and at `start` of what ends at `end`; null where there is none. */
export function boxAt(view: DataView, at: number, start: number, end: number): Box | null {
  if (start + 8 > end || at + 8 > view.byteLength) return null;
  const isLong = view.getUint32(at) === 1;
  if (isLong && at + HEAD_BYTES > view.byteLength) return null;
  const size = isLong ? Number(view.getBigUint64(at + 8)) : view.getUint32(at);
  const inside = start + (isLong ? HEAD_BYTES : 8);
  const boxEnd = size === 0 ? end : start + size;
  if (boxEnd < inside || boxEnd > end) return null;
  return { type: String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5), view.getUint8(at + 6), view.getUint8(at + 7)), start, inside, end: boxEnd };
}

/** One after the other, up to what is no box, or one too many. */
export function boxesIn(view: DataView, start: number, end: number): Box[] {
  const boxes: Box[] = [];
  for (let box = boxAt(view, start, start, end); box !== null && boxes.length < MAX_BOXES; box = boxAt(view, box.end, box.end, end)) boxes.push(box);
  return boxes;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
