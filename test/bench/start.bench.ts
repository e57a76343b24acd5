/**
 * `npm run bench -- start`: how soon a node is ready, what it costs at rest, what the page weighs, and a list of 10,000 videos. The node
 * is what the image has, bundled and compiled ahead, and is ready when it says so at /readyz.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchProfile, type Closing } from '../fixtures/browser.ts';
import { alone, alternate, type Bench, beside, type BenchOptions, type BenchRow, withClosing } from './bench.ts';
import { listTimes, PAGE_ITEMS, writeLibrary } from './large-library.ts';
import { startNode } from './node-process.ts';
import { START_TARGETS } from './targets.ts';

const SIZES = {
  full: { starts: 9, videos: 10_000, settleMs: 10_000, lists: 15 },
  smallest: { starts: 1, videos: 250, settleMs: 0, lists: 1 },
} as const;

const MIB = 1024 * 1024;

export const bench: Bench = {
  what: 'cold start, memory at rest, weight of the page, and the list of a large library',
  run: (options) => withClosing((t) => run(t, options)),
};

async function run(t: Closing, { size, log }: BenchOptions): Promise<BenchRow[]> {
  const { starts, videos, settleMs, lists } = SIZES[size];
  const scratch = await mkdtemp(join(tmpdir(), 'switch-bench-'));
  t.teardown(() => rm(scratch, { recursive: true, force: true }));
  const empty = ['--data-dir', join(scratch, 'empty')];
  const full = ['--data-dir', join(scratch, 'full')];
  log(`a library of ${videos} videos`);
  await writeLibrary(join(scratch, 'full'), videos);

  const readyMs = (flags: readonly string[]) => async (): Promise<number> => {
    const node = await startNode(t, flags);
    await node.stop();
    return node.readyMs;
  };
  log('starts');
  const ready = await alternate(starts, { empty: readyMs(empty), full: readyMs(full) });

  const idle = await startNode(t, empty);
  const node = await startNode(t, full);
  log('the page, and the list');
  const pageBytes = await pageWeight(t, idle.url);
  const { first, last } = await listTimes(node, videos, lists);
  await new Promise((resolve) => { setTimeout(resolve, settleMs); });
  const idleBytes = [await idle.memoryBytes()];
  const fullBytes = [await node.memoryBytes()];

  return [
    alone('start to ready, empty library', 'ms', ready.empty, START_TARGETS.ready),
    alone(`start to ready, ${videos} videos`, 'ms', ready.full, START_TARGETS.ready),
    alone('memory at rest, empty library', 'MiB', idleBytes.map((bytes) => bytes / MIB), START_TARGETS.idleMemory),
    alone(`memory at rest, ${videos} videos, after lists of it`, 'MiB', fullBytes.map((bytes) => bytes / MIB), START_TARGETS.idleMemory),
    alone('list page, compressed', 'kB', [pageBytes / 1000], START_TARGETS.listPage),
    beside(`page ${Math.ceil(videos / PAGE_ITEMS)} of the list`, 'ms', last, 'page 1', first, START_TARGETS.lastPage),
  ];
}

/** What crosses the wire until the list stands there: the page, its scripts and styles as they are sent, without the list's own answers. */
async function pageWeight(t: Closing, url: string): Promise<number> {
  const { page } = await launchProfile(t);
  await page.goto(`${url}/`, { waitUntil: 'networkidle' });
  const bytes = await page.evaluate(() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, entry) => sum + (entry instanceof PerformanceResourceTiming && !new URL(entry.name).pathname.startsWith('/api/') ? entry.encodedBodySize : 0), 0));
  await page.context().close();
  return bytes;
}
