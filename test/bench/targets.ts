/** What each bench must reach, and why. */
import type { Target } from './bench.ts';

export const WATCH_TARGETS = {
  firstFrame: { maxRatio: 1.5, maxOurs: 1_000, why: 'a click moves the picture as it would with a plain <video>, or within what nobody calls waiting' },
  seek: { maxOurs: 300, why: 'a seek feels immediate' },
  shapedFirstFrame: { maxRatio: 1, why: 'on a slow line we may need no byte more than a plain <video> before the first picture' },
  stalls: { maxRatio: 1, maxOurs: 0, why: 'never one more than a plain <video>' },
} as const satisfies Record<string, Target>;
