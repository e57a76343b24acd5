import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { SETTING_NAMES } from '../../../config/names.ts';

const SERVER = fileURLToPath(new URL('../../../server', import.meta.url));

test('no setting is read and ignored', async (t) => {
  const files = (await readdir(SERVER, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const source = (await Promise.all(files.map((name) => readFile(join(SERVER, name), 'utf8')))).join('\n');
  for (const name of SETTING_NAMES) t.match(source, new RegExp(`\\bconfig\\.${name}\\b`), name);
});
