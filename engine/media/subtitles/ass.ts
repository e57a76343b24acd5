/** SSA and ASS (Advanced SubStation Alpha) subtitles: dialogue lines with times, styles reduced to slanted, bold and place. */
import { readAssText } from './ass-text.ts';
import type { AssScript } from './ass-text.ts';
import { PLAIN, writeRuns } from './cue-markup.ts';
import type { TextStyle } from './cue-markup.ts';
import { parseTimeMs } from './cue-time.ts';
import type { WrittenCue } from './webvtt-writer.ts';

/** What a script counts in when it does not say. */
const USUAL_SCRIPT: AssScript = { width: 384, height: 288 };
const USUAL_PLACE = 2;

interface AssStyle extends TextStyle {
  readonly place: number;
}

export function isAss(text: string): boolean {
  return /^\s*\[(script info|v4\+? styles|events)\]/im.test(text);
}

export function readAss(text: string): WrittenCue[] {
  const styles = new Map<string, AssStyle>();
  const cues: WrittenCue[] = [];
  let section = '';
  let format: string[] = [];
  const script = { ...USUAL_SCRIPT };
  for (const line of text.split('\n')) {
    const heading = /^\s*\[(.+)\]\s*$/.exec(line)?.[1];
    if (heading !== undefined) {
      section = heading.toLowerCase();
      format = [];
      continue;
    }
    const [, key = '', value = ''] = /^\s*([A-Za-z]+)\s*:\s*(.*)$/.exec(line) ?? [];
    if (key === 'PlayResX') script.width = Number(value);
    else if (key === 'PlayResY') script.height = Number(value);
    else if (key === 'Format') format = value.split(',').map((field) => field.trim().toLowerCase());
    else if (key === 'Style') addStyle(styles, fieldsOf(value, format), section.includes('+'));
    else if (key === 'Dialogue') {
      const cue = readDialogue(fieldsOf(value, format), styles, script);
      if (cue !== null) cues.push(cue);
    }
  }
  return cues;
}

/** The last field takes the rest: it is text, and may hold commas. */
function fieldsOf(value: string, format: readonly string[]): Map<string, string> {
  const parts = value.split(',');
  return new Map(format.map((field, index) => [field, (index === format.length - 1 ? parts.slice(index).join(',') : parts[index] ?? '').trim()]));
}

function addStyle(styles: Map<string, AssStyle>, fields: ReadonlyMap<string, string>, isNew: boolean): void {
  const isOn = (field: string): boolean => Number(fields.get(field) ?? 0) !== 0;
  const alignment = Number(fields.get('alignment') ?? USUAL_PLACE);
  // SSA version 4 counts places otherwise: 1 to 3 at the bottom, 5 to 7 at the top, 9 to 11 in the middle.
  const place = isNew ? alignment : alignment >= 9 ? alignment - 5 : alignment >= 5 ? alignment + 2 : alignment;
  styles.set(fields.get('name') ?? '', { italic: isOn('italic'), bold: isOn('bold'), underline: isOn('underline'), place });
}

function readDialogue(fields: ReadonlyMap<string, string>, styles: ReadonlyMap<string, AssStyle>, script: AssScript): WrittenCue | null {
  const startMs = parseTimeMs(fields.get('start') ?? '');
  const endMs = parseTimeMs(fields.get('end') ?? '');
  if (startMs === null || endMs === null) return null;
  const style = styles.get((fields.get('style') ?? '').replace(/^\*/, '')) ?? { ...PLAIN, place: USUAL_PLACE };
  const { place, ...look } = style;
  const { runs, settings } = readAssText(fields.get('text') ?? '', look, script, place);
  return { startMs, endMs, text: writeRuns(runs), settings };
}
