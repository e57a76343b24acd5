/** What every bench is made of: ours and a rival in turn in one run, medians with their spread, a ratio, and a target it meets or not. */
import type { Closing } from '../fixtures/browser.ts';

export type BenchSize = 'full' | 'smallest';

export interface BenchOptions {
  /** `smallest` shows in seconds that the bench works; its times mean nothing. */
  readonly size: BenchSize;
  /** Progress for people. */
  readonly log: (line: string) => void;
}

/** A target, kept in targets.ts with its reason. Met when one of its bounds is. */
export interface Target {
  /** Ours over the rival's: times and costs at most, rates at least. */
  readonly maxRatio?: number;
  readonly minRatio?: number;
  readonly maxOurs?: number;
  readonly why: string;
}

export interface BenchRow {
  readonly figure: string;
  readonly unit: string;
  readonly ours: Spread;
  /** null where only the absolute figure counts. */
  readonly rival: { readonly name: string; readonly spread: Spread } | null;
  readonly target: Target | null;
  /** For rows that show how a figure grows: a point of a line. */
  readonly point?: GrowthPoint;
}

/** One point of the line that a figure draws as the work grows. */
export interface GrowthPoint {
  /** What the figure is, at every size: the same text is the same line. */
  readonly line: string;
  readonly along: 'size of the file' | 'videos in the library' | 'viewers';
  /** Bytes, or how many. */
  readonly at: number;
}

export interface Bench {
  readonly what: string;
  run(options: BenchOptions): Promise<readonly BenchRow[]>;
}

/** What a bench opened is closed when it ends, however it ends: the last first. */
export async function withClosing<Result>(run: (t: Closing) => Promise<Result>): Promise<Result> {
  const closers: (() => unknown)[] = [];
  try {
    return await run({ teardown: (close) => { closers.push(close); } });
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

/** A figure that stands for itself. */
export function alone(figure: string, unit: string, samples: readonly number[], target: Target | null): BenchRow {
  return { figure, unit, ours: spreadOf(samples), rival: null, target };
}

/** A figure beside another's. */
export function beside(figure: string, unit: string, ours: readonly number[], name: string, theirs: readonly number[], target: Target | null): BenchRow {
  return { figure, unit, ours: spreadOf(ours), rival: { name, spread: spreadOf(theirs) }, target };
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
  return { median: median ?? Number.NaN, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN, count: sorted.length };
}

/** A B A B…, so that what else the machine does strikes all of them alike. The first round warms up and is thrown away when there are others. */
export async function alternate<Name extends string, Result>(
  rounds: number, contenders: Record<Name, (round: number) => Promise<Result>>,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(contenders) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Name, Result[]>;
  const warmUps = rounds > 1 ? 1 : 0;
  for (let round = 0; round < rounds + warmUps; round += 1) {
    for (const name of names) {
      const result = await contenders[name](round);
      if (round >= warmUps) results[name].push(result);
    }
  }
  return results;
}

export function ratioOf(row: BenchRow): number | null {
  if (row.rival === null) return null;
  const [ours, rival] = [row.ours.median, row.rival.spread.median];
  return ours === rival ? 1 : ours / rival;
}

/** null where there is no target. */
export function isMet(row: BenchRow): boolean | null {
  const { target } = row;
  if (target === null) return null;
  const ratio = ratioOf(row);
  return (target.maxRatio !== undefined && ratio !== null && ratio <= target.maxRatio)
    || (target.minRatio !== undefined && ratio !== null && ratio >= target.minRatio)
    || (target.maxOurs !== undefined && row.ours.median <= target.maxOurs);
}
