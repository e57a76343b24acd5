/** Bytes per second over the last few seconds, in megabits. Fixed memory. */

const SLOT_MS = 250;
const SLOTS = 12;

export class RateMeter {
  readonly #now: () => number;
  readonly #slots = new Float64Array(SLOTS);
  readonly #sinceMs: number;
  #slot: number;
  #total = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#sinceMs = now();
    this.#slot = Math.floor(this.#sinceMs / SLOT_MS);
  }

  /** Bytes since the start. */
  get totalBytes(): number {
    return this.#total;
  }

  add(bytes: number): void {
    this.#turn();
    this.#total += bytes;
    this.#slots[this.#slot % SLOTS] = (this.#slots[this.#slot % SLOTS] ?? 0) + bytes;
  }

  mbps(): number {
    this.#turn();
    let bytes = 0;
    for (const slot of this.#slots) bytes += slot;
    const spanMs = Math.min(SLOTS * SLOT_MS, Math.max(SLOT_MS, this.#now() - this.#sinceMs));
    return (bytes * 8) / 1_000 / spanMs;
  }

  #turn(): void {
    const slot = Math.floor(this.#now() / SLOT_MS);
    for (let next = Math.max(this.#slot + 1, slot - SLOTS + 1); next <= slot; next += 1) this.#slots[next % SLOTS] = 0;
    this.#slot = Math.max(this.#slot, slot);
  }
}
