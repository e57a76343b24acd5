/** SubRip subtitles, and what goes by that name: tags and braces of other formats, missing numbers, missing hours. */
import { readAssText } from './ass-text.ts';
import { PLAIN, writeRuns } from './cue-markup.ts';
import type { TextRun } from './cue-markup.ts';
import { parseTimeMs } from './cue-time.ts';
import type { WrittenCue } from './webvtt-writer.ts';

const TIMING = /^\s*(?<start>[\d:.,]+)\s*-{1,2}>\s*(?<end>[\d:.,]+)/;
const TAG = /(<\/?(?:i|b|u|font|s|em|strong)(?:\s[^<>]*)?>)/i;
/** Positions in pixels of a picture whose size nobody says: only places are used. */
const NO_SIZE = { width: 0, height: 0 };

export function isSrt(text: string): boolean {
  return text.split('\n').some((line) => TIMING.test(line));
}

export function readSrt(text: string): WrittenCue[] {
  const cues: WrittenCue[] = [];
  const lines = text.split('\n');
  const starts = lines.flatMap((line, index) => (TIMING.test(line) ? [index] : []));
  for (const [order, at] of starts.entries()) {
    const { start = '', end = '' } = TIMING.exec(lines[at] ?? '')?.groups ?? {};
    const startMs = parseTimeMs(start);
    const endMs = parseTimeMs(end);
    const body = lines.slice(at + 1, starts[order + 1] ?? lines.length);
    if (order < starts.length - 1) dropNumber(body);
    if (startMs !== null && endMs !== null) cues.push({ startMs, endMs, ...srtText(body.join('\n')) });
  }
  return cues;
}

/** The words of one SubRip cue as WebVTT. */
export function srtText(text: string): { readonly text: string; readonly settings: string } {
  const { runs, settings } = readAssText(text, PLAIN, NO_SIZE);
  return { text: writeRuns(taggedRuns(runs.map((run) => run.text).join(''))), settings };
}

/** The number of the cue that follows. */
function dropNumber(body: string[]): void {
  while (body.at(-1)?.trim() === '') body.pop();
  if (/^\s*\d+\s*$/.test(body.at(-1) ?? '')) body.pop();
}

function taggedRuns(text: string): TextRun[] {
  const runs: TextRun[] = [];
  let style = PLAIN;
  for (const part of text.split(TAG)) {
    if (!TAG.test(part)) {
      runs.push({ ...style, text: part });
      continue;
    }
    const isOn = !part.startsWith('</');
    const name = /[a-z]+/i.exec(part)?.[0].toLowerCase() ?? '';
    if (name === 'i' || name === 'em') style = { ...style, italic: isOn };
    if (name === 'b' || name === 'strong') style = { ...style, bold: isOn };
    if (name === 'u') style = { ...style, underline: isOn };
  }
  return runs;
}
