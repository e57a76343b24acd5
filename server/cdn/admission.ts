/**
 * The CDN's decision to open a stream or to refuse it, and the queue of those who wait. A slot that comes free is reserved
 * with a grant for the first who waits; whoever comes without a grant gets only what nobody waits for.
 */
import { randomBytes } from 'node:crypto';

import { GrantQueue, QueuedWaiter } from './grant-queue.ts';
import type { Waiter, WaiterEvents } from './waiter.ts';

export type { Waiter, WaiterEvents } from './waiter.ts';

/** One open content response. `release` is called once, whatever ended the response; more calls do nothing. */
export interface Slot {
  release(): void;
}

export type Decision =
  | { readonly admitted: true; readonly slot: Slot }
  | { readonly admitted: false; readonly waiting: number; readonly retryAfterSeconds: number };

export interface AdmissionFigures {
  /** The slots there are: what `maxStreams` and `maxMbps` allow together. */
  readonly maxStreams: number;
  readonly activeStreams: number;
  /** In the queue, without those who hold a grant. */
  readonly waiting: number;
  /** 0 is unlimited. */
  readonly maxMbps: number;
}

export interface AdmissionOptions {
  /** 0 sends everybody to the swarm. */
  readonly maxStreams: number;
  /** 0 is unlimited. */
  readonly maxMbps: number;
  /** A stream below this is of no use to a viewer: `maxMbps` is shared by no more streams than get at least so much. */
  readonly minStreamMbps: number;
  /** How long a slot stays reserved for one waiter. */
  readonly grantTtlMs: number;
  /** Bound of the queue. */
  readonly maxWaiting: number;
}

/** `grant-returned`: its holder left before using it. */
export type AdmissionEvent = 'admitted' | 'refused' | 'grant-given' | 'grant-used' | 'grant-expired' | 'grant-returned';

/** Somebody away for one grant (a page in the background, a lost packet) gets a second; who misses that one is gone. */
const MAX_MISSED_GRANTS = 2;

const POSITION_INTERVAL_MS = 1000;
/** Bounds what one walk along the queue sends, however many moved up; the others are told by the next. */
const MAX_POSITIONS_PER_WALK = 500;

const DEFAULT_RETRY_AFTER_SECONDS = 2;
const MAX_RETRY_AFTER_SECONDS = 30;
/** Weight of the newest stream in the mean time a slot is held. */
const HELD_WEIGHT = 0.2;

interface HeldGrant {
  readonly waiter: QueuedWaiter;
  readonly expiresAtMs: number;
}

/** Admission by slots, with a queue. Its owner calls `stop`. `now` is in milliseconds and never goes back. */
export class CdnAdmission {
  readonly #now: () => number;
  readonly #options: AdmissionOptions;
  readonly #slots: number;
  readonly #queue = new GrantQueue();
  /** Everybody who waits or holds a grant, by client and content. */
  readonly #waiters = new Map<string, QueuedWaiter>();
  /** By token. All live equally long, so the first one in is the first to expire. */
  readonly #grants = new Map<string, HeldGrant>();
  readonly #listeners = new Set<(event: AdmissionEvent) => void>();
  #active = 0;
  #meanHeldMs: number | undefined;
  #positionsDueAtMs: number | undefined;
  #lastWalkAtMs = Number.NEGATIVE_INFINITY;
  #dispatching = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = 0;

  constructor({ now }: { now: () => number }, options: AdmissionOptions) {
    this.#now = now;
    this.#options = options;
    const byRate = options.maxMbps > 0 ? Math.floor(options.maxMbps / options.minStreamMbps) : options.maxStreams;
    // A rate below one stream's share still serves one viewer; no streams means none.
    this.#slots = Math.min(options.maxStreams, Math.max(1, byRate));
  }

  /** Opens a stream, or says how many wait. A grant counts only for its own content, once, and before it expires. */
  tryAdmit(contentId: string, grantToken?: string): Decision {
    this.sweep();
    if (grantToken !== undefined && this.#useGrant(contentId, grantToken)) return this.#admit();
    if (!this.#stopped && this.#free > 0) return this.#admit();
    this.#tell('refused');
    return { admitted: false, waiting: this.#queue.size, retryAfterSeconds: this.#retryAfterSeconds() };
  }

  /**
   * Queues a client for one content. A slot that is free now is granted at once, before this returns. Asking again while
   * queued keeps the place and tells its position again. undefined when the queue is full, or there are no slots at all.
   */
  wait(contentId: string, clientKey: string, events: WaiterEvents): Waiter | undefined {
    const key = `${clientKey} ${contentId}`;
    const known = this.#waiters.get(key);
    if (known) {
      if (known.position > 0) known.tellPosition();
      return known;
    }
    if (this.#stopped || this.#slots === 0 || this.#waiters.size >= this.#options.maxWaiting) return undefined;
    const waiter = new QueuedWaiter(key, contentId, events, (leaver) => this.#leave(leaver));
    this.#waiters.set(key, waiter);
    this.#queue.push(waiter);
    this.sweep();
    if (waiter.position > 0) waiter.tellPosition();
    return waiter;
  }

  figures(): AdmissionFigures {
    return { maxStreams: this.#slots, activeStreams: this.#active, waiting: this.#queue.size, maxMbps: this.#options.maxMbps };
  }

  /** For counting. Returns the unsubscriber. */
  onEvent(listener: (event: AdmissionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What the timer does: passes on what expired, reserves what is free, tells positions. Harmless at any time. */
  sweep(): void {
    const nowMs = this.#now();
    for (const [token, grant] of this.#grants) {
      if (grant.expiresAtMs > nowMs) break;
      this.#grants.delete(token);
      this.#missed(grant.waiter);
    }
    this.#dispatch();
    if (this.#positionsDueAtMs !== undefined && this.#positionsDueAtMs <= nowMs) this.#tellPositions(nowMs);
    this.#arm(nowMs);
  }

  /** Forgets the queue and admits nobody more; open streams go on. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#queue.clear();
    this.#grants.clear();
    this.#waiters.clear();
    this.#listeners.clear();
  }

  get #free(): number {
    return this.#slots - this.#active - this.#grants.size;
  }

  #admit(): Decision {
    this.#active += 1;
    this.#tell('admitted');
    const sinceMs = this.#now();
    let held = true;
    return {
      admitted: true,
      slot: {
        release: () => {
          if (!held) return;
          held = false;
          this.#active -= 1;
          const heldMs = this.#now() - sinceMs;
          this.#meanHeldMs = this.#meanHeldMs === undefined ? heldMs : this.#meanHeldMs + HELD_WEIGHT * (heldMs - this.#meanHeldMs);
          this.sweep();
        },
      },
    };
  }

  #useGrant(contentId: string, token: string): boolean {
    const grant = this.#grants.get(token);
    if (!grant || grant.waiter.contentId !== contentId) return false;
    this.#grants.delete(token);
    this.#waiters.delete(grant.waiter.key);
    grant.waiter.grantToken = undefined;
    this.#tell('grant-used');
    grant.waiter.events.onUsed?.();
    return true;
  }

  #dispatch(): void {
    // A listener may leave or release in the middle of this (its socket turns out to be dead): the outer loop sees it.
    if (this.#dispatching || this.#stopped) return;
    this.#dispatching = true;
    try {
      while (this.#free > 0) {
        const waiter = this.#queue.shift();
        if (!waiter) break;
        this.#moved();
        const token = randomBytes(18).toString('base64url');
        waiter.grantToken = token;
        this.#grants.set(token, { waiter, expiresAtMs: this.#now() + this.#options.grantTtlMs });
        this.#tell('grant-given');
        waiter.events.onGrant({ contentId: waiter.contentId, token, expiresInMs: this.#options.grantTtlMs });
      }
    } finally {
      this.#dispatching = false;
    }
  }

  #missed(waiter: QueuedWaiter): void {
    waiter.grantToken = undefined;
    waiter.missedGrants += 1;
    this.#tell('grant-expired');
    if (waiter.missedGrants < MAX_MISSED_GRANTS) {
      this.#queue.push(waiter);
      waiter.tellPosition();
    } else {
      this.#waiters.delete(waiter.key);
      waiter.events.onPosition(null);
    }
  }

  #leave(waiter: QueuedWaiter): void {
    if (this.#waiters.get(waiter.key) !== waiter) return;
    this.#waiters.delete(waiter.key);
    if (waiter.position > 0) {
      this.#queue.remove(waiter);
      this.#moved();
    }
    if (waiter.grantToken !== undefined) {
      this.#grants.delete(waiter.grantToken);
      waiter.grantToken = undefined;
      this.#tell('grant-returned');
    }
    this.sweep();
  }

  /** Somebody left the queue: those behind will be told where they stand. */
  #moved(): void {
    if (this.#queue.size > 0) this.#positionsDueAtMs ??= this.#lastWalkAtMs + POSITION_INTERVAL_MS;
  }

  #tellPositions(nowMs: number): void {
    this.#lastWalkAtMs = nowMs;
    this.#positionsDueAtMs = undefined;
    if (!this.#queue.tellMoved(MAX_POSITIONS_PER_WALK)) this.#moved();
  }

  #tell(event: AdmissionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** When a newcomer might get a slot: everybody ahead of it, each for as long as a slot is usually held. */
  #retryAfterSeconds(): number {
    if (this.#meanHeldMs === undefined) return DEFAULT_RETRY_AFTER_SECONDS;
    const ahead = this.#queue.size + this.#grants.size + 1;
    const seconds = Math.ceil((ahead * this.#meanHeldMs) / this.#slots / 1000);
    return Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, seconds));
  }

  #arm(nowMs: number): void {
    const [first] = this.#grants.values();
    const dueAtMs = Math.min(first?.expiresAtMs ?? Number.POSITIVE_INFINITY, this.#positionsDueAtMs ?? Number.POSITIVE_INFINITY);
    if (this.#stopped || (this.#timer && this.#timerAtMs <= dueAtMs)) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (dueAtMs === Number.POSITIVE_INFINITY) return;
    this.#timerAtMs = dueAtMs;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.sweep();
    }, Math.max(1, Math.ceil(dueAtMs - nowMs)));
    this.#timer.unref();
  }
}
