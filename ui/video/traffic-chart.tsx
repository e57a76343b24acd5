/** Mb/s by source over time, as stacked areas in the sources' colours and patterns. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { DownloadFigures } from '../../engine/index.ts';
import { rate } from '../format/numbers.ts';
import { sinceStart } from '../format/times.ts';
import { theme } from '../state/theme.ts';
import { Painter } from './painter.ts';
import { SOURCE_LOOKS } from './sources.ts';
import type { TrafficHistory } from './traffic-history.ts';

const HEIGHT = 144;
const AXIS_FONT = '12px system-ui, sans-serif';
/** Below this a busy axis would make a trickle look like a flood. */
const LEAST_TOP_MBPS = 2;
/** From the ground up: each area lies in front of the one that is stacked on it. */
const STACK = ['cdn', 'peer', 'seeder'] as const;

interface TrafficChartProps {
  readonly history: TrafficHistory;
  /** Their change is what draws it again. */
  readonly figures: DownloadFigures;
}

export function TrafficChart({ history, figures }: TrafficChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const pointed = useSignal<number | null>(null);
  const chosen = theme.value;
  useEffect(() => {
    const place = box.current;
    if (place === null) return undefined;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(options(place, (at) => { pointed.value = at; }), stacked(history), place);
    };
    draw();
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: place.clientWidth, height: HEIGHT }));
    observer.observe(place);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [history, chosen, pointed]);
  useEffect(() => { plot.current?.setData(stacked(history)); }, [history, figures]);
  return (
    <div class="traffic">
      <div class="traffic-chart" ref={box} role="img" aria-label="Chart of the rate from each source over time. The table below has its figures." />
      <p class="traffic-words">{words(history, pointed.value)}</p>
    </div>
  );
}

/** Sums from the ground up, the highest first, so that it is drawn first and lies behind. */
function stacked(history: TrafficHistory): uPlot.AlignedData {
  const { atSeconds, cdn, peers, seeder } = history.rates();
  const two = cdn.map((value, at) => value + (peers[at] ?? 0));
  const three = two.map((value, at) => value + (seeder[at] ?? 0));
  return [[0, ...atSeconds], fromNought(three), fromNought(two), fromNought(cdn)];
}

/** A step is drawn between two moments: the first one begins at nought. */
function fromNought(values: readonly number[]): number[] {
  return [values[0] ?? 0, ...values];
}

function words(history: TrafficHistory, at: number | null): string {
  const { atSeconds, cdn, peers, seeder } = history.rates();
  const shown = at ?? atSeconds.length - 1;
  if (atSeconds[shown] === undefined) return 'Nothing came yet.';
  const parts = [
    `CDN ${rate(cdn[shown] ?? 0)}`, `viewers ${rate(peers[shown] ?? 0)}`, `seeders ${rate(seeder[shown] ?? 0)}`,
  ];
  return `${at === null ? 'Last' : `At ${sinceStart(atSeconds[shown] * 1000)}`}: ${parts.join(', ')}`;
}

function options(place: HTMLElement, onPointed: (at: number | null) => void): uPlot.Options {
  const style = getComputedStyle(place);
  const muted = style.getPropertyValue('--axis-seen');
  const line = style.getPropertyValue('--source-none');
  let painter: Painter | undefined;
  const steps = uPlot.paths.stepped?.({ align: -1 });
  const series = STACK.toReversed().map((source): uPlot.Series => ({
    label: SOURCE_LOOKS[source].label,
    stroke: style.getPropertyValue(SOURCE_LOOKS[source].variable),
    width: 1,
    fill: (plot) => {
      painter ??= new Painter(plot.ctx.canvas, plot.ctx, Math.min(2, window.devicePixelRatio));
      return painter.style(source);
    },
    points: { show: false },
    ...(steps === undefined ? {} : { paths: steps }),
  }));
  const axis = { stroke: muted, font: AXIS_FONT, ticks: { show: false } } satisfies uPlot.Axis;
  return {
    width: Math.max(1, place.clientWidth), height: HEIGHT, legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: (_, least, most) => [Math.min(0, least), Math.max(10, most)] }, y: { range: (_, __, most) => [0, Math.max(LEAST_TOP_MBPS, most * 1.08)] } },
    axes: [
      { ...axis, size: 24, gap: 4, grid: { show: false }, values: (_, splits) => splits.map((split) => sinceStart(split * 1000)) },
      { ...axis, size: 36, gap: 4, grid: { stroke: line, width: 1 }, values: (_, splits) => splits.map(String), label: '' },
    ],
    series: [{}, ...series],
    hooks: { setCursor: [(plot) => onPointed(typeof plot.cursor.idx === 'number' ? Math.max(0, plot.cursor.idx - 1) : null)] },
  };
}
