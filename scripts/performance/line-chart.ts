/** How figures grow: one curve each over a logarithmic axis of sizes, every size that was measured marked and named. */
import { linear, logarithmic, logarithmicAt } from './scale.ts';
import { escapeText, line, picture, round, SHAPES, text, textWidth } from './svg.ts';

interface Curve {
  readonly name: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

export interface LineChart {
  readonly title: string;
  /** Of the axis of values. */
  readonly unit: string;
  readonly along: string;
  readonly curves: readonly Curve[];
  /** For values that differ by powers of ten. */
  readonly isLogarithmic?: boolean;
  readonly nameOfSize: (at: number) => string;
  readonly nameOfValue: (value: number) => string;
}

const [WIDTH, PLOT_HEIGHT, LEFT, TOP, BOTTOM, RIGHT] = [720, 260, 66, 66, 52, 24];
const LEGEND_ROW = 20;
const MARK_PX = 4;

export function lineChart({ title, unit, along, curves, isLogarithmic = false, nameOfSize, nameOfValue }: LineChart): string {
  const points = curves.flatMap((curve) => curve.points);
  const values = points.map(({ value }) => value);
  const across = logarithmicAt(points.map(({ at }) => at));
  const up = isLogarithmic ? logarithmic(values) : linear(values);
  const { rows, parts: legend } = legendOf(curves.map(({ name }) => name), TOP - 16);
  const top = TOP + (rows - 1) * LEGEND_ROW;
  const plotWidth = WIDTH - LEFT - RIGHT - 16;
  const x = (at: number): number => LEFT + 16 + across.place(at) * (plotWidth - 16);
  const y = (value: number): number => top + PLOT_HEIGHT - up.place(value) * PLOT_HEIGHT;
  const bottom = top + PLOT_HEIGHT;
  const parts = [
    text(LEFT - 50, 24, title, 'start', 'title'),
    text(LEFT - 8, top - 10, unit, 'end', 'faint'), ...legend,
    ...up.ticks.flatMap((value) => [line(LEFT, y(value), WIDTH - RIGHT, y(value), 'grid'), text(LEFT - 8, y(value) + 4, nameOfValue(value), 'end', 'faint')]),
    line(LEFT, bottom, WIDTH - RIGHT, bottom, 'axis'),
    ...across.ticks.flatMap((at) => [line(x(at), bottom, x(at), bottom + 5, 'axis'), text(x(at), bottom + 20, nameOfSize(at), 'middle', 'faint')]),
    text(LEFT + plotWidth / 2, bottom + 42, along, 'middle', 'faint'),
    ...curves.flatMap((curve, index) => [
      `<polyline class="curve s${index % SHAPES}" points="${curve.points.map(({ at, value }) => `${round(x(at))},${round(y(value))}`).join(' ')}"/>`,
      ...curve.points.map(({ at, value }) => mark(index, x(at), y(value), `${curve.name}, ${nameOfSize(at)}: ${nameOfValue(value)} ${unit}`)),
    ]),
  ];
  const told = curves.map((curve) => `${curve.name}: ${curve.points.map(({ at, value }) => `${nameOfSize(at)} ${nameOfValue(value)} ${unit}`).join(', ')}`).join('. ');
  return picture(WIDTH, bottom + BOTTOM, title, told, parts);
}

interface Legend {
  readonly rows: number;
  readonly parts: readonly string[];
}

export function legendOf(names: readonly string[], y: number): Legend {
  const parts: string[] = [];
  let [x, row] = [LEFT, 0];
  for (const [index, name] of names.entries()) {
    const width = textWidth(name) + 34;
    if (x > LEFT && x + width > WIDTH - RIGHT) [x, row] = [LEFT, row + 1];
    parts.push(mark(index, x + 6, y + row * LEGEND_ROW - 12, name), text(x + 17, y + row * LEGEND_ROW - 8, name));
    x += width;
  }
  return { rows: row + 1, parts };
}

/** Another form for each curve, so that colour is not all that tells them apart. */
function mark(index: number, x: number, y: number, name: string): string {
  const kind = `class="mark f${index % SHAPES}"`;
  const [r, title] = [MARK_PX, `<title>${escapeText(name)}</title>`];
  const forms = [
    `<circle ${kind} cx="${round(x)}" cy="${round(y)}" r="${r}">${title}</circle>`,
    `<rect ${kind} x="${round(x - r)}" y="${round(y - r)}" width="${2 * r}" height="${2 * r}">${title}</rect>`,
    `<path ${kind} d="M${round(x)} ${round(y - r - 1)}l${r + 1} ${2 * r}h-${2 * r + 2}z">${title}</path>`,
    `<path ${kind} d="M${round(x)} ${round(y - r - 1)}l${r + 1} ${r + 1}l-${r + 1} ${r + 1}l-${r + 1} -${r + 1}z">${title}</path>`,
  ];
  return forms[index % forms.length] ?? '';
}
