/** Writes WebVTT (W3C WebVTT: The Web Video Text Tracks Format). */
import { writeTime } from './cue-time.ts';

/** `text` is WebVTT cue text already: escaped, with tags, without empty lines. */
export interface WrittenCue {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  readonly settings: string;
}

/** In the order of their starts, as the format asks; what shows nothing, or for no time, is left out. */
export function writeWebVtt(cues: readonly WrittenCue[]): string {
  const shown = cues.filter(({ startMs, endMs, text }) => endMs > startMs && text !== '').toSorted((one, other) => one.startMs - other.startMs || one.endMs - other.endMs);
  const blocks = shown.map(({ startMs, endMs, text, settings }) => `${writeTime(startMs)} --> ${writeTime(endMs)}${settings === '' ? '' : ` ${settings}`}\n${text}\n`);
  // Layers of one line (an outline below the letters) come as cues that say the same at the same time.
  return `WEBVTT\n\n${blocks.filter((block, index) => block !== blocks[index - 1]).join('\n')}`;
}
