/** Subtitle files of all sorts as WebVTT, which is what browsers show. Pure. */
import { readAssText } from './ass-text.ts';
import { isAss, readAss } from './ass.ts';
import { PLAIN, writeRuns } from './cue-markup.ts';
import { isSrt, readSrt, srtText } from './srt.ts';
import { decodeText } from './text-encoding.ts';
import { writeWebVtt } from './webvtt-writer.ts';
import { MediaError } from '../media-error.ts';

/** Subtitles of the longest films are a few hundred kilobytes. */
const MAX_SUBTITLE_BYTES = 16 * 1024 * 1024;

/** What is known of a text besides its bytes. */
export interface SubtitleHint {
  readonly fileName?: string;
  readonly mediaType?: string;
}

/** A cue as it was found inside a video. */
export interface ExtractedCue {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/** From WebVTT, SubRip, SSA or ASS, in UTF-8, UTF-16 or Windows-1252. Throws MediaError `unreadable`, with what it is instead. */
export function toWebVtt(bytes: Uint8Array, hint: SubtitleHint = {}): string {
  const called = hint.fileName ?? 'This file';
  if (bytes.length > MAX_SUBTITLE_BYTES) throw new MediaError('unreadable', `${called} is too large for subtitles.`);
  const text = decodeText(bytes);
  if (/^WEBVTT(?:[ \t\n]|$)/.test(text)) return cleanWebVtt(text);
  if (isAss(text)) return written(writeWebVtt(readAss(text)), called);
  if (isSrt(text)) return written(writeWebVtt(readSrt(text)), called);
  throw new MediaError('unreadable', `${called} ${otherWords(text, hint)}`);
}

/** Cues found inside a video: `ass` with override codes in braces, else with the tags of SubRip or none. */
export function cuesToWebVtt(cues: readonly ExtractedCue[], format: 'srt' | 'ass' = 'srt'): string {
  return writeWebVtt(cues.map(({ startMs, endMs, text }) => {
    const lines = text.replace(/\r\n?/g, '\n');
    if (format === 'srt') return { startMs, endMs, ...srtText(lines) };
    const { runs, settings } = readAssText(lines, PLAIN, { width: 0, height: 0 });
    return { startMs, endMs, text: writeRuns(runs), settings };
  }));
}

/** What browsers are strict about: a dot before the fraction, and an empty line after the first. */
function cleanWebVtt(text: string): string {
  const lines = text.split('\n').map((line) => (line.includes('-->') ? line.replace(/(\d{2}),(\d{3})/g, '$1.$2') : line));
  if (lines[1]?.includes('-->') === true) lines.splice(1, 0, '');
  return `${lines.join('\n').trimEnd()}\n`;
}

function written(webVtt: string, called: string): string {
  if (!webVtt.includes('-->')) throw new MediaError('unreadable', `${called} has no lines with times that could be shown.`);
  return webVtt;
}

function otherWords(text: string, { fileName = '', mediaType = '' }: SubtitleHint): string {
  if (text.startsWith('# VobSub') || /\.(idx|sup)$/i.test(fileName) || text.startsWith('PG')) return 'holds subtitles as pictures, which cannot be turned into text.';
  if (/^\{\d+\}\{\d*\}/.test(text)) return 'is in MicroDVD format, which counts frames, not seconds. Convert it to SubRip (.srt) first.';
  if (/<tt[\s>:]/.test(text.slice(0, 2000)) || mediaType.includes('ttml')) return 'is in TTML format. Convert it to WebVTT (.vtt) or SubRip (.srt) first.';
  return 'holds no subtitles that can be read: WebVTT (.vtt), SubRip (.srt) and SubStation Alpha (.ssa, .ass) can.';
}
