/** Bounds and goals of playing, each with its reason. */

const MIB = 1024 * 1024;

/** Filled up to this far ahead of the playhead, then left alone until the second: bytes are asked for in useful windows, not in drips. */
export const FILL_SECONDS = 30;
export const RESUME_SECONDS = 20;
/** Until the picture that a reader waits for is shown, no more than this is fed: what comes later would only keep the machine from decoding it. */
export const FIRST_FILL_SECONDS = 1;
/** Longer than that without a frame nearer to what is sought, something is odd, and more may help. */
export const FIRST_FILL_MS = 1_500;
/** What a browser without room took from the goal comes back by this factor each time the buffer is filled anew. */
export const RECOVER_FACTOR = 1.05;
/** A browser that has less room than this cannot play the file. */
export const MIN_FILL_SECONDS = 4;
/** Going back a little needs nothing new; what is further back is in the piece store. */
export const KEEP_BEHIND_SECONDS = 25;
/** Removing is done in steps of this, not at every fragment. */
const EVICT_STEP_SECONDS = 5;
export const EVICT_FROM_SECONDS = KEEP_BEHIND_SECONDS + EVICT_STEP_SECONDS;
/** When the browser has no room left. */
export const KEEP_BEHIND_WHEN_FULL_SECONDS = 2;
/** Of one track ahead of the playhead. Chromium's quota is 150 MB for pictures and 12 MB for sound, behind the playhead included. */
export const MAX_VIDEO_AHEAD_BYTES = 64 * MIB;
export const MAX_AUDIO_AHEAD_BYTES = 6 * MIB;
/** When the pictures are over, the sound that goes on must be buffered to its end before the browser plays it (and the other way round). */
export const MAX_OVERHANG_SECONDS = 900;
/** Faster play buffers more seconds, so that it is as steady; beyond this rate the byte bound is what counts. */
const MAX_RATE_FOR_GOAL = 4;

/** The sound begins this much before what is sought, for steps back by a frame. More would be read before the picture can begin. */
export const AUDIO_LEAD_SECONDS = 0.05;

/** A hole this narrow is jumped at once. */
export const NARROW_HOLE_SECONDS = 0.5;
/** Browsers take a range that begins this shortly after the playhead as if it began there. */
export const EDGE_SECONDS = 0.05;
/** A playhead that stands for this long with no more than this before it is at the end of a range. */
export const AT_END_MS = 300;
export const NEAR_END_SECONDS = 1;
/** A playhead that has data and does not move for this long is nudged. Decoders of busy machines take a second. */
export const STUCK_MS = 3_000;
export const NUDGE_SECONDS = 0.1;
/** In all, per playback: a file with more holes than this is not worth jumping through. */
export const MAX_JUMPS = 500;
/** Without any progress in between. */
export const MAX_NUDGES = 3;

/** What is fetched beyond the buffer while playing: a minute, but at least what is worth a CDN's slot, and no more than a piece store likes to hold. */
export const READ_AHEAD_SECONDS = 60;
export const MIN_READ_AHEAD_BYTES = 16 * MIB;
export const MAX_READ_AHEAD_BYTES = 128 * MIB;
/** What lies at the start of a file with its first picture, or its index. */
export const HEAD_BYTES = MIB;
/** Runs of the file nearer than this are one. */
export const RUN_GAP_BYTES = MIB;

/** A damaged place is passed by this much, and by twice as much at each further try. */
export const SKIP_SECONDS = 2;
export const MAX_SKIPS = 8;
/** Damage this far behind the last is another, with tries of its own. */
export const FORGET_DAMAGE_SECONDS = 60;
/** The figures name this many, the last ones. */
export const MAX_SKIPS_TOLD = 200;
/** New beginnings after the browser gave up decoding. */
export const MAX_RECOVERIES = 6;

/** How long a SourceBuffer may take for one operation, and a MediaSource to open, before something is wrong. */
export const OPERATION_LIMIT_MS = 20_000;

/** Listeners of the figures are told at most this often. */
export const TELL_EVERY_MS = 250;

/** Of what plays `seconds` at its own speed, what plays as long at a faster one, up to {@link MAX_RATE_FOR_GOAL}. */
export function secondsAtRate(seconds: number, playbackRate: number): number {
  return seconds * Math.min(Math.max(playbackRate, 1), MAX_RATE_FOR_GOAL);
}
