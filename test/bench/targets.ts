/** What each bench must reach, and why. */
import type { Target } from './bench.ts';

export const WATCH_TARGETS = {
  firstFrame: { maxRatio: 1.5, maxOurs: 1_000, why: 'a click moves the picture as it would with a plain <video>, or within what nobody calls waiting' },
  seek: { maxOurs: 300, why: 'a seek feels immediate' },
  shapedFirstFrame: { maxRatio: 1, why: 'on a slow line we may need no byte more than a plain <video> before the first picture' },
  stalls: { maxRatio: 1, maxOurs: 0, why: 'never one more than a plain <video>' },
} as const satisfies Record<string, Target>;

export const START_TARGETS = {
  ready: { maxOurs: 1_000, why: 'a restart is over before anybody reloads the page' },
  idleMemory: { maxOurs: 150, why: 'a node beside other things on a small home server' },
  listPage: { maxOurs: 60, why: 'the list is there at once on a phone; the player comes when it is wanted' },
  lastPage: { maxRatio: 1.5, why: 'the hundredth page of a large library costs what the first does' },
} as const satisfies Record<string, Target>;

export const CONTENT_TARGETS = {
  rangesBesideNginx: { minRatio: 0.8, why: 'Node has no sendfile; nearly as quick as nginx leaves nothing to gain by putting one in front' },
  rangesBesideStatic: { minRatio: 2.5, why: 'what a Fastify server would use instead' },
  slowReaders: { minRatio: 0.9, why: 'who holds a slot and takes little costs the others nothing' },
  hotBesideNginx: { minRatio: 1, why: 'hot pieces come from memory, without a look at the disk' },
} as const satisfies Record<string, Target>;
