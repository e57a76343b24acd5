/** The videos of the screenshots: drawn by ffmpeg's own sources, as different as they are, with names as a home has them. */
import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 240_000;
const SIZE = '640x360';

interface Recipe {
  readonly name: string;
  /** A source of ffmpeg's lavfi, without size and duration. */
  readonly picture: string;
  readonly seconds: number;
  readonly codecs?: readonly string[];
}

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '96k'];
const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '600k', '-c:a', 'libopus'];
const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error', '-tag:v', 'hvc1', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];

const gradients = (seed: number, colours: readonly string[], type = 'linear'): string => (
  `gradients=type=${type}:seed=${seed}:n=${colours.length}:${colours.map((one, at) => `c${at}=${one}`).join(':')}:speed=0.02`
);

/** The newest is shown first. One has a name too long for its card, several are in other scripts, one no browser here plays. */
const LIBRARY: readonly Recipe[] = [
  { name: 'School play.mp4', picture: gradients(5, ['0xb3471d', '0xf2c14e', '0x3f1d38']), seconds: 62 },
  { name: 'Bicycle repair, part 1.mp4', picture: 'testsrc2=rate=25', seconds: 48 },
  { name: 'Model railway, the whole layout.mkv', picture: gradients(14, ['0x582f0e', '0xb6ad90', '0x414833', '0xede0d4'], 'circular'), seconds: 94 },
  { name: 'Night train.webm', picture: gradients(11, ['0x0b132b', '0x3a506b', '0x5bc0be', '0x0b132b']), seconds: 33, codecs: VP9 },
  { name: 'Everything from the blue camera, unsorted, please do not delete before the summer.mp4', picture: gradients(21, ['0x013a63', '0x2a6f97', '0xa9d6e5']), seconds: 71 },
  { name: 'Talk, what a CDN is for.mp4', picture: 'smptehdbars=rate=25', seconds: 120 },
  { name: 'Robot vacuum against cat.mp4', picture: gradients(9, ['0x9a8c98', '0x22223b', '0xf2e9e4'], 'radial'), seconds: 40 },
  { name: 'Прогулка по лесу.mkv', picture: gradients(8, ['0x1b4332', '0x52b788', '0xd8f3dc', '0x081c15']), seconds: 55 },
  { name: 'Drone over the reservoir.mp4', picture: gradients(33, ['0x264653', '0x2a9d8f', '0xe9c46a']), seconds: 26, codecs: HEVC },
  { name: 'Στη θάλασσα.mp4', picture: gradients(3, ['0x48cae4', '0x0077b6', '0xf4e9cd']), seconds: 84 },
  { name: 'Choir, spring concert.mkv', picture: gradients(27, ['0x6a040f', '0xf48c06', '0x370617', '0xffba08'], 'spiral'), seconds: 105 },
  { name: 'Allotment through the year.mp4', picture: gradients(17, ['0x606c38', '0xdda15e', '0xfefae0', '0x283618']), seconds: 78 },
];

/** Makes them in `folder`, and answers their paths, the oldest first. */
export async function makeLibrary(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const made: string[] = [];
  for (const [at, { name, picture, seconds, codecs }] of LIBRARY.entries()) {
    const path = join(folder, name);
    await ffmpeg([
      '-f', 'lavfi', '-i', `${picture}${picture.includes('=') ? ':' : '='}size=${SIZE}`, '-f', 'lavfi', '-i', `sine=frequency=${220 + 30 * at}`,
      '-t', String(seconds), ...(codecs ?? H264), path,
    ]);
    made.push(path);
  }
  return made;
}

/** One of a minute and a half at a steady rate, large enough to see where its pieces come from. */
export async function makeFilm(folder: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const name = 'The long way round the lake.mp4';
  const part = join(folder, 'part.mp4');
  const path = join(folder, name);
  await ffmpeg([
    '-f', 'lavfi', '-i', 'mandelbrot=size=1280x720:rate=24:start_scale=0.6:end_scale=0.02:maxiter=500', '-f', 'lavfi', '-i', 'sine=frequency=330', '-t', '16',
    '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '48', '-b:v', '10M', '-maxrate', '10M', '-bufsize', '10M', '-x264-params', 'nal-hrd=cbr', '-c:a', 'aac', part,
  ]);
  await ffmpeg(['-stream_loop', '5', '-i', part, '-c', 'copy', '-movflags', '+faststart', path]);
  return { name, bytes: await readFile(path) };
}

async function ffmpeg(args: readonly string[]): Promise<void> {
  await run('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...args], { timeout: TIMEOUT_MS });
}
