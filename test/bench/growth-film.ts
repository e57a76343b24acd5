/** A film of a given size, quickly: a short one, over and over. No two of its pieces are alike, and its index is that of its whole length. */
import { execFile } from 'node:child_process';
import { mkdir, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { film, type FilmOptions } from '../fixtures/films.ts';

/** What else the bench writes, and what a disk needs to stay quick. */
const SPARE_BYTES = 8e9;
/** Twenty gigabytes at thirty megabytes a second. */
const LIMIT_MS = 660_000;

export interface RepeatedFilm {
  readonly once: FilmOptions;
  readonly times: number;
}

/** As a recorder writes it, with its index at the end. */
export async function writeFilm(path: string, { once, times }: RepeatedFilm): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const wantedBytes = once.seconds * once.mbps * 125_000 * times;
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize < wantedBytes + SPARE_BYTES) {
    throw new Error(`${dirname(path)} has ${Math.round(bavail * bsize / 1e9)} GB free; ${Math.round((wantedBytes + SPARE_BYTES) / 1e9)} are needed. Set TMPDIR to a larger disk.`);
  }
  await promisify(execFile)('ffmpeg', ['-nostdin', '-y', '-v', 'error', '-stream_loop', String(times - 1), '-i', await film(once), '-c', 'copy', path], { timeout: LIMIT_MS });
}
