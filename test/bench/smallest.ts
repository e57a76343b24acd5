/**
 * Every bench at its smallest size, so that none can rot: it runs to its end, and its rows have figures. Times are not compared: on a
 * shared machine they prove nothing. Some test files share them, as each has four minutes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { test, type Test } from 'tap';
import type { Report } from './report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Several times what the slowest needs on a machine that does nothing else. */
const LIMIT_MS = 120_000;
/** To close what it opened, browsers first of all. */
const STOP_LIMIT_MS = 5_000;
const SUFFIX = '.bench.ts';

/** All others are of the node. */
const GROUPS = { 'between clients': ['channel', 'open', 'swarm', 'switch', 'watch'], growth: ['growth'] } as const;

export async function testBenches(group: keyof typeof GROUPS | 'of the node'): Promise<void> {
  const grouped: readonly string[] = Object.values(GROUPS).flat();
  const isChosen = (name: string): boolean => (group === 'of the node' ? !grouped.includes(name) : (GROUPS[group] as readonly string[]).includes(name));
  const names = (await readdir(import.meta.dirname)).filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));
  const chosen = names.filter(isChosen);
  void test('each bench runs to its end at its smallest size, and has figures', { timeout: LIMIT_MS * chosen.length }, async (t) => {
    for (const name of chosen.toSorted()) await t.test(name, { timeout: LIMIT_MS + 2 * STOP_LIMIT_MS }, (one) => testBench(one, name));
  });
}

async function testBench(t: Test, name: string): Promise<void> {
  const { ended, stdout, stderr } = await runBench(t, name);
  if (!t.equal(ended, '0', 'ends with 0', { bench: name, printed: stdout.slice(-2_000), stderr })) return;
  const { benches } = JSON.parse(stdout) as Report;
  const rows = benches[name]?.rows ?? [];
  t.ok(rows.length > 0, 'has rows', { stderr });
  for (const { figure, ours, rival } of rows) {
    t.ok(Number.isFinite(ours.median) && ours.count > 0, figure, { ours });
    if (rival !== null) t.ok(Number.isFinite(rival.spread.median) && rival.spread.count > 0, `${figure}, beside ${rival.name}`, { rival });
  }
}

interface Ended {
  /** Its exit code, or the signal that ended it. */
  readonly ended: string;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * As people run it: tap's hooks, which come by NODE_OPTIONS, slow down what is started and break the compiler. A group of processes,
 * so that what a bench started ends with it when it has to be stopped.
 */
async function runBench(t: Test, name: string): Promise<Ended> {
  const child = spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, 'scripts/bench.ts', name, '--smallest', '--json'], {
    cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const signal = (given: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, given);
    } catch {
      // Nothing of it is left.
    }
  };
  t.teardown(() => signal('SIGKILL'));
  const limits = [setTimeout(() => signal('SIGTERM'), LIMIT_MS), setTimeout(() => signal('SIGKILL'), LIMIT_MS + STOP_LIMIT_MS)];
  try {
    const [stdout, stderr, [code, by]] = await Promise.all([text(child.stdout), text(child.stderr), exited]) as [string, string, [number | null, string | null]];
    return { ended: String(by ?? code), stdout, stderr };
  } finally {
    for (const limit of limits) clearTimeout(limit);
  }
}
