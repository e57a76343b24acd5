/** The frames of one track of an ISO file, by its tables: the same that mediabunny finds. */
import type { Demuxer } from '../demuxer.ts';
import type { MediaPacket, PacketOptions } from '../media-packet.ts';
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
  for (let index = table.keyAt(nearTick(fromSeconds * ticksPerSecond) + zeroTicks); index < table.count; index += 1) {
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

/** Times of all key frames. */
export function keySeconds({ table, ticksPerSecond, zeroTicks }: TrackFrames): readonly number[] {
  return Array.from({ length: table.keyCount }, (_key, order) => (table.sample(table.key(order)).shownTicks - zeroTicks) / ticksPerSecond);
}

/** A time that was divided by the ticks is next to a whole one. */
function nearTick(ticks: number): number {
  const whole = Math.round(ticks);
  return Math.abs(ticks / whole - 1) < 10 * Number.EPSILON ? whole : ticks;
}
