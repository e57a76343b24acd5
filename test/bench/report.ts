/** What `scripts/bench.ts` writes for machines: the rows of each bench, and the machine that they were had on. */
import { cpus, release, totalmem, type } from 'node:os';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BenchRow, BenchSize } from './bench.ts';

export interface ReportedRow extends BenchRow {
  readonly ratio: number | null;
  /** null where there is no target. */
  readonly met: boolean | null;
}

export interface ReportedBench {
  readonly what: string;
  /** ISO 8601. */
  readonly date: string;
  readonly size: BenchSize;
  /** How long the bench ran. */
  readonly seconds: number;
  readonly rows: readonly ReportedRow[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly node: string;
}

export interface Report {
  readonly machine: Machine;
  readonly benches: Readonly<Record<string, ReportedBench>>;
}

const GIB = 1024 ** 3;

export function thisMachine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model ?? 'unknown', cores: processors.length, memoryGib: Math.round(totalmem() / GIB),
    kernel: `${type()} ${release()}`, node: process.version,
  };
}

export function readReport(path: string): Report {
  return JSON.parse(readFileSync(path, 'utf8')) as Report;
}

/**
 * Puts benches beside those that the file has already, in place of those of the same name.
 * @throws Error when the file's figures are another machine's: figures of two machines in one table would be compared.
 */
export function mergeInto(path: string, { machine, benches }: Report): void {
  const before = existsSync(path) ? readReport(path) : { machine, benches: {} };
  if (JSON.stringify(before.machine) !== JSON.stringify(machine)) {
    throw new Error(`${path} has figures of another machine, kernel or Node (${JSON.stringify(before.machine)}; this is ${JSON.stringify(machine)}). Name a new file, or remove it, and run all benches.`);
  }
  const all = { ...before.benches, ...benches };
  const sorted = Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => a.localeCompare(b)));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ machine, benches: sorted }, null, 1)}\n`);
}
