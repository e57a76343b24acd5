/**
 * The reads of everything that takes a media file apart, over one ByteSource: aligned, joined, kept for a while and shared.
 * Who gives up a read never spoils it for the others: the source's read ends only when nobody waits for it any more.
 */
import type { ByteSource } from './media-source.ts';
import { MediaError } from './media-error.ts';

/** A piece of the engine is this long by default, so a smaller read would not come any sooner. */
export const UNIT_BYTES = 256 * 1024;
/** Room for what two tracks read side by side, and for the index of a film, which is read at opening and once for each track. */
const KEPT_BYTES = 8 * 1024 * 1024;
/** A long read is asked for in runs of this many units, so that no more than one is held besides what the caller gets. */
const MAX_RUN_UNITS = 16;

interface Run {
  readonly firstUnit: number;
  readonly endUnit: number;
  readonly bytes: Promise<Uint8Array>;
  readonly giveUp: AbortController;
  waiting: number;
  settled: boolean;
}

export interface UnitReadOptions {
  readonly signal: AbortSignal;
  /** Called when the bytes are not at hand and the source is asked. */
  readonly onWait?: () => void;
}

/** What a demuxer reads: a UnitReader, or what lies over one. */
export interface UnitSource {
  readonly sizeBytes: number;
  read(start: number, end: number, options: UnitReadOptions): Promise<Uint8Array>;
}

export class UnitReader implements UnitSource {
  readonly sizeBytes: number;
  readonly #source: ByteSource;
  /** In the order of their last use. */
  readonly #kept = new Map<number, Uint8Array>();
  readonly #underWay = new Map<number, Run>();
  #count = 0;
  #bytes = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    this.sizeBytes = source.sizeBytes;
  }

  /** Reads of the source so far. */
  reads(): { readonly count: number; readonly bytes: number } {
    return { count: this.#count, bytes: this.#bytes };
  }

  /** Exactly the bytes `start` to `end`, which the caller must not change. Throws MediaError `aborted`, `source-failed`, `damaged`. */
  async read(start: number, end: number, options: UnitReadOptions): Promise<Uint8Array> {
    if (start < 0 || end > this.sizeBytes || start > end) {
      throw new MediaError('damaged', `The media file points at byte ${end} of ${this.sizeBytes}.`);
    }
    const unit = Math.floor(start / UNIT_BYTES);
    if (end <= (unit + 1) * UNIT_BYTES) {
      const bytes = await this.#unit(unit, unit + 1, options);
      return bytes.subarray(start - unit * UNIT_BYTES, end - unit * UNIT_BYTES);
    }
    const out = new Uint8Array(end - start);
    const endUnit = Math.ceil(end / UNIT_BYTES);
    for (let position = start; position < end;) {
      const at = Math.floor(position / UNIT_BYTES);
      const bytes = await this.#unit(at, endUnit, options);
      const from = position - at * UNIT_BYTES;
      const part = bytes.subarray(from, Math.min(bytes.length, from + end - position));
      out.set(part, position - start);
      position += part.length;
    }
    return out;
  }

  /** Ends the reads under way and forgets what was kept. */
  close(): void {
    for (const run of this.#underWay.values()) run.giveUp.abort();
    this.#underWay.clear();
    this.#kept.clear();
  }

  async #unit(unit: number, endUnit: number, options: UnitReadOptions): Promise<Uint8Array> {
    const kept = this.#kept.get(unit);
    if (kept !== undefined) {
      this.#kept.delete(unit);
      this.#kept.set(unit, kept);
      return kept;
    }
    options.onWait?.();
    const run = this.#underWay.get(unit) ?? this.#start(unit, endUnit);
    const bytes = await this.#wait(run, options.signal);
    const from = (unit - run.firstUnit) * UNIT_BYTES;
    return bytes.subarray(from, from + UNIT_BYTES);
  }

  #start(firstUnit: number, wantedEnd: number): Run {
    let endUnit = firstUnit + 1;
    const limit = Math.min(wantedEnd, firstUnit + MAX_RUN_UNITS);
    while (endUnit < limit && !this.#kept.has(endUnit) && !this.#underWay.has(endUnit)) endUnit += 1;
    const start = firstUnit * UNIT_BYTES;
    const end = Math.min(endUnit * UNIT_BYTES, this.sizeBytes);
    const giveUp = new AbortController();
    this.#count += 1;
    const bytes = this.#ask(start, end, giveUp.signal).finally(() => {
      run.settled = true;
      this.#forget(run);
    }).then((read) => {
      this.#keep(run, read);
      return read;
    });
    const run: Run = { firstUnit, endUnit, bytes, giveUp, waiting: 0, settled: false };
    // Everybody who waits is told by #wait; a run that nobody waits for any more may fail unheard.
    bytes.catch(() => undefined);
    for (let unit = firstUnit; unit < endUnit; unit += 1) this.#underWay.set(unit, run);
    return run;
  }

  async #ask(start: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
    let bytes: Uint8Array;
    try {
      bytes = await this.#source.read(start, end, { signal });
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw new MediaError('source-failed', `Bytes ${start} to ${end} of the file could not be read: ${said}`, { cause: error });
    }
    this.#bytes += bytes.length;
    if (bytes.length !== end - start) throw new MediaError('source-failed', `Asked for ${end - start} bytes at ${start}, got ${bytes.length}.`);
    return bytes;
  }

  #forget(run: Run): void {
    for (let unit = run.firstUnit; unit < run.endUnit; unit += 1) if (this.#underWay.get(unit) === run) this.#underWay.delete(unit);
  }

  #keep(run: Run, bytes: Uint8Array): void {
    if (run.giveUp.signal.aborted) return;
    for (let unit = run.firstUnit; unit < run.endUnit; unit += 1) {
      const from = (unit - run.firstUnit) * UNIT_BYTES;
      // A copy where the run is longer than a unit: else one unit in use would hold the whole run in memory.
      const own = run.endUnit - run.firstUnit === 1 ? bytes : bytes.slice(from, from + UNIT_BYTES);
      this.#kept.delete(unit);
      this.#kept.set(unit, own);
    }
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size * UNIT_BYTES <= KEPT_BYTES) break;
      this.#kept.delete(oldest);
    }
  }

  #wait(run: Run, signal: AbortSignal): Promise<Uint8Array> {
    run.waiting += 1;
    const leave = (): void => {
      run.waiting -= 1;
      if (run.waiting > 0 || run.settled) return;
      this.#forget(run);
      run.giveUp.abort();
    };
    return new Promise<Uint8Array>((resolve, reject) => {
      const gaveUp = (): void => {
        leave();
        reject(new MediaError('aborted', 'Reading the media file was given up.'));
      };
      if (signal.aborted) {
        gaveUp();
        return;
      }
      signal.addEventListener('abort', gaveUp, { once: true });
      run.bytes.then(resolve, reject).finally(() => {
        signal.removeEventListener('abort', gaveUp);
        if (!signal.aborted) run.waiting -= 1;
      });
    });
  }
}
