/** Every bench at its smallest size, so that none can rot. Times are not compared: on a shared machine they prove nothing. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'tap';
import type { BenchRow } from '../bench/bench.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIMIT_MS = 220_000;

void test('each bench runs to its end at its smallest size, and has figures', { timeout: LIMIT_MS }, async (t) => {
  const names = (await readdir(new URL('../bench', import.meta.url))).filter((file) => file.endsWith('.bench.ts')).map((file) => file.replace('.bench.ts', ''));
  t.ok(names.length > 0);
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/bench.ts', '--smallest', '--json'], { cwd: ROOT, timeout: LIMIT_MS });
  const { benches } = JSON.parse(stdout) as { readonly benches: Readonly<Record<string, readonly (BenchRow & { readonly ratio: number | null })[]>> };
  t.same(Object.keys(benches).toSorted(), names.toSorted());
  for (const [name, rows] of Object.entries(benches)) {
    t.ok(rows.length > 0, `${name} has rows`);
    for (const row of rows) {
      t.ok(Number.isFinite(row.ours.median) && row.ours.count > 0, `${name}: ${row.figure}`);
      if (row.rival !== null) t.ok(Number.isFinite(row.rival.spread.median) && row.rival.spread.count > 0, `${name}: ${row.figure}, beside ${row.rival.name}`);
    }
  }
});
