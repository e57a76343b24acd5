/**
 * Puts what `npm run bench -- --into docs/performance/figures.json` measured into docs/performance.md and draws its charts:
 * `--write` does so, `--check` fails when what stands there is not what the figures say. No figure is typed by hand: a table stands
 * between `<!-- bench NAME -->` and `<!-- /bench NAME -->`, a chart between `<!-- chart NAME: WORDS -->` and `<!-- /chart -->`, a single
 * figure between `<!-- figure BENCH: ROW -->` and `<!-- /figure -->`. A bench that was not measured yet has words, and no chart.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readReport, type Report } from '../test/bench/report.ts';
import { chartsOf, isChart } from './performance/charts.ts';
import { benchTable, growthTable, machineTable, targetsTable } from './performance/tables.ts';
import { shown } from './performance/values.ts';

const DOC = join(import.meta.dirname, '..', 'docs', 'performance.md');
const FOLDER = join(import.meta.dirname, '..', 'docs', 'performance');
const REPORT = join(FOLDER, 'figures.json');

const GROWTH = { files: 'size of the file', library: 'videos in the library', viewers: 'viewers' } as const;

/** The document with all that the report says in its places. */
function filled(text: string, report: Report): string {
  const drawn = charts(report);
  return text
    .replace(/(<!-- chart (\S+): (.+?) -->\n)[\s\S]*?(<!-- \/chart -->)/g, (_all, open: string, name: string, words: string, close: string) => {
      if (!isChart(name)) throw new Error(`There is no chart named ${name}.`);
      return open + (drawn.has(`${name}.svg`) ? `![${words}](performance/${name}.svg)\n` : '') + close;
    })
    .replace(/(<!-- machine -->\n)[\s\S]*?(<!-- \/machine -->)/g, (_all, open: string, close: string) => open + machineTable(report) + close)
    .replace(/(<!-- targets -->\n)[\s\S]*?(<!-- \/targets -->)/g, (_all, open: string, close: string) => open + targetsTable(report) + close)
    .replace(/(<!-- bench (\S+) -->\n)[\s\S]*?(<!-- \/bench \S+ -->)/g, (_all, open: string, name: string, close: string) => open + benchTable(report, name) + close)
    .replace(/(<!-- growth (\S+) -->\n)[\s\S]*?(<!-- \/growth \S+ -->)/g, (_all, open: string, name: string, close: string) => {
      if (!isGrowth(name)) throw new Error(`There is no table of growth named ${name}.`);
      return open + growthTable(report, GROWTH[name]) + close;
    })
    .replace(/(<!-- figure (\S+): (.+?) -->).*?(<!-- \/figure -->)/g, (_all, open: string, bench: string, row: string, close: string) => open + figure(report, bench, row) + close);
}

function isGrowth(name: string): name is keyof typeof GROWTH {
  return Object.hasOwn(GROWTH, name);
}

function figure({ benches }: Report, bench: string, name: string): string {
  const measured = benches[bench];
  if (measured === undefined) return '(not measured yet)';
  const found = measured.rows.find((row) => row.figure === name);
  if (found === undefined) throw new Error(`docs/performance.md wants "${name}" of the bench ${bench}, which ${REPORT} has not.`);
  return `${shown(found.ours.median)} ${found.unit}`;
}

function charts(report: Report): Map<string, string> {
  return new Map([...chartsOf(report)].map(([name, svg]) => [`${name}.svg`, svg]));
}

/** What is not as it should be. */
function differences(text: string, report: Report): string[] {
  const wanted = charts(report);
  const there = readdirSync(FOLDER).filter((name) => name.endsWith('.svg'));
  const pictures = [...wanted].filter(([name, svg]) => !there.includes(name) || readFileSync(join(FOLDER, name), 'utf8') !== svg).map(([name]) => name);
  return [...filled(text, report) === text ? [] : ['performance.md'], ...pictures, ...there.filter((name) => !wanted.has(name))];
}

const { values } = parseArgs({ options: { write: { type: 'boolean' }, check: { type: 'boolean' } } });
if ((values.write === true) === (values.check === true)) {
  console.error('Usage: node scripts/performance-doc.ts --write or --check');
  process.exit(2);
}
if (!existsSync(REPORT)) throw new Error(`${REPORT} is missing. Run: npm run bench -- --into docs/performance/figures.json`);
const report = readReport(REPORT);
if (values.write === true) {
  mkdirSync(FOLDER, { recursive: true });
  for (const name of readdirSync(FOLDER)) if (name.endsWith('.svg')) rmSync(join(FOLDER, name));
  for (const [name, svg] of charts(report)) writeFileSync(join(FOLDER, name), svg);
  writeFileSync(DOC, filled(readFileSync(DOC, 'utf8'), report));
}
const wrong = differences(readFileSync(DOC, 'utf8'), report);
if (wrong.length > 0) {
  console.error(`Not what docs/performance/figures.json says: ${wrong.join(', ')}. Run: node scripts/performance-doc.ts --write`);
  process.exitCode = 1;
}
