/**
 * Who is served now. A few peers at a time, each at a useful rate, get their pieces on to others sooner than many at a crawl. Those
 * refused come back after the time they were told and are let in in the order they first asked; a peer that has been served for a
 * turn while others wait steps back.
 */

export interface UploadSlotsOptions {
  readonly slots: number;
  readonly turnMs: number;
}

/** A slot whose holder asked for nothing this long is free again. */
const IDLE_MS = 1_000;

/** Who does not come back within this long has found another source. */
const FORGET_MS = 3_000;

const RETRY_FIRST_MS = 250;
const RETRY_CAP_MS = 2_000;

export class UploadSlots<Peer> {
  readonly #now: () => number;
  readonly #turnMs: number;
  #slots: number;
  readonly #holders = new Map<Peer, { readonly sinceMs: number; askedAtMs: number }>();
  /** In the order of the first refusal; the value is when they last asked. */
  readonly #waiting = new Map<Peer, number>();

  constructor(now: () => number, options: UploadSlotsOptions) {
    this.#now = now;
    this.#slots = options.slots;
    this.#turnMs = options.turnMs;
  }

  /** Where there are fewer than before, those who are served go on, until others wait and their turn is over. */
  setSlots(slots: number): void {
    this.#slots = slots;
  }

  /** 0: `peer` is served. Else the milliseconds after which it should ask again. `startsPiece`: a turn never ends inside a piece. */
  ask(peer: Peer, startsPiece: boolean): number {
    const now = this.#now();
    this.#tidy(now);
    const holder = this.#holders.get(peer);
    if (holder !== undefined) {
      const overstays = startsPiece && this.#waiting.size > 0 && now - holder.sinceMs > this.#turnMs
        && this.#holders.size >= this.#slots;
      if (!overstays) {
        holder.askedAtMs = now;
        return 0;
      }
      this.#holders.delete(peer);
      return this.#refuse(peer, now);
    }
    if (this.#slots - this.#holders.size <= this.#ahead(peer)) return this.#refuse(peer, now);
    this.#waiting.delete(peer);
    this.#holders.set(peer, { sinceMs: now, askedAtMs: now });
    return 0;
  }

  /** `peer` was sent something: it holds its slot though it has nothing more to ask. */
  touch(peer: Peer): void {
    const holder = this.#holders.get(peer);
    if (holder !== undefined) holder.askedAtMs = this.#now();
  }

  /** `peer` is gone. */
  forget(peer: Peer): void {
    this.#holders.delete(peer);
    this.#waiting.delete(peer);
  }

  #refuse(peer: Peer, now: number): number {
    this.#waiting.set(peer, now);
    return Math.min(RETRY_CAP_MS, RETRY_FIRST_MS * (1 + this.#ahead(peer) / this.#slots));
  }

  /** Those who wait and asked before `peer`. */
  #ahead(peer: Peer): number {
    let ahead = 0;
    for (const other of this.#waiting.keys()) {
      if (other === peer) break;
      ahead += 1;
    }
    return ahead;
  }

  #tidy(now: number): void {
    for (const [peer, { askedAtMs }] of this.#holders) if (now - askedAtMs > IDLE_MS) this.#holders.delete(peer);
    for (const [peer, askedAtMs] of this.#waiting) if (now - askedAtMs > FORGET_MS) this.#waiting.delete(peer);
  }
}
