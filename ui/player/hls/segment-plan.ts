/** Where segments begin and end. Pure. */

/** The first ones are short, because hls.js shows nothing before it has a whole one; the last figure holds for all that follow. */
const TARGET_SECONDS = [1, 2, 4];

/** Without a known key frame distance, and as a bound of what is guessed from one. */
const MIN_GRID_SECONDS = 6;
const MAX_GRID_SECONDS = 20;
/** One measured distance is not the longest there is. */
const GRID_MARGIN = 1.5;

export interface SegmentPlan {
  /** Nominal starts in seconds, ascending, the first 0: what the playlist says. */
  readonly starts: readonly number[];
  readonly endSeconds: number;
  /** Whether every start is a key frame's time, but for the first, which is before the first frame. */
  readonly isExact: boolean;
}

/** Whole groups of pictures put together to about four seconds; never less than one group. */
export function planOfKeyFrames(keyFrameSeconds: readonly number[], endSeconds: number): SegmentPlan {
  const starts = [0];
  for (const seconds of keyFrameSeconds.slice(1)) {
    const lastStart = starts.at(-1) ?? 0;
    if (seconds - lastStart >= targetSeconds(starts.length - 1) && seconds < endSeconds) starts.push(seconds);
  }
  return { starts, endSeconds, isExact: true };
}

/** Even steps, wide enough that each mostly has a key frame. `groupSeconds` is the distance of two key frames; null: not known. */
export function planOfGrid(groupSeconds: number | null, endSeconds: number): SegmentPlan {
  const stepSeconds = Math.min(MAX_GRID_SECONDS, Math.max(MIN_GRID_SECONDS, (groupSeconds ?? 0) * GRID_MARGIN));
  const count = Math.max(1, Math.ceil(endSeconds / stepSeconds));
  return { starts: Array.from({ length: count }, (_, index) => index * stepSeconds), endSeconds, isExact: false };
}

/** As the playlist tells them. */
export function durationsOf({ starts, endSeconds }: SegmentPlan): number[] {
  return starts.map((start, index) => Math.max(0, (starts[index + 1] ?? endSeconds) - start));
}

function targetSeconds(index: number): number {
  return TARGET_SECONDS[Math.min(index, TARGET_SECONDS.length - 1)] ?? 0;
}
