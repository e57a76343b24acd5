/**
 * The line of those who wait for a CDN slot. Joining, leaving from anywhere and taking the first are O(1), so that ten
 * thousand may wait; exact positions are found by one walk along the line, made now and then and not on every change.
 */
import type { Waiter, WaiterEvents } from './waiter.ts';

/** Everybody this near the front is told of every step; further back a tenth of the way is what is worth a message. */
const NEAR_POSITION = 10;

/** One client that waits for one content: in the line (a position from 1), or holding a grant (position 0). */
export class QueuedWaiter implements Waiter {
  readonly key: string;
  readonly contentId: string;
  readonly events: WaiterEvents;
  position = 0;
  toldPosition = 0;
  missedGrants = 0;
  grantToken: string | undefined;
  ahead: QueuedWaiter | undefined;
  behind: QueuedWaiter | undefined;
  readonly #onLeave: (waiter: QueuedWaiter) => void;

  constructor(key: string, contentId: string, events: WaiterEvents, onLeave: (waiter: QueuedWaiter) => void) {
    this.key = key;
    this.contentId = contentId;
    this.events = events;
    this.#onLeave = onLeave;
  }

  leave(): void {
    this.#onLeave(this);
  }

  tellPosition(): void {
    this.toldPosition = this.position;
    this.events.onPosition(this.position);
  }
}

/** First come, first served. */
export class GrantQueue {
  #first: QueuedWaiter | undefined;
  #last: QueuedWaiter | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Puts a waiter at the end; its position is exact at this moment. It must not be in the line. */
  push(waiter: QueuedWaiter): void {
    waiter.ahead = this.#last;
    waiter.behind = undefined;
    if (this.#last) this.#last.behind = waiter;
    else this.#first = waiter;
    this.#last = waiter;
    this.#size += 1;
    waiter.position = this.#size;
  }

  /** Takes out the first, if there is one. */
  shift(): QueuedWaiter | undefined {
    const waiter = this.#first;
    if (waiter) this.remove(waiter);
    return waiter;
  }

  /** Takes a waiter out, wherever it stands. Nothing happens when it is not in the line. */
  remove(waiter: QueuedWaiter): void {
    if (waiter.position === 0) return;
    if (waiter.ahead) waiter.ahead.behind = waiter.behind;
    else this.#first = waiter.behind;
    if (waiter.behind) waiter.behind.ahead = waiter.ahead;
    else this.#last = waiter.ahead;
    waiter.ahead = undefined;
    waiter.behind = undefined;
    waiter.position = 0;
    this.#size -= 1;
  }

  /** Brings positions up to date and tells at most `limit` waiters who moved enough. True when all who did were told. */
  tellMoved(limit: number): boolean {
    const moved: QueuedWaiter[] = [];
    let position = 0;
    for (let waiter = this.#first; waiter; waiter = waiter.behind) {
      position += 1;
      waiter.position = position;
      const worthTelling = position <= NEAR_POSITION ? 1 : waiter.toldPosition / NEAR_POSITION;
      if (moved.length <= limit && waiter.toldPosition - position >= worthTelling) moved.push(waiter);
    }
    // Told after the walk: whoever hears of it may leave, and so change the line.
    for (const waiter of moved.slice(0, limit)) if (waiter.position > 0) waiter.tellPosition();
    return moved.length <= limit;
  }

  clear(): void {
    while (this.shift());
  }
}
