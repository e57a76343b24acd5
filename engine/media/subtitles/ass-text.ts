/** The text of an SSA/ASS line, with its override codes in braces. SubRip files use some of them too. */
import { settingsOfPlace } from './cue-markup.ts';
import type { TextRun, TextStyle } from './cue-markup.ts';

export interface AssText {
  readonly runs: readonly TextRun[];
  readonly settings: string;
}

export interface AssScript {
  /** The size that positions count in. */
  readonly width: number;
  readonly height: number;
}

/** Places of the old SSA numbering (`\a`), as keypad places. */
const OLD_PLACES: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 5: 7, 6: 8, 7: 9, 9: 4, 10: 5, 11: 6 };
const CODE = /\\(an?\d+|pos\([^)]*\)|p\d+|[ibu]\d+|r[^\\]*)/g;

export function readAssText(text: string, base: TextStyle, script: AssScript, basePlace = 2): AssText {
  const runs: TextRun[] = [];
  let style = base;
  let isDrawing = false;
  let place = basePlace;
  let position: string | null = null;
  for (const part of text.split(/(\{[^}]*\})/)) {
    if (part.startsWith('{') && part.endsWith('}')) {
      for (const [, code = ''] of part.matchAll(CODE)) {
        if (code.startsWith('an')) place = Number(code.slice(2));
        else if (code.startsWith('a')) place = OLD_PLACES[Number(code.slice(1))] ?? place;
        else if (code.startsWith('pos')) position = positionSettings(code, script);
        else if (code.startsWith('p')) isDrawing = code !== 'p0';
        else if (code.startsWith('r')) style = base;
        else style = switched(style, code);
      }
    } else if (part !== '' && !isDrawing) {
      runs.push({ ...style, text: part.replaceAll('\\N', '\n').replaceAll('\\n', ' ').replaceAll('\\h', '\u00a0') });
    }
  }
  return { runs, settings: position ?? settingsOfPlace(place) };
}

function switched(style: TextStyle, code: string): TextStyle {
  const isOn = code.slice(1) !== '0';
  if (code.startsWith('i')) return { ...style, italic: isOn };
  return code.startsWith('b') ? { ...style, bold: isOn } : { ...style, underline: isOn };
}

function positionSettings(code: string, { width, height }: AssScript): string | null {
  const [x, y] = code.slice('pos('.length, -1).split(',').map(Number);
  if (x === undefined || y === undefined || !Number.isFinite(x) || !Number.isFinite(y) || width <= 0 || height <= 0) return null;
  return `line:${percent(y, height)} position:${percent(x, width)}`;
}

function percent(value: number, whole: number): string {
  return `${Math.min(100, Math.max(0, Math.round((value / whole) * 100)))}%`;
}
