/** Ours beside others', as lying bars: one group for each figure, each bar with its value, its spread drawn as a thin line. */
import { linear } from './scale.ts';
import { legendOf } from './line-chart.ts';
import { line, picture, round, text } from './svg.ts';

export interface Bar {
  /** Whose. */
  readonly name: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface BarChart {
  readonly title: string;
  readonly unit: string;
  /** Said of the unit: whether more or less is better. */
  readonly better: string;
  readonly groups: readonly { readonly name: string; readonly bars: readonly Bar[] }[];
  readonly nameOfValue: (value: number) => string;
}

const [WIDTH, LEFT, TOP, RIGHT, BAR, GROUP_GAP, NAME_ROW] = [720, 20, 66, 84, 15, 16, 18];
const LEGEND_ROW = 20;

export function barChart({ title, unit, better, groups, nameOfValue }: BarChart): string {
  const names = [...new Set(groups.flatMap(({ bars }) => bars.map(({ name }) => name)))];
  const scale = linear(groups.flatMap(({ bars }) => bars.map(({ max }) => max)));
  const legend = legendOf(names, TOP - 16);
  const top = TOP + (legend.rows - 1) * LEGEND_ROW;
  const x = (value: number): number => LEFT + scale.place(value) * (WIDTH - LEFT - RIGHT);
  const parts: string[] = [text(LEFT - 4, 24, title, 'start', 'title'), ...legend.parts];
  let y = top;
  const drawn: string[] = [];
  for (const { name, bars } of groups) {
    drawn.push(text(LEFT, y + 13, name));
    y += NAME_ROW;
    for (const bar of bars) {
      const index = names.indexOf(bar.name);
      drawn.push(
        `<rect class="f${index}" x="${LEFT}" y="${y}" width="${round(Math.max(1, x(bar.median) - LEFT))}" height="${BAR - 3}"><title>${nameOfValue(bar.median)} ${unit}</title></rect>`,
        line(x(bar.min), y + (BAR - 3) / 2, x(bar.max), y + (BAR - 3) / 2, 'axis'),
        text(Math.max(x(bar.median), x(bar.max)) + 6, y + BAR - 5, nameOfValue(bar.median), 'start', index === 0 ? '' : 'faint'),
      );
      y += BAR;
    }
    y += GROUP_GAP;
  }
  parts.push(
    ...scale.ticks.flatMap((value) => [line(x(value), top - 4, x(value), y, 'grid'), text(x(value), y + 18, nameOfValue(value), 'middle', 'faint')]),
    ...drawn, text(LEFT + (WIDTH - LEFT - RIGHT) / 2, y + 40, `${unit}, ${better}`, 'middle', 'faint'),
  );
  const told = groups.map(({ name, bars }) => `${name}: ${bars.map((bar) => `${bar.name} ${nameOfValue(bar.median)} ${unit}`).join(', ')}`).join('. ');
  return picture(WIDTH, y + 54, title, told, parts);
}
