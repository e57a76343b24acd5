/**
 * Gives frames their durations: the time to the next one in the order of presentation. That one may come several frames later in
 * the file, so a few are looked at ahead: as few as make sure, for each is waited for before the first picture can be shown.
 */
import type { MediaPacket } from '../media-packet.ts';

/** Its duration is what the container says, mostly nothing (0). */
export type UntimedFrame = MediaPacket;

export interface DurationOptions {
  /** Frames may be stored in another order than they are shown. */
  readonly isReordered: boolean;
  /** What a frame usually lasts, where that is known. */
  readonly nominalSeconds: number | null;
  readonly secondsPerTick: number;
}

const MAX_AHEAD = 16;
/** Later frames seen since the nearest one was found: no reordering puts a nearer one behind two of them. */
const LATER_ENOUGH = 2;
/** Frames already passed that may be shown after this one. */
const REMEMBERED = 16;
const USUAL_SECONDS = 1 / 25;

export async function* withDurations(frames: AsyncGenerator<UntimedFrame, void, undefined>, options: DurationOptions): AsyncGenerator<MediaPacket, void, undefined> {
  const ahead: UntimedFrame[] = [];
  const passed: number[] = [];
  let usual = options.nominalSeconds;
  let isAtEnd = false;
  try {
    for (;;) {
      const frame = ahead[0];
      if (frame !== undefined) {
        const next = nearest(frame, ahead, passed, options.isReordered, usual);
        if (next.isSure || isAtEnd || ahead.length > MAX_AHEAD) {
          const seconds = lasting(frame, next.seconds, usual, options.secondsPerTick);
          usual ??= seconds;
          ahead.shift();
          passed.push(frame.presentationSeconds);
          if (passed.length > REMEMBERED) passed.shift();
          yield { ...frame, durationSeconds: seconds };
          continue;
        }
      } else if (isAtEnd) return;
      const read = await frames.next();
      if (read.done === true) isAtEnd = true;
      else ahead.push(read.value);
    }
  } finally {
    await frames.return();
  }
}

function nearest(
  frame: UntimedFrame, ahead: readonly UntimedFrame[], passed: readonly number[], isReordered: boolean, usual: number | null,
): { readonly seconds: number | null; readonly isSure: boolean } {
  const now = frame.presentationSeconds;
  let best = Infinity;
  let later = 0;
  for (const seconds of passed) if (seconds > now && seconds < best) best = seconds;
  for (const { presentationSeconds } of ahead.slice(1)) {
    if (presentationSeconds > now && presentationSeconds < best) {
      best = presentationSeconds;
      later = 0;
    } else if (presentationSeconds > best) later += 1;
  }
  if (best === Infinity) return { seconds: null, isSure: false };
  const isSure = !isReordered || later >= LATER_ENOUGH || (usual !== null && best - now <= usual * 1.5);
  return { seconds: best - now, isSure };
}

/** Times are rounded to ticks; what a frame nominally lasts is not. */
function lasting(frame: UntimedFrame, toNext: number | null, usual: number | null, secondsPerTick: number): number {
  if (toNext === null) return frame.durationSeconds > 0 ? frame.durationSeconds : usual ?? USUAL_SECONDS;
  return usual !== null && Math.abs(toNext - usual) <= secondsPerTick * 1.5 ? usual : toNext;
}
