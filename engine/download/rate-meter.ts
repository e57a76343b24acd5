/** Bytes a millisecond over the last seconds, for people: it falls to zero by itself. Time is an argument; memory is fixed. */

const SLOT_MS = 250;
const SLOTS = 12;

export class RateMeter {
  readonly #slots = new Float64Array(SLOTS);
  readonly #sinceMs: number;
  #slot: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
    this.#slot = Math.floor(nowMs / SLOT_MS);
  }

  add(bytes: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#slots[this.#slot % SLOTS] = (this.#slots[this.#slot % SLOTS] ?? 0) + bytes;
  }

  bytesPerMs(nowMs: number): number {
    this.#turn(nowMs);
    const bytes = this.#slots.reduce((sum, slot) => sum + slot, 0);
    return bytes / Math.min(SLOTS * SLOT_MS, Math.max(SLOT_MS, nowMs - this.#sinceMs));
  }

  #turn(nowMs: number): void {
    const slot = Math.floor(nowMs / SLOT_MS);
    for (let next = Math.max(this.#slot + 1, slot - SLOTS + 1); next <= slot; next += 1) this.#slots[next % SLOTS] = 0;
    this.#slot = Math.max(this.#slot, slot);
  }
}
