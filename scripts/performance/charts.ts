/** Which charts docs/performance.md has. A bench that was not run has none. */
import type { GrowthPoint } from '../../test/bench/bench.ts';
import type { Report } from '../../test/bench/report.ts';
import { barChart, type Bar } from './bar-chart.ts';
import { lineChart } from './line-chart.ts';
import { nameOfSize, pointsOf } from './tables.ts';
import { shown } from './values.ts';

interface GrowthSpec {
  readonly title: string;
  readonly unit: string;
  readonly along: GrowthPoint['along'];
  /** Lines of the bench, and what the chart calls them. */
  readonly lines: Readonly<Record<string, string>>;
  readonly isLogarithmic?: boolean;
  /** Draws what stands beside one of the lines as well. */
  readonly beside?: string;
}

const GROWTH: Readonly<Record<string, GrowthSpec>> = {
  'file-memory-node': {
    title: 'Memory of the node at its most, by the size of the file', unit: 'MiB', along: 'size of the file',
    lines: {
      'node, indexing in place: peak memory': 'indexing in place', 'node, serving ranges anywhere: peak memory': 'serving ranges',
      'node, serving the command: peak memory': 'serving a download', 'node, seeding to the command: peak memory': 'seeding',
    },
  },
  'file-memory-clients': {
    title: 'Memory of those who watch and download, by the size of the file', unit: 'MiB', along: 'size of the file',
    lines: {
      'command, from the CDN: peak memory': 'command, from the CDN', 'command, from the swarm: peak memory': 'command, from the swarm',
      'tab, playing: peak memory': 'tab, playing', 'tab, downloading: peak memory': 'tab, downloading',
    },
  },
  'file-times': {
    title: 'Time, by the size of the file', unit: 'ms', along: 'size of the file', isLogarithmic: true,
    lines: {
      'tab, from the press to the first picture': 'press to picture', 'tab, from a jump to its picture': 'jump to picture',
      'node, 1 MiB anywhere: time': '1 MiB anywhere, eight at once', 'manifest: time to decode and verify': 'decoding a manifest',
    },
  },
  'file-manifest': { title: 'Size of a manifest, by the size of the file', unit: 'kB', along: 'size of the file', isLogarithmic: true, lines: { 'manifest: size as sent to a peer': 'manifest' } },
  'library-start': { title: 'Start of a node, by the size of its library', unit: 'ms', along: 'videos in the library', lines: { 'node, start to ready': 'start to ready' } },
  'library-memory': { title: 'Memory of a node at rest, by the size of its library', unit: 'MiB', along: 'videos in the library', lines: { 'node at rest: memory': 'memory at rest' } },
  'library-list': {
    title: 'A page of the list, by the size of the library', unit: 'ms', along: 'videos in the library',
    lines: { 'first page of the list': 'first page', 'last page of the list': 'last page' },
  },
  'viewers-time': {
    title: 'Until the last viewer has the file, by how many want it at once', unit: 's', along: 'viewers', isLogarithmic: true, beside: 'least possible',
    lines: { 'simulated: time of the last': 'with the swarm', 'computed: time of the last without a swarm': 'from the node alone' },
  },
  'viewers-copies': { title: 'Copies that the node sends, by how many want the file at once', unit: 'copies', along: 'viewers', lines: { 'simulated: copies sent by the node': 'with the swarm' } },
  'viewers-memory': {
    title: 'Memory of a node for viewers who are attached and slow', unit: 'MiB', along: 'viewers', lines: { 'node, slow viewers attached: memory for them': 'memory for them' },
  },
};

interface BarsSpec {
  readonly bench: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'more is better' | 'less is better';
}

const BARS: Readonly<Record<string, BarsSpec>> = {
  content: { bench: 'content', title: 'Serving a file over HTTP', unit: 'MB/s', better: 'more is better' },
  gridfs: { bench: 'gridfs', title: 'GridFS: what a gigabyte costs the node', unit: 'ms/GB', better: 'less is better' },
  ingest: { bench: 'ingest', title: 'Uploads', unit: 'MB/s', better: 'more is better' },
  channel: { bench: 'channel', title: 'Downloads from peers', unit: 'Mb/s', better: 'more is better' },
  open: { bench: 'open', title: 'Opening a connection to a peer', unit: 'ms', better: 'less is better' },
  swarm: { bench: 'swarm', title: 'Until the last of a swarm has the file', unit: 's', better: 'less is better' },
  signalling: { bench: 'signalling', title: 'Introductions of peers', unit: 'a second', better: 'more is better' },
  switch: { bench: 'switch', title: 'Changing between CDN and swarm', unit: 'ms', better: 'less is better' },
  watch: { bench: 'watch', title: 'From a click or a jump to the picture', unit: 'ms', better: 'less is better' },
};

const OURS = 'Software Switch';

/** Whether there is such a chart once its bench was measured. */
export function isChart(name: string): boolean {
  return Object.hasOwn(GROWTH, name) || Object.hasOwn(BARS, name);
}

/** SVG texts by the names of their files, without ending. */
export function chartsOf(report: Report): ReadonlyMap<string, string> {
  const charts = new Map<string, string>();
  for (const [name, spec] of Object.entries(GROWTH)) {
    const chart = growthChart(report, spec);
    if (chart !== undefined) charts.set(name, chart);
  }
  for (const [name, spec] of Object.entries(BARS)) {
    const chart = barsOf(report, spec);
    if (chart !== undefined) charts.set(name, chart);
  }
  return charts;
}

function growthChart({ benches }: Report, { title, unit, along, lines, isLogarithmic = false, beside }: GrowthSpec): string | undefined {
  const points = pointsOf(benches['growth'], along);
  if (points.length === 0) return undefined;
  const curves = Object.entries(lines).map(([line, name]) => {
    const of = points.filter((point) => point.line === line);
    if (of.length === 0) throw new Error(`The bench growth has no line "${line}": scripts/performance/charts.ts names another.`);
    return { name, of };
  });
  const bound = beside === undefined ? [] : [{ name: beside, points: points.flatMap(({ at, row }) => (row.rival === null ? [] : [{ at, value: row.rival.spread.median }])) }];
  return lineChart({
    title, unit, along, isLogarithmic, nameOfSize: (at) => nameOfSize(along, at), nameOfValue: shown,
    curves: [...curves.map(({ name, of }) => ({ name, points: of.map(({ at, row }) => ({ at, value: row.ours.median })) })), ...bound],
  });
}

function barsOf({ benches }: Report, { bench, title, unit, better }: BarsSpec): string | undefined {
  const rows = benches[bench]?.rows.filter((row) => row.unit === unit) ?? [];
  if (rows.length === 0) return undefined;
  const groups = new Map<string, Map<string, Bar>>();
  for (const { figure, ours, rival } of rows) {
    const bars = groups.get(figure) ?? new Map<string, Bar>();
    groups.set(figure, bars);
    bars.set(OURS, { name: OURS, ...ours });
    if (rival !== null) bars.set(rival.name, { name: rival.name, ...rival.spread });
  }
  return barChart({ title, unit, better, nameOfValue: shown, groups: [...groups].map(([name, bars]) => ({ name, bars: [...bars.values()] })) });
}
