/** What we want of the signalling server, and the messages that say so: first once, and all of it again after a reconnection. */
import { SwitchError } from '../protocol/errors.ts';
import { MAX_SWARMS_PER_CLIENT } from '../protocol/limits.ts';
import type { ClientMessage } from '../protocol/signalling.ts';

interface Joined {
  havePermille: number;
  wantPeers: number;
  waiting: boolean;
}

/** Each method gives the message to send now; undefined when the server knows already, or the swarm was not joined. */
export class JoinedSwarms {
  readonly #swarms = new Map<string, Joined>();

  join(contentId: string, havePermille: number, wantPeers: number): ClientMessage {
    if (!this.#swarms.has(contentId) && this.#swarms.size >= MAX_SWARMS_PER_CLIENT) {
      throw new SwitchError('bad-message', `No more than ${MAX_SWARMS_PER_CLIENT} swarms at a time: leave one first.`);
    }
    this.#swarms.set(contentId, { havePermille, wantPeers, waiting: false });
    return { type: 'join', contentId, havePermille, wantPeers };
  }

  update(contentId: string, havePermille: number): ClientMessage | undefined {
    const joined = this.#swarms.get(contentId);
    if (joined === undefined || joined.havePermille === havePermille) return undefined;
    joined.havePermille = havePermille;
    return { type: 'update', contentId, havePermille };
  }

  find(contentId: string, wantPeers: number): ClientMessage | undefined {
    const joined = this.#swarms.get(contentId);
    if (joined === undefined) return undefined;
    joined.wantPeers = wantPeers;
    return { type: 'find', contentId, wantPeers };
  }

  leave(contentId: string): ClientMessage | undefined {
    return this.#swarms.delete(contentId) ? { type: 'leave', contentId } : undefined;
  }

  waitForCdn(contentId: string): ClientMessage | undefined {
    const joined = this.#swarms.get(contentId);
    if (joined === undefined || joined.waiting) return undefined;
    joined.waiting = true;
    return { type: 'wait-for-cdn', contentId };
  }

  stopWaiting(contentId: string): ClientMessage | undefined {
    return this.waitedOut(contentId) ? { type: 'stop-waiting', contentId } : undefined;
  }

  /** The server has taken us out of its queue: a later wait is a new one. Whether we were in it. */
  waitedOut(contentId: string): boolean {
    const joined = this.#swarms.get(contentId);
    const waiting = joined?.waiting === true;
    if (joined !== undefined) joined.waiting = false;
    return waiting;
  }

  has(contentId: string): boolean {
    return this.#swarms.has(contentId);
  }

  /** Everything a server must be told that knows nothing, of one swarm or of all. */
  *again(only?: string): Iterable<ClientMessage> {
    for (const [contentId, { havePermille, wantPeers, waiting }] of this.#swarms) {
      if (only !== undefined && only !== contentId) continue;
      yield { type: 'join', contentId, havePermille, wantPeers };
      if (waiting) yield { type: 'wait-for-cdn', contentId };
    }
  }

  clear(): void {
    this.#swarms.clear();
  }
}
