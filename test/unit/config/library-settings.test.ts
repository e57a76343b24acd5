import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { ConfigError } from '../../../config/config-error.ts';
import { configWith } from '../../../config/load.ts';

test('refuses a watched folder and a data directory that lie in one another, however they are named', async (t) => {
  const base = t.testdir();
  const films = join(base, 'films');
  await mkdir(join(films, 'inside'), { recursive: true });
  await symlink(films, join(base, 'link'));
  for (const [libraryDir, dataDir] of [
    [films, films], [films, join(films, 'data')], [films, join(films, 'not', 'there', 'yet')], [join(films, 'inside'), films],
    [join(base, 'link'), join(films, 'inside')], [films, join(base, 'link', 'data')], [`${films}/`, join(base, 'x', '..', 'films', 'data')],
  ] as const) {
    t.throws(() => configWith({ libraryDir, dataDir }), new ConfigError([
      `SWITCH_LIBRARY_DIR (${libraryDir}) and SWITCH_DATA_DIR (${dataDir}) lie in one another; give each a folder of its own, for what this node keeps for itself is no library.`,
    ]), `${libraryDir} ${dataDir}`);
  }
  for (const [libraryDir, dataDir] of [[films, join(base, 'data')], [films, `${films}-data`], [join(base, '..films'), base.replace(/.$/, 'x')]] as const) {
    t.equal(configWith({ libraryDir, dataDir }).libraryDir, libraryDir);
  }
});
