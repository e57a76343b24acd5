/** How cost grows with the number of videos: start, memory at rest, and the list. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Closing } from '../fixtures/browser.ts';
import type { BenchRow } from './bench.ts';
import { rowsOf } from './growth-rows.ts';
import { listTimes, writeLibrary } from './large-library.ts';
import { startNode } from './node-process.ts';

const MIB = 1024 * 1024;

export interface LibraryTask {
  readonly videos: readonly number[];
  readonly starts: number;
  readonly lists: number;
  /** Until memory is at rest after a start. */
  readonly settleMs: number;
  readonly log: (line: string) => void;
}

interface Point {
  readonly at: number;
  readonly readyMs: readonly number[];
  readonly restMib: readonly number[];
  readonly first: readonly number[];
  readonly last: readonly number[];
}

export async function growthWithLibrary(t: Closing, scratch: string, { videos, log, ...task }: LibraryTask): Promise<BenchRow[]> {
  const points: Point[] = [];
  for (const count of videos) {
    log(`a library of ${count} videos`);
    points.push(await measure(t, join(scratch, `library-${count}`), count, task));
  }
  const line = (name: string, unit: string, pick: (point: Point) => readonly number[]): BenchRow[] =>
    rowsOf({ name, unit, along: 'videos in the library', points: points.map((point) => ({ at: point.at, samples: pick(point) })) });
  return [
    ...line('node, start to ready', 'ms', ({ readyMs }) => readyMs),
    ...line('node at rest: memory', 'MiB', ({ restMib }) => restMib),
    ...line('first page of the list', 'ms', ({ first }) => first),
    ...line('last page of the list', 'ms', ({ last }) => last),
  ];
}

async function measure(t: Closing, dataDir: string, at: number, { starts, lists, settleMs }: Omit<LibraryTask, 'videos' | 'log'>): Promise<Point> {
  await writeLibrary(dataDir, at);
  const readyMs: number[] = [];
  for (let start = 0; start < starts; start += 1) {
    const node = await startNode(t, ['--data-dir', dataDir]);
    readyMs.push(node.readyMs);
    await node.stop();
  }
  const node = await startNode(t, ['--data-dir', dataDir]);
  await delay(settleMs);
  const restMib = [await node.memoryBytes() / MIB];
  const { first, last } = await listTimes(node, at, lists);
  await node.stop();
  await rm(dataDir, { recursive: true, force: true });
  return { at, readyMs, restMib, first, last };
}
