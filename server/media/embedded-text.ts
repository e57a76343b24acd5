/** Subtitles found inside a video, as a document in the format they were written in; what converts uploads converts these too. */

export interface EmbeddedText {
  /** As the file says. */
  readonly language: string | null;
  readonly label: string | null;
  readonly format: 'srt' | 'vtt' | 'ass';
  readonly document: string;
}

/** Thousands of tracks are a broken file. */
export const MAX_TEXT_TRACKS = 32;
/** What is longer is not kept anyway. */
const MAX_DOCUMENT_CHARS = 8 * 1024 * 1024;

/** A document that grows, up to a bound. */
export class TextDocument {
  readonly #format: EmbeddedText['format'];
  readonly #parts: string[];
  #chars: number;
  #cues = 0;

  constructor(format: EmbeddedText['format'], head = format === 'vtt' ? 'WEBVTT\n\n' : '') {
    this.#format = format;
    this.#parts = [head];
    this.#chars = head.length;
  }

  /** `text` is as the format writes it, for ASS the whole `Dialogue` line but its times. */
  add(startMs: number, endMs: number, text: string): void {
    if (text.trim() === '' || this.#chars > MAX_DOCUMENT_CHARS) return;
    this.#cues += 1;
    const part = this.#format === 'ass'
      ? text.replace('{START}', assTime(startMs)).replace('{END}', assTime(endMs))
      // A blank line would end the cue.
      : `${this.#cues}\n${time(startMs, this.#format)} --> ${time(endMs, this.#format)}\n${text.replace(/\r\n?/gu, '\n').replace(/\n(?:[ \t]*\n)+/gu, '\n').trim()}\n\n`;
    this.#parts.push(part);
    this.#chars += part.length;
  }

  /** undefined when it has no cue, or was too long. */
  finish(): string | undefined {
    return this.#cues === 0 || this.#chars > MAX_DOCUMENT_CHARS ? undefined : this.#parts.join('');
  }
}

function time(ms: number, format: 'srt' | 'vtt'): string {
  const whole = Math.max(0, Math.round(ms));
  const [hours, minutes, seconds] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60, Math.floor(whole / 1000) % 60];
  return `${two(hours)}:${two(minutes)}:${two(seconds)}${format === 'srt' ? ',' : '.'}${String(whole % 1000).padStart(3, '0')}`;
}

/** Hundredths of a second. */
function assTime(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 10));
  return `${Math.floor(whole / 360_000)}:${two(Math.floor(whole / 6000) % 60)}:${two(Math.floor(whole / 100) % 60)}.${two(whole % 100)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
