/**
 * A fragmented MP4 file without a table of its fragments (mfra): what recorders write as they go. mediabunny would walk from fragment
 * to fragment, through the whole file, to find a time; here a fragment near it is found by guessing, and read on from there as if
 * the file began with it.
 */
import { Demuxer } from '../demuxer.ts';
import { findPattern, inTail, markBefore } from '../byte-search.ts';
import type { Mark } from '../byte-search.ts';
import type { MediaPacket, PacketOptions } from '../media-packet.ts';
import type { UnitReader, UnitReadOptions } from '../unit-reader.ts';

const MOOF = [0x6d, 0x6f, 0x6f, 0x66];
const NEAR_SECONDS = 2;
const MAX_TAIL_BYTES = 64 * 1024 * 1024;
const MAX_DURATION_TAIL_BYTES = 8 * 1024 * 1024;
const MAX_MOOF_BYTES = 16 * 1024 * 1024;
/** The last box of a file that has a table says where the table begins. */
const MFRO_BYTES = 16;

export class FragmentedFile {
  readonly #units: UnitReader;
  readonly #whole: Demuxer;
  readonly #first: number;

  private constructor(units: UnitReader, whole: Demuxer, first: number) {
    this.#units = units;
    this.#whole = whole;
    this.#first = first;
  }

  /** null for every other file. `whole` has its index read, and stays open as long as this is used. */
  static async of(units: UnitReader, whole: Demuxer, signal: AbortSignal): Promise<FragmentedFile | null> {
    if (!await whole.readsToFindFrames()) return null;
    const tail = await units.read(Math.max(0, units.sizeBytes - MFRO_BYTES), units.sizeBytes, { signal });
    if (new TextDecoder().decode(tail.subarray(4, 8)) === 'mfro') return null;
    const first = await findMoof(units, 0, units.sizeBytes, { signal });
    return first === null || !await hasTimes(units, first, signal) ? null : new FragmentedFile(units, whole, first);
  }

  /** The end of the last frame; null when it would take long to find. */
  async tailSeconds(signal: AbortSignal): Promise<number | null> {
    const { sizeBytes } = this.#units;
    const from = await inTail(this.#first, sizeBytes, MAX_DURATION_TAIL_BYTES, async (at) => await findMoof(this.#units, at, sizeBytes, { signal }));
    if (from === null) return null;
    const tail = this.#from(from, signal);
    try {
      return await tail.lastSeconds();
    } finally {
      tail.close();
    }
  }

  async *packets(trackNumber: number, options: PacketOptions): AsyncGenerator<MediaPacket, void, undefined> {
    let seconds = options.fromSeconds;
    for (let step = 4; ; step *= 2) {
      const mark = await this.#markOf(trackNumber, seconds, options);
      const demuxer = this.#from(mark, options.signal);
      try {
        const isEnough = mark === this.#first || await demuxer.with(options.signal, async () => await demuxer.hasKeyBefore(trackNumber, options.fromSeconds));
        if (isEnough) {
          yield* demuxer.packets(trackNumber, options);
          return;
        }
      } finally {
        demuxer.close();
      }
      seconds = options.fromSeconds - step;
    }
  }

  async #markOf(trackNumber: number, seconds: number, options: UnitReadOptions): Promise<number> {
    const find = async (position: number, end: number): Promise<Mark | null> => await this.#markAt(trackNumber, position, end, options);
    const { sizeBytes } = this.#units;
    const low = await find(this.#first, sizeBytes);
    if (low === null || seconds <= low.time) return this.#first;
    const high = await inTail(this.#first, sizeBytes, MAX_TAIL_BYTES, async (from) => await find(from, sizeBytes)) ?? low;
    return (seconds >= high.time ? high : await markBefore(seconds, low, high, NEAR_SECONDS, find)).start;
  }

  async #markAt(trackNumber: number, position: number, end: number, options: UnitReadOptions): Promise<Mark | null> {
    const start = await findMoof(this.#units, position, end, options);
    if (start === null) return null;
    const demuxer = this.#from(start, options.signal);
    try {
      const time = await demuxer.with(options.signal, async () => await demuxer.firstSeconds(trackNumber));
      return time === null ? null : { start, time };
    } finally {
      demuxer.close();
    }
  }

  #from(start: number, signal: AbortSignal): Demuxer {
    return Demuxer.ofPart(this.#units, signal, start, this.#whole);
  }
}

async function findMoof(units: UnitReader, position: number, end: number, options: UnitReadOptions): Promise<number | null> {
  return await findPattern(units, MOOF, { position: Math.max(4, position + 4), end }, options, async (at) => {
    if (at + 12 > units.sizeBytes) return null;
    const head = await units.read(at - 4, at + 12, options);
    const size = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0);
    const isMoof = size >= 24 && size <= MAX_MOOF_BYTES && new TextDecoder('latin1').decode(head.subarray(12, 16)) === 'mfhd';
    return isMoof ? at - 4 : null;
  });
}

/** Fragments that do not say when they are can be placed only by adding up all before them. */
async function hasTimes(units: UnitReader, moof: number, signal: AbortSignal): Promise<boolean> {
  const head = await units.read(moof, moof + 8, { signal });
  const size = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0);
  const bytes = await units.read(moof, Math.min(moof + size, units.sizeBytes), { signal });
  return new TextDecoder('latin1').decode(bytes).includes('tfdt');
}
