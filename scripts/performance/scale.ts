/** Where a figure lies on an axis, and which values the axis names. */

export interface Scale {
  /** 0 at the axis's beginning, 1 at its end. */
  place(value: number): number;
  readonly ticks: readonly number[];
}

/** From 0 to a round number that holds all values. */
export function linear(values: readonly number[]): Scale {
  const step = roundStep(Math.max(...values, Number.MIN_VALUE) / 4);
  const count = Math.max(1, Math.ceil(Math.max(...values) / step - 1e-9));
  const end = count * step;
  return { place: (value) => value / end, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

/** Powers of ten around all values, which must be above 0. */
export function logarithmic(values: readonly number[]): Scale {
  const first = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  const every = Math.ceil((last - first) / 6);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)).filter((_, index) => index % every === 0);
  return { place: (value) => (Math.log10(value) - first) / (last - first), ticks };
}

/** Exactly from the least value to the greatest, each one named. */
export function logarithmicAt(values: readonly number[]): Scale {
  const [first, last] = [Math.log10(Math.min(...values)), Math.log10(Math.max(...values))];
  return { place: (value) => (first === last ? 0.5 : (Math.log10(value) - first) / (last - first)), ticks: [...new Set(values)].toSorted((a, b) => a - b) };
}

function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return power * ([1, 2, 2.5, 5, 10].find((step) => step * power >= atLeast * (1 - 1e-9)) ?? 10);
}
