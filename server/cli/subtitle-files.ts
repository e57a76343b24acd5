/** Files of subtitles on this machine: those to be sent, and those that lie beside a video. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { ApplianceError } from './appliance-client.ts';

/** What a node takes. */
const MAX_BYTES = 4 * 1024 * 1024;
const EXTENSIONS: ReadonlySet<string> = new Set(['.srt', '.vtt', '.ass', '.ssa']);

export interface SubtitleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Read before the video is sent, so that a wrong name is told at once. */
export async function readSubtitleFile(file: string): Promise<SubtitleFile> {
  const { size } = await stat(file);
  if (size > MAX_BYTES) throw new ApplianceError('too-large', 0, `${file} has ${size} bytes; a node takes subtitles of up to ${MAX_BYTES}.`);
  return { name: basename(file), bytes: await readFile(file) };
}

/** `film.srt` and `film.en.srt` lie beside `film.mp4`. */
export async function subtitlesBeside(video: string): Promise<string[]> {
  const path = resolve(video);
  const stem = basename(path, extname(path));
  const names = await readdir(dirname(path)).catch(() => []);
  return names.filter((name) => EXTENSIONS.has(extname(name).toLowerCase()) && name.startsWith(`${stem}.`)).toSorted();
}
