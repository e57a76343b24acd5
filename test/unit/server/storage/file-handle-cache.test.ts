import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { FileHandleCache } from '../../../../server/storage/file-handle-cache.ts';
import { readRange } from '../../../../server/storage/filesystem-reader.ts';
import { readAll } from '../../../fixtures/storage-samples.ts';

/** Descriptors of this process that are open on files in `folder`. */
async function openIn(folder: string): Promise<number> {
  const names = await readdir('/proc/self/fd');
  const targets = await Promise.all(names.map((name) => readlink(join('/proc/self/fd', name)).catch(() => '')));
  return targets.filter((target) => target.startsWith(folder)).length;
}

test('shares, bounds and closes descriptors', { skip: process.platform === 'linux' ? false : 'counts descriptors in /proc' }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'switch-handles-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const paths = Array.from({ length: 12 }, (_, index) => join(folder, `${index}`));
  for (const path of paths) await writeFile(path, path);
  const cache = new FileHandleCache({}, { maxIdle: 4 });
  const read = async (path: string): Promise<string> => String(await readAll(cache.lend(path, path, (handle) => readRange(handle, 0, path.length))));

  t.same(await Promise.all(Array.from({ length: 20 }, () => read(paths[0] ?? ''))), Array.from({ length: 20 }, () => paths[0]));
  t.equal(await openIn(folder), 1, 'one for twenty readers');
  for (const path of paths) t.equal(await read(path), path);
  t.equal(await openIn(folder), 4, 'the idle ones are bounded');

  const slow = cache.lend('slow', paths[3] ?? '', (handle) => readRange(handle, 0, 3));
  const first = await slow.next();
  t.equal(first.done, false);
  await cache.forget('slow');
  await rm(paths[3] ?? '');
  t.equal((await slow.next()).done, true, 'a reader of a forgotten file finishes');
  await cache.close();
  t.equal(await openIn(folder), 0, 'all are closed');
  await t.rejects(read(join(folder, 'missing')), { code: 'ENOENT' });
  await writeFile(join(folder, 'missing'), 'here');
  t.equal(String(await readAll(cache.lend('m', join(folder, 'missing'), (handle) => readRange(handle, 0, 4)))), 'here');
  await cache.close();
});
