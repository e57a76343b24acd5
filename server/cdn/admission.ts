/** The CDN's decision to open a stream or to refuse it, and the queue of those who wait. Contract; see Admission below. */

/** One open content response. `release` is called once, whatever ended the response; more calls do nothing. */
export interface Slot {
  release(): void;
}

export type Decision =
  | { readonly admitted: true; readonly slot: Slot }
  | { readonly admitted: false; readonly waiting: number; readonly retryAfterSeconds: number };

export interface Grant {
  readonly contentId: string;
  readonly token: string;
  readonly expiresInMs: number;
}

/** Somebody in the queue. Grants come in order, one free slot to one waiter; an unused grant passes on. */
export interface Waiter {
  /** From 1. */
  readonly position: number;
  leave(): void;
}

export interface WaiterEvents {
  onGrant(grant: Grant): void;
  onPosition(position: number): void;
}

export interface AdmissionFigures {
  readonly maxStreams: number;
  readonly activeStreams: number;
  readonly waiting: number;
  /** 0 is unlimited. */
  readonly maxMbps: number;
}
