/** Subtitle files dropped on the picture: held until the reader has said which language they are in. */
import { signal } from '@preact/signals';

const SUBTITLES = /\.(srt|vtt|ass|ssa)$/i;

export const droppedSubtitles = signal<File | null>(null);

export function isSubtitlesFile(file: File): boolean {
  return SUBTITLES.test(file.name);
}

/** `de` from `Film.de.srt`; empty when the name does not say. */
export function languageFromName(name: string): string {
  return /[._-]([a-z]{2,3}(?:-[A-Za-z]{2,4})?)(?:[._-](?:forced|sdh|cc))?\.[a-z]+$/.exec(name)?.[1] ?? '';
}
