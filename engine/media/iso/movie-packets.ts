/** The frames of one track of an ISO file, by its tables: the same that mediabunny finds. */
import type { Demuxer } from '../demuxer.ts';
import type { MediaPacket, PacketOptions } from '../media-packet.ts';
import type { FileBytes } from '../media-source.ts';
import type { UnitReader } from '../unit-reader.ts';
import type { Movie, TrackFrames } from './movie.ts';

export interface MovieFile {
  readonly units: UnitReader;
  readonly movie: Movie;
  /** Knows when tracks begin. */
  readonly demuxer: Demuxer;
}

export async function* moviePackets({ units, movie, demuxer }: MovieFile, trackNumber: number, options: PacketOptions): AsyncGenerator<MediaPacket, void, undefined> {
  const { signal, onWait, fromSeconds } = options;
  const frames = await demuxer.with(signal, async () => await movie.frames(trackNumber, demuxer, signal));
  if (frames === null) return;
  const { table, ticksPerSecond, zeroTicks } = frames;
  for (let index = keyFrameAt(frames, fromSeconds); index < table.count; index += 1) {
    const { start, end, shownTicks, durationTicks, isKey } = table.sample(index);
    // A copy that did not end as it should ends here.
    if (end > units.sizeBytes) return;
    signal.throwIfAborted();
    yield {
      bytes: await units.read(start, end, { signal, onWait }), isKey, presentationSeconds: (shownTicks - zeroTicks) / ticksPerSecond,
      durationSeconds: durationTicks / ticksPerSecond, fileStart: start, fileEnd: end,
    };
  }
}

/** Where the frames lie that show the time from `fromSeconds` on; null when there are none. */
export function frameBytes(frames: TrackFrames, fromSeconds: number, toSeconds: number): FileBytes | null {
  const { table, ticksPerSecond, zeroTicks } = frames;
  const first = keyFrameAt(frames, fromSeconds);
  if (first >= table.count) return null;
  const { start } = table.sample(first);
  let { end } = table.sample(first);
  for (let index = first + 1; index < table.count; index += 1) {
    const sample = table.sample(index);
    if (sample.shownTicks - zeroTicks >= toSeconds * ticksPerSecond) break;
    end = Math.max(end, sample.end);
  }
  return { start, end };
}

function keyFrameAt({ table, ticksPerSecond, zeroTicks }: TrackFrames, seconds: number): number {
  return table.keyAt(nearTick(seconds * ticksPerSecond) + zeroTicks);
}

/** Times of all key frames. */
export function keySeconds({ table, ticksPerSecond, zeroTicks }: TrackFrames): readonly number[] {
  return Array.from({ length: table.keyCount }, (_key, order) => (table.sample(table.key(order)).shownTicks - zeroTicks) / ticksPerSecond);
}

/** A time that was divided by the ticks is next to a whole one. */
function nearTick(ticks: number): number {
  const whole = Math.round(ticks);
  return Math.abs(ticks / whole - 1) < 10 * Number.EPSILON ? whole : ticks;
}
