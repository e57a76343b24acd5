/** Rows of the bench `growth`: points of lines, and the last point beside the one before it where a line must be flat. */
import { alone, type BenchRow, beside, type GrowthPoint, type Target } from './bench.ts';

export interface GrowthLine {
  readonly name: string;
  readonly unit: string;
  readonly along: GrowthPoint['along'];
  readonly points: readonly { readonly at: number; readonly samples: readonly number[] }[];
  /** What the last point may be beside the one before it. */
  readonly flat?: Target;
}

export function rowsOf({ name, unit, along, points, flat }: GrowthLine): BenchRow[] {
  return points.map(({ at, samples }, index) => {
    const point = { line: name, along, at };
    const figure = `${name}, ${sizeText(along, at)}`;
    const before = points[index - 1];
    if (flat === undefined || before === undefined || index < points.length - 1) return { ...alone(figure, unit, samples, null), point };
    return { ...beside(figure, unit, samples, sizeText(along, before.at), before.samples, flat), point };
  });
}

const STEPS = [[1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']] as const;

export function sizeText(along: GrowthPoint['along'], at: number): string {
  if (along !== 'size of the file') return `${at.toLocaleString('en-US')} ${along === 'viewers' ? 'viewers' : 'videos'}`;
  const [bytes, unit] = STEPS.find(([step]) => at >= step) ?? [1, 'B'];
  return `${Number((at / bytes).toPrecision(2))} ${unit}`;
}
