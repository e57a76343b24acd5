/** One line of a terminal: a bar filled in the colour of whoever gave each piece, then speed, time left and bytes by source. */
import { PIECE_SOURCES, type BytesFrom, type DownloadFigures, type PieceSource } from '../../engine/index.ts';
import { formatBytes, formatDuration, formatMbps } from './format.ts';
import { stateWord } from './sentences.ts';

/** The product's source colours on 256-colour terminals, with a letter for those who see none. */
const SOURCE_STYLE: Record<PieceSource, { readonly colour: number; readonly mark: string }> = {
  none: { colour: 240, mark: '·' },
  cdn: { colour: 33, mark: 'C' },
  peer: { colour: 214, mark: 'V' },
  seeder: { colour: 71, mark: 'S' },
  stored: { colour: 245, mark: '=' },
};

const RESET = '\u001b[0m';

/** `columns` cells, each showing the source of most of its pieces. */
export function sourceBar(pieceSources: Uint8Array, columns: number, colour: boolean): string {
  let bar = '';
  let drawnColour = -1;
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * pieceSources.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * pieceSources.length) / columns));
    const source = mostFrequent(pieceSources.subarray(from, to));
    const style = SOURCE_STYLE[source];
    if (colour && style.colour !== drawnColour) bar += `\u001b[38;5;${style.colour}m`;
    drawnColour = style.colour;
    bar += colour ? (source === 'none' ? '░' : '█') : style.mark;
  }
  return colour ? bar + RESET : bar;
}

function mostFrequent(cells: Uint8Array): PieceSource {
  const counts = PIECE_SOURCES.map(() => 0);
  for (const cell of cells) counts[cell] = (counts[cell] ?? 0) + 1;
  return PIECE_SOURCES[counts.indexOf(Math.max(...counts))] ?? 'none';
}

export function bytesBySource(bytes: BytesFrom, colour: boolean): string {
  const parts: [PieceSource, string, number][] = [['cdn', 'CDN', bytes.cdn], ['peer', 'viewers', bytes.peers], ['seeder', 'seeder', bytes.seeder]];
  return parts.map(([source, label, value]) =>
    `${colour ? `\u001b[38;5;${SOURCE_STYLE[source].colour}m${label}${RESET}` : label} ${formatBytes(value)}`).join('  ');
}

/** The whole line, cut to the terminal's width by giving the bar what is left. */
export function progressLine(figures: DownloadFigures, terminal: { readonly columns: number; readonly colour: boolean }): string {
  const share = figures.sizeBytes === 0 ? 0 : Math.floor((figures.bytesHeld / figures.sizeBytes) * 100);
  const left = figures.remainingMs === null ? '--:--' : formatDuration(figures.remainingMs);
  const before = `${String(share).padStart(3)}% `;
  const after = (colour: boolean): string =>
    ` ${formatMbps(figures.receiveMbps).padStart(9)}  ${left.padStart(5)} left  ${bytesBySource(figures.bytesFrom, colour)}  ${stateWord(figures)}`;
  const columns = Math.max(10, Math.min(40, terminal.columns - before.length - after(false).length - 1));
  return before + sourceBar(figures.pieceSources, columns, terminal.colour) + after(terminal.colour);
}
