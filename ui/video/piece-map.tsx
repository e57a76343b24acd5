/** Every piece, or for large files every few, as one cell: where the holes are, and who filled what. */
import type { JSX } from 'preact';
import { count } from '../format/numbers.ts';
import { cells } from './piece-runs.ts';
import { useCanvas } from './use-canvas.ts';

const CELL = 10;
const GAP = 2;
/** More rows would push everything else off the page; each cell then stands for several pieces. */
const MAX_ROWS = 12;

export function PieceMap({ pieceSources }: { readonly pieceSources: Uint8Array }): JSX.Element {
  const total = pieceSources.length;
  const layout = (width: number): { columns: number; cells: number; rows: number } => {
    const columns = Math.max(1, Math.floor((width + GAP) / (CELL + GAP)));
    const used = Math.min(total, columns * MAX_ROWS);
    return { columns, cells: used, rows: Math.ceil(used / columns) };
  };
  const canvas = useCanvas((painter, width) => {
    const { columns, cells: used } = layout(Math.round(width / painter.scale));
    const step = (CELL + GAP) * painter.scale;
    const side = Math.round(CELL * painter.scale);
    const sources = cells(pieceSources, used);
    for (let at = 0; at < used; at += 1) {
      painter.fill(sources[at] ?? 0, Math.round((at % columns) * step), Math.round(Math.floor(at / columns) * step), side, side);
    }
  }, (width) => layout(width).rows * (CELL + GAP) - GAP);
  return <div class="map"><canvas ref={canvas} role="img" aria-label={`Map of ${count(total)} pieces`} /></div>;
}
