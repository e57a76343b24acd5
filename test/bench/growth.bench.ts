/**
 * `npm run bench -- growth`: how time, memory and the node's bytes grow with the size of a file, with the number of videos, and with
 * the number of viewers. At its full size it needs 30 GB of disk for a while, in the folder for temporary files.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLibrary } from '../../scripts/build-library.ts';
import type { Closing } from '../fixtures/browser.ts';
import { type Bench, type BenchOptions, type BenchRow, withClosing } from './bench.ts';
import { growthWithFiles } from './growth-files.ts';
import { growthWithLibrary } from './growth-library.ts';
import { growthWithViewers } from './growth-viewers.ts';

const MIB = 1024 * 1024;

/** 20 MB, of few pixels: without a graphics card each costs the processor. */
const LARGE = { seconds: 8, height: 360, mbps: 18, index: 'end' } as const;
const SMALL = { seconds: 10, height: 360, mbps: 2, index: 'end' } as const;

const SIZES = {
  full: {
    files: { films: [1, 10, 100, 1_000].map((times) => ({ once: LARGE, times })), fetchBytes: 1024 * MIB, playSeconds: 2, seekTo: [0.7, 0.2, 0.6, 0.4] },
    library: { videos: [10, 1_000, 10_000, 50_000], starts: 5, lists: 15, settleMs: 10_000 },
    viewers: { crowds: [10, 100, 1_000, 10_000], slow: [10, 100, 1_000], fileBytes: 256 * MIB, settleMs: 5_000 },
  },
  smallest: {
    files: { films: [1, 3].map((times) => ({ once: SMALL, times })), fetchBytes: 4 * MIB, playSeconds: 1, seekTo: [0.7] },
    library: { videos: [10, 100], starts: 1, lists: 1, settleMs: 0 },
    viewers: { crowds: [4, 12], slow: [2, 10], fileBytes: 8 * MIB, settleMs: 0 },
  },
} as const;

export const bench: Bench = {
  what: 'how time, memory and what the node sends grow with the size of a file, the number of videos and the number of viewers',
  run: (options) => withClosing((t) => run(t, options)),
};

async function run(t: Closing, { size, log }: BenchOptions): Promise<BenchRow[]> {
  const { files, library, viewers } = SIZES[size];
  await buildLibrary();
  const scratch = await mkdtemp(join(tmpdir(), 'switch-bench-'));
  t.teardown(() => rm(scratch, { recursive: true, force: true }));
  return [
    ...await growthWithViewers(t, scratch, { ...viewers, log }),
    ...await growthWithLibrary(t, scratch, { ...library, log }),
    ...await growthWithFiles(t, scratch, { ...files, log }),
  ];
}
