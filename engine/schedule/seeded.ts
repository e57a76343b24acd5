/** Chance that can be had again: the schedule takes no `Math.random` of its own, so that a run repeats from its seed. */

/** A number in [0, 1) that depends on the two numbers alone (the finaliser of MurmurHash3 over both). */
export function chance(seed: number, turn: number): number {
  let mixed = Math.imul(seed ^ Math.imul(turn, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
}

/** A whole number from 0 to `below` - 1. */
export function pick(seed: number, turn: number, below: number): number {
  return Math.floor(chance(seed, turn) * below);
}

/** `ms` spread by half up and down, so that many clients who wait the same time do not come back together. */
export function jitter(ms: number, seed: number, turn: number): number {
  return ms * (0.5 + chance(seed, turn));
}
