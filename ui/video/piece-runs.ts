/** Pieces summed up for drawing: cells of equal width, each with the source that gave most of it. Pure. */
import { PIECE_SOURCES } from '../../engine/index.ts';

export interface Run {
  /** In cells; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  /** Index into PIECE_SOURCES. */
  readonly source: number;
}

/** One source a cell. With fewer pieces than cells a piece spans several; with more, the majority of what is there wins. */
export function cells(pieceSources: Uint8Array, count: number): Uint8Array {
  const total = pieceSources.length;
  const result = new Uint8Array(count);
  const tally = new Uint32Array(PIECE_SOURCES.length);
  for (let cell = 0; cell < count; cell += 1) {
    const first = Math.floor((cell * total) / count);
    const end = Math.max(first + 1, Math.floor(((cell + 1) * total) / count));
    tally.fill(0);
    for (let piece = first; piece < end; piece += 1) tally[pieceSources[piece] ?? 0] = (tally[pieceSources[piece] ?? 0] ?? 0) + 1;
    result[cell] = majority(tally, end - first);
  }
  return result;
}

/** A cell is empty while most of it is; then it bears whoever gave the most. */
function majority(tally: Uint32Array, pieces: number): number {
  if ((tally[0] ?? 0) * 2 > pieces) return 0;
  let best = 0;
  for (let source = 1; source < tally.length; source += 1) {
    if ((tally[source] ?? 0) > (best === 0 ? 0 : tally[best] ?? 0)) best = source;
  }
  return best;
}

/** Neighbouring cells of one source, joined; empty ones are left out. */
export function runs(cellSources: Uint8Array): Run[] {
  const found: Run[] = [];
  let from = 0;
  for (let at = 1; at <= cellSources.length; at += 1) {
    if (at < cellSources.length && cellSources[at] === cellSources[from]) continue;
    const source = cellSources[from] ?? 0;
    if (source !== 0) found.push({ from, to: at, source });
    from = at;
  }
  return found;
}
