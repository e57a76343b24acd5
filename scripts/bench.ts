/**
 * `npm run bench [-- NAME…] [--json] [--into FILE] [--smallest]`: runs all benches, or those named, and prints medians, spread, ratio and
 * whether the target is met. `--json` prints one JSON document instead; `--into` keeps it in a file, beside what other benches put there
 * before. Ends with 1 when a bench could not run; a target not met is no failure, as times on a shared machine prove nothing.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bench, type BenchRow, isMet, ratioOf, type Spread } from '../test/bench/bench.ts';
import { mergeInto, type ReportedBench, thisMachine } from '../test/bench/report.ts';

const FOLDER = join(import.meta.dirname, '..', 'test', 'bench');
const SUFFIX = '.bench.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, into: { type: 'string' }, smallest: { type: 'boolean' } } });

async function benchNames(): Promise<string[]> {
  return (await readdir(FOLDER)).filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length)).toSorted();
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

function spreadText({ median, min, max }: Spread): string {
  return `${figure(median)} (${figure(min)}–${figure(max)})`;
}

function line(row: BenchRow): string {
  const ratio = ratioOf(row);
  const met = isMet(row);
  const rival = row.rival === null ? '' : ` | ${row.rival.name} ${spreadText(row.rival.spread)} | ratio ${ratio === null ? '-' : figure(ratio)}`;
  return `${row.figure}: ours ${spreadText(row.ours)} ${row.unit}${rival}${met === null ? '' : met ? ' | target met' : ` | TARGET NOT MET (${targetText(row)})`}`;
}

function targetText({ target, unit }: BenchRow): string {
  const parts = [];
  if (target?.maxRatio !== undefined) parts.push(`ratio at most ${target.maxRatio}`);
  if (target?.minRatio !== undefined) parts.push(`ratio at least ${target.minRatio}`);
  if (target?.maxOurs !== undefined) parts.push(`at most ${target.maxOurs} ${unit}`);
  return parts.join(' or ');
}

const known = await benchNames();
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no bench named ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}
if (values.into !== undefined && values.smallest === true) {
  console.error('The times of the smallest size mean nothing, so they are not kept: leave out --into or --smallest.');
  process.exit(2);
}
const size = values.smallest === true ? 'smallest' : 'full';
const machine = thisMachine();
// Before an hour of benches, not after it.
if (values.into !== undefined) mergeInto(values.into, { machine, benches: {} });
const benches: Record<string, ReportedBench> = {};
for (const name of positionals.length > 0 ? positionals : known) {
  const { bench } = await import(join(FOLDER, `${name}${SUFFIX}`)) as { readonly bench: Bench };
  if (values.json !== true) console.log(`\n== ${name}: ${bench.what}`);
  const startedMs = performance.now();
  try {
    const rows = await bench.run({ size, log: (text) => console.error(text) });
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const reported = { what: bench.what, date: new Date().toISOString(), size, seconds, rows: rows.map((row) => ({ ...row, ratio: ratioOf(row), met: isMet(row) })) } as const;
    benches[name] = reported;
    if (values.json !== true) for (const row of rows) console.log(line(row));
    // At once: the next may not come to its end.
    if (values.into !== undefined) mergeInto(values.into, { machine, benches: { [name]: reported } });
  } catch (error) {
    console.error(`The bench ${name} could not run: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
if (values.json === true) console.log(JSON.stringify({ machine, benches }, null, 1));
