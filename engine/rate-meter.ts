/** Bytes over the last three seconds, as a rate for people: it falls to zero by itself. Time is an argument; memory is fixed. */

const SLOT_MS = 250;
const SLOTS = 12;

export class RateMeter {
  readonly #slots = new Float64Array(SLOTS);
  readonly #sinceMs: number;
  #slot: number;
  #totalBytes = 0;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
    this.#slot = Math.floor(nowMs / SLOT_MS);
  }

  /** Bytes since the start. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  add(bytes: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#totalBytes += bytes;
    this.#slots[this.#slot % SLOTS] = (this.#slots[this.#slot % SLOTS] ?? 0) + bytes;
  }

  mbps(nowMs: number): number {
    this.#turn(nowMs);
    const bytes = this.#slots.reduce((sum, slot) => sum + slot, 0);
    const spanMs = Math.min(SLOTS * SLOT_MS, Math.max(SLOT_MS, nowMs - this.#sinceMs));
    return (bytes * 8) / 1_000 / spanMs;
  }

  #turn(nowMs: number): void {
    const slot = Math.floor(nowMs / SLOT_MS);
    for (let next = Math.max(this.#slot + 1, slot - SLOTS + 1); next <= slot; next += 1) this.#slots[next % SLOTS] = 0;
    this.#slot = Math.max(this.#slot, slot);
  }
}
