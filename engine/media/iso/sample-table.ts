/** Where the frames of one track of an ISO file lie and when they are shown, in a few bytes for each: mediabunny makes objects of the same tables. */
import { type Entries, entriesOf, sampleCount, type Tables } from './tables.ts';

/** Of one frame: bytes of the file, and ticks of its track. */
export interface Sample {
  readonly start: number;
  readonly end: number;
  readonly shownTicks: number;
  /** To the next frame in the order of presentation. */
  readonly durationTicks: number;
  readonly isKey: boolean;
}

export class SampleTable {
  readonly count: number;
  readonly #starts: Float64Array;
  readonly #sizes: Uint32Array;
  /** One more than there are frames where these are shown as they are decoded: when the last one ends. */
  readonly #shown: Float64Array;
  /** null: each is shown until the next one in the table. */
  readonly #durations: Float64Array | null;
  /** null: each is a key frame. */
  readonly #keys: Uint32Array | null;

  /** Of tables that have a {@link sampleCount}. */
  constructor(tables: Tables) {
    this.count = sampleCount(tables) ?? 0;
    this.#sizes = sizesOf(tables, this.count);
    this.#starts = startsOf(tables, this.#sizes);
    const decoded = decodeTimes(tables, this.count);
    const offsets = entriesOf(tables, 'ctts', 8);
    this.#shown = offsets === null ? decoded : shownTimes(tables.view, offsets, decoded);
    this.#durations = offsets === null ? null : durationsOf(this.#shown, decoded);
    this.#keys = keysOf(tables, this.count);
  }

  sample(index: number): Sample {
    const start = this.#starts[index] ?? 0;
    const shownTicks = this.#shown[index] ?? 0;
    return {
      start, end: start + (this.#sizes[index] ?? 0), shownTicks,
      durationTicks: this.#durations?.[index] ?? (this.#shown[index + 1] ?? shownTicks) - shownTicks,
      isKey: this.#keys === null || this.#keys[lastUpTo(this.#keys, index)] === index,
    };
  }

  /** How many there are. */
  get keyCount(): number {
    return this.#keys?.length ?? this.count;
  }

  /** The place of a key frame in the table, of which it is the `order`th. */
  key(order: number): number {
    return this.#keys === null ? order : this.#keys[order] ?? 0;
  }

  /** The last key frame that is shown at or before a time; the first there is when none is. */
  keyAt(ticks: number): number {
    let found = 0;
    let foundTicks = Number.NEGATIVE_INFINITY;
    for (let order = 0; order < this.keyCount; order += 1) {
      const key = this.key(order);
      const shown = this.#shown[key] ?? 0;
      if (shown > ticks || shown < foundTicks) continue;
      found = key;
      foundTicks = shown;
    }
    return found;
  }
}

function sizesOf({ view, boxes }: Tables, count: number): Uint32Array {
  const sizes = new Uint32Array(count);
  const inside = boxes.get('stsz')?.inside ?? 0;
  const all = view.getUint32(inside + 4);
  if (all !== 0) return sizes.fill(all);
  for (let index = 0; index < count; index += 1) sizes[index] = view.getUint32(inside + 12 + 4 * index);
  return sizes;
}

function startsOf(tables: Tables, sizes: Uint32Array): Float64Array {
  const { view } = tables;
  const starts = new Float64Array(sizes.length);
  const long = entriesOf(tables, 'co64', 8);
  const chunks = entriesOf(tables, 'stco', 4) ?? long;
  const runs = entriesOf(tables, 'stsc', 12);
  if (chunks === null || runs === null) return starts;
  let index = 0;
  for (let run = 0; run < runs.count; run += 1) {
    const next = run + 1 < runs.count ? view.getUint32(runs.at + 12 * (run + 1)) - 1 : chunks.count;
    const inEach = view.getUint32(runs.at + 12 * run + 4);
    for (let chunk = view.getUint32(runs.at + 12 * run) - 1; chunk < next && index < sizes.length; chunk += 1) {
      let start = chunks === long ? Number(view.getBigUint64(chunks.at + 8 * chunk)) : view.getUint32(chunks.at + 4 * chunk);
      for (const end = Math.min(sizes.length, index + inEach); index < end; index += 1) {
        starts[index] = start;
        start += sizes[index] ?? 0;
      }
    }
  }
  return starts;
}

/** And when the last one ends. */
function decodeTimes(tables: Tables, count: number): Float64Array {
  const { view } = tables;
  const decoded = new Float64Array(count + 1);
  const times = entriesOf(tables, 'stts', 8);
  let index = 0;
  for (let entry = 0; entry < (times?.count ?? 0); entry += 1) {
    const at = (times?.at ?? 0) + 8 * entry;
    const step = view.getUint32(at + 4);
    for (const end = index + view.getUint32(at); index < end; index += 1) decoded[index + 1] = (decoded[index] ?? 0) + step;
  }
  return decoded;
}

function shownTimes(view: DataView, offsets: Entries, decoded: Float64Array): Float64Array {
  const shown = decoded.slice(0, -1);
  let index = 0;
  for (let entry = 0; entry < offsets.count && index < shown.length; entry += 1) {
    const at = offsets.at + 8 * entry;
    const offset = view.getInt32(at + 4);
    for (const end = Math.min(shown.length, index + view.getUint32(at)); index < end; index += 1) shown[index] = (shown[index] ?? 0) + offset;
  }
  return shown;
}

/** To the next in the order of presentation; of frames that are shown at the same time, the earlier in the table come first. */
function durationsOf(shown: Float64Array, decoded: Float64Array): Float64Array {
  const ordered = shown.toSorted();
  const alike = new Uint32Array(shown.length);
  return shown.map((ticks, index) => {
    const first = firstFrom(ordered, ticks);
    const place = first + (alike[first] ?? 0);
    alike[first] = place - first + 1;
    return (ordered[place + 1] ?? ticks + (decoded[index + 1] ?? 0) - (decoded[index] ?? 0)) - ticks;
  });
}

/** Some files do not name the first frame, which is one nearly always. */
function keysOf(tables: Tables, count: number): Uint32Array | null {
  const keys = entriesOf(tables, 'stss', 4);
  if (keys === null) return null;
  const isFirstNamed = keys.count > 0 && tables.view.getUint32(keys.at) === 1;
  const named = Uint32Array.from({ length: keys.count }, (_key, index) => tables.view.getUint32(keys.at + 4 * index) - 1).filter((index) => index < count);
  return isFirstNamed ? named : Uint32Array.from([0, ...named]);
}

/** The place of the first that is not below `value`. */
function firstFrom(ordered: Float64Array, value: number): number {
  let low = 0;
  for (let high = ordered.length; low < high;) {
    const middle = (low + high) >>> 1;
    if ((ordered[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of the last that is not above `value`. */
function lastUpTo(ordered: Uint32Array, value: number): number {
  let low = 0;
  for (let high = ordered.length; low < high;) {
    const middle = (low + high) >>> 1;
    if ((ordered[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
