/** The tables of docs/performance.md. */
import type { GrowthPoint } from '../../test/bench/bench.ts';
import type { Report, ReportedBench, ReportedRow } from '../../test/bench/report.ts';
import { shown, shownBytes, shownSpread } from './values.ts';

const NOT_YET = 'Not measured yet: `npm run bench -- NAME --into docs/performance/figures.json`.\n';

export function machineTable({ machine, benches }: Report): string {
  const dates = Object.values(benches).map(({ date }) => date.slice(0, 10)).toSorted();
  const when = dates[0] === dates.at(-1) ? dates[0] ?? '' : `${dates[0]} to ${dates.at(-1)}`;
  const minutes = Object.values(benches).reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  return table(['Processor', 'Cores', 'Memory', 'System', 'Node', 'Measured', 'All benches took'], [
    [machine.cpu, String(machine.cores), `${machine.memoryGib} GiB`, machine.kernel, machine.node, when, `${Math.ceil(minutes)} minutes`],
  ]);
}

/** How many targets were reached, and below the table each that was not. */
export function targetsTable({ benches }: Report): string {
  const judged = Object.entries(benches).map(([name, { rows }]) => ({
    name, count: rows.filter(({ met }) => met !== null).length, missed: rows.filter(({ met }) => met === false),
  })).filter(({ count }) => count > 0);
  const missed = judged.flatMap((bench) => bench.missed.map((row) => `- [${bench.name}](#${bench.name}): ${missedText(row)}`));
  return [
    table(['Bench', 'Targets', 'Met'], judged.map(({ name, count, missed: { length } }) => [`[${name}](#${name})`, String(count), String(count - length)])),
    ...missed.length === 0 ? ['All are met.'] : ['Not met:', '', ...missed], '',
  ].join('\n');
}

export function benchTable({ benches }: Report, name: string): string {
  const bench = benches[name];
  if (bench === undefined) return NOT_YET.replace('NAME', name);
  return table(['Figure', 'Ours', 'Beside', 'Theirs', 'Ratio', 'Target'], bench.rows.filter(({ point }) => point === undefined).map((row) => [
    `${row.figure}, ${row.unit}`, shownSpread(row.ours), row.rival?.name ?? '', row.rival === null ? '' : shownSpread(row.rival.spread),
    row.ratio === null ? '' : shown(row.ratio), row.met === null ? '' : `${targetText(row)}: ${row.met ? 'met' : '**not met**'}`,
  ]));
}

/** A line for each figure, a column for each size. */
export function growthTable({ benches }: Report, along: GrowthPoint['along']): string {
  const points = pointsOf(benches['growth'], along);
  if (points.length === 0) return NOT_YET.replace('NAME', 'growth');
  const sizes = [...new Set(points.map(({ at }) => nameOfSize(along, at)))];
  const lines = [...new Set(points.map(({ line, row }) => `${line}, ${row.unit}`))];
  const cell = (line: string, size: string): string => {
    const found = points.find((point) => `${point.line}, ${point.row.unit}` === line && nameOfSize(along, point.at) === size);
    return found === undefined ? '' : shown(found.row.ours.median);
  };
  return table([`By ${along}`, ...sizes], lines.map((line) => [line, ...sizes.map((size) => cell(line, size))]));
}

export interface PlacedRow extends GrowthPoint {
  readonly row: ReportedRow;
}

export function pointsOf(bench: ReportedBench | undefined, along: GrowthPoint['along']): PlacedRow[] {
  return (bench?.rows ?? []).flatMap((row) => (row.point?.along === along ? [{ ...row.point, row }] : []));
}

export function nameOfSize(along: GrowthPoint['along'], at: number): string {
  return along === 'size of the file' ? shownBytes(at) : at.toLocaleString('en-US');
}

function missedText(row: ReportedRow): string {
  const { target, ratio, rival } = row;
  const isOfRatio = target?.maxRatio !== undefined || target?.minRatio !== undefined;
  const is = isOfRatio && ratio !== null ? `${shown(ratio)} × ${rival?.name ?? ''}` : `${shown(row.ours.median)} ${row.unit}`;
  return `${row.figure}: ${is.replaceAll('<', '&lt;')}, wanted ${targetText(row)}`;
}

function targetText({ target, unit }: ReportedRow): string {
  const parts = [];
  if (target?.maxRatio !== undefined) parts.push(`ratio at most ${target.maxRatio}`);
  if (target?.minRatio !== undefined) parts.push(`ratio at least ${target.minRatio}`);
  if (target?.maxOurs !== undefined) parts.push(`at most ${shown(target.maxOurs)} ${unit}`);
  return parts.join(' or ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableLine(head), `|${'---|'.repeat(head.length)}`, ...rows.map(tableLine), ''].join('\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |`;
}
