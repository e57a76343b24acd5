/** Those who wait for a CDN slot, as others see them: what they are told, and the way out. */

interface Grant {
  readonly contentId: string;
  readonly token: string;
  readonly expiresInMs: number;
}

/** Somebody in the queue. Grants come in order, one free slot to one waiter; an unused grant passes on. */
export interface Waiter {
  /** From 1, at most about a second old; 0 while a grant is held and after leaving. */
  readonly position: number;
  /** Gives up the place, and the slot reserved for it if a grant was held. More calls do nothing. */
  leave(): void;
}

export interface WaiterEvents {
  onGrant(grant: Grant): void;
  /** Told when queued, and then at most about once a second when it changed enough to matter. null: queued no more,
   *  because two grants were not used. */
  onPosition(position: number | null): void;
  /** The grant was used: this waiter is done. */
  onUsed?(): void;
}
