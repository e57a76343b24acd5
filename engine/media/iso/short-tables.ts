/**
 * An MP4 file as if its tables of frames ended after the first few: for who wants to know what is inside, and plays nothing. The index
 * of a film of two hours has a million frames, of which mediabunny makes an object each to tell when the first one is shown. Only the
 * counts before the tables are changed, so every byte stays where it is.
 *
 * Source: ISO/IEC 14496-12, sections 4.2 (boxes), 8.4.2 (mdhd), 8.6.1 (stts, ctts), 8.6.2 (stss), 8.7 (stsz, stsc, stco, co64).
 */
import type { ByteSource } from '../media-source.ts';

/** Frames that are left. */
const KEPT = 16;
const MAX_BOXES = 10_000;
/** Boxes on the way to the tables. */
const PARENTS: ReadonlySet<string> = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
/** Version and flags, then how many entries. */
const COUNTED: ReadonlySet<string> = new Set(['stts', 'ctts', 'stss', 'stsc', 'stco', 'co64']);
const COUNT_BYTES = 4;
const HEAD_BYTES = 16;

/** What is read in place of four bytes of the file. */
interface Patch {
  readonly at: number;
  readonly bytes: Uint8Array;
}

interface Walk {
  readonly source: ByteSource;
  readonly signal: AbortSignal;
  readonly patches: Patch[];
  boxes: number;
  /** Every track's header says how long it is; else only its last frames can. */
  saysDuration: boolean;
}

/** The same source where there is nothing to shorten. Throws what the source throws. */
export async function withShortTables(source: ByteSource, signal: AbortSignal): Promise<ByteSource> {
  const walk: Walk = { source, signal, patches: [], boxes: 0, saysDuration: true };
  await walkBoxes(walk, 0, source.sizeBytes, true);
  return walk.patches.length === 0 || !walk.saysDuration ? source : patched(source, walk.patches);
}

async function walkBoxes(walk: Walk, start: number, end: number, isTop: boolean): Promise<void> {
  const { source, signal } = walk;
  for (let at = start; at + 8 <= end && walk.boxes < MAX_BOXES;) {
    walk.boxes += 1;
    const head = view(await source.read(at, Math.min(at + HEAD_BYTES, end), { signal }));
    const isLong = head.getUint32(0) === 1 && head.byteLength >= HEAD_BYTES;
    const size = isLong ? Number(head.getBigUint64(8)) : head.getUint32(0);
    const next = size === 0 ? end : at + size;
    const inside = at + (isLong ? HEAD_BYTES : 8);
    if (next < inside || next > end) return;
    const type = String.fromCharCode(head.getUint8(4), head.getUint8(5), head.getUint8(6), head.getUint8(7));
    if (PARENTS.has(type) && (!isTop || type === 'moov')) await walkBoxes(walk, inside, next, false);
    else if (type === 'mdhd') walk.saysDuration &&= await hasDuration(walk, inside, next);
    else if (!isTop) await shorten(walk, type, inside, next);
    if (isTop && type === 'moov') return;
    at = next;
  }
}

/** Section 8.4.2: after version, flags, two times and the timescale. */
async function hasDuration({ source, signal }: Walk, start: number, end: number): Promise<boolean> {
  const head = view(await source.read(start, Math.min(start + 32, end), { signal }));
  const isLong = head.byteLength > 0 && head.getUint8(0) === 1;
  if (head.byteLength < (isLong ? 32 : 20)) return false;
  return isLong ? head.getBigUint64(24) !== 0n : head.getUint32(16) !== 0;
}

async function shorten({ source, signal, patches }: Walk, type: string, start: number, end: number): Promise<void> {
  const isSizes = type === 'stsz';
  if (!isSizes && !COUNTED.has(type)) return;
  if (end - start < 16) return;
  const head = view(await source.read(start, start + 16, { signal }));
  // All frames as long as this: there is no table.
  if (isSizes && head.getUint32(4) !== 0) return;
  const countAt = isSizes ? 8 : 4;
  const kept = type === 'stts' ? 1 : KEPT;
  if (head.getUint32(countAt) > kept) patches.push({ at: start + countAt, bytes: number(kept) });
  // Its first entry may stand for all frames of the film.
  if (type === 'stts' && head.getUint32(8) > KEPT) patches.push({ at: start + 8, bytes: number(KEPT) });
}

function patched(source: ByteSource, patches: readonly Patch[]): ByteSource {
  return {
    sizeBytes: source.sizeBytes,
    read: async (start, end, options) => {
      const bytes = await source.read(start, end, options);
      const touched = patches.filter(({ at }) => at < end && at + COUNT_BYTES > start);
      if (touched.length === 0) return bytes;
      // The source may share what it hands out.
      const copy = new Uint8Array(bytes);
      for (const patch of touched) {
        for (const [index, byte] of patch.bytes.entries()) {
          const place = patch.at + index - start;
          if (place >= 0 && place < copy.length) copy[place] = byte;
        }
      }
      return copy;
    },
  };
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(COUNT_BYTES);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
