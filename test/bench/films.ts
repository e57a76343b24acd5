/** Films as people have them, made with ffmpeg once and kept in the checkout's `.cache`. */
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from '../fixtures/media-files.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '.cache', 'films-v1');

export interface FilmOptions {
  readonly seconds: number;
  readonly height: 360 | 1080;
  readonly mbps: number;
  /** Where MP4's index is: recorders write it at the end. */
  readonly index: 'front' | 'end';
}

/** The path of an H.264 and AAC film with a key frame every ten seconds at most, as x264 has it by default. */
export async function film({ seconds, height, mbps, index }: FilmOptions): Promise<string> {
  const path = join(FOLDER, `${height}p-${mbps}mbps-${seconds}s-${index}.mp4`);
  try {
    await access(path);
    return path;
  } catch {
    await mkdir(FOLDER, { recursive: true });
  }
  const partial = join(FOLDER, `partial-${process.pid}-${index}.mp4`);
  const width = height * 16 / 9;
  try {
    await runFfmpeg([
      '-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=25:duration=${seconds}`, '-f', 'lavfi', '-i', `sine=frequency=330:duration=${seconds}`,
      // Noise, so that the rate is what was asked for.
      '-vf', 'noise=alls=12:allf=t', '-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '250', '-b:v', `${mbps}M`, '-maxrate', `${mbps * 1.5}M`, '-bufsize', `${mbps * 2}M`,
      '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '128k', ...(index === 'front' ? ['-movflags', '+faststart'] : []), partial,
    ]);
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
  return path;
}
