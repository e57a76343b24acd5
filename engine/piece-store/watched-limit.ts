/** Numbers of what a browser keeps without having been asked to. */
import type { KeptContent } from './piece-database.ts';
import { heldBytes } from './kept-contents.ts';

/** A film of two hours at 4 Mb/s, and little beside what a browser grants an origin on any disk of today. */
export const DEFAULT_MAX_WATCHED_BYTES = 4 * 1024 ** 3;

/** Freed beyond what is needed, so that not every write has to look for room. */
const SLACK_BYTES = 16 * 1024 * 1024;

/** What is open may hold this much whatever other tabs hold: enough to play on from, and to go back a little. */
const OWN_BYTES = 64 * 1024 * 1024;

export interface RoomPlan {
  /** To be freed so that the new bytes fit. 0: they fit. */
  readonly overBytes: number;
  /** Worth freeing while at it. */
  readonly wantedBytes: number;
  /** What the open content must keep at least. */
  readonly ownFloorBytes: number;
}

/** What must go before `newBytes` of a watched content are written. */
export function planRoom(contents: readonly KeptContent[], newBytes: number, maxBytes: number): RoomPlan {
  const overBytes = Math.max(0, heldBytes(contents, 'watched') + newBytes - maxBytes);
  const wantedBytes = overBytes === 0 ? 0 : overBytes + Math.min(SLACK_BYTES, Math.floor(maxBytes / 16));
  return { overBytes, wantedBytes, ownFloorBytes: Math.min(OWN_BYTES, Math.floor(maxBytes / 4)) };
}
