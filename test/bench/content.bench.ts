/** `npm run bench -- content`: ranges and whole files from the filesystem store, against nginx with sendfile and @fastify/static. */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Closing } from '../fixtures/browser.ts';
import { putVideo } from '../fixtures/library.ts';
import { alternate, type Bench, beside, type BenchOptions, type BenchRow, withClosing } from './bench.ts';
import { startSendfile, startStatic } from './content-servers.ts';
import { startNode } from './node-process.ts';
import { attachSlowReaders } from './slow-readers.ts';
import { CONTENT_TARGETS } from './targets.ts';
import { megabytesPerSecond } from './wrk.ts';

const SIZES = {
  full: { fileMib: 512, hotMib: 32, seconds: 3, rounds: 5, slowReaders: 1_000, connections: [1, 32] },
  smallest: { fileMib: 8, hotMib: 4, seconds: 1, rounds: 1, slowReaders: 10, connections: [2] },
} as const;

const MIB = 1024 * 1024;
const ADMIN_TOKEN = 'admin-token-of-the-bench';

export const bench: Bench = {
  what: 'ranges of 1 MiB and whole files over HTTP, against nginx with sendfile and @fastify/static on the same file',
  run: (options) => withClosing((t) => run(t, options)),
};

async function run(t: Closing, { size, log }: BenchOptions): Promise<BenchRow[]> {
  const { fileMib, hotMib, seconds, rounds, slowReaders } = SIZES[size];
  const scratch = await mkdtemp(join(tmpdir(), 'switch-bench-'));
  t.teardown(() => rm(scratch, { recursive: true, force: true }));
  const folder = join(scratch, 'files');
  await mkdir(folder);
  await writeRandom(join(folder, 'content'), fileMib);
  const node = await startNode(t, [
    '--data-dir', join(scratch, 'data'), '--no-seeder', '--reserve-free-bytes', '0', '--cdn-max-streams', '4096', '--cdn-idle-timeout-ms', '600000',
  ], { SWITCH_ADMIN_TOKEN: ADMIN_TOKEN });
  const { contentId } = await putVideo({ url: node.url, adminToken: ADMIN_TOKEN }, 'content.mp4', await readFile(join(folder, 'content')));
  const urls = {
    ours: `${node.url}/videos/${contentId}/content`,
    nginx: `${await startSendfile(t, folder, scratch)}/content`,
    static: `${await startStatic(t, folder)}/content`,
  };

  const rows: BenchRow[] = [];
  const compare = async (name: string, load: { readonly connections: number; readonly rangesOfMib: number | undefined }, isHot = false): Promise<void> => {
    log(name);
    const by = (url: string) => (): Promise<number> => megabytesPerSecond({ url, seconds, ...load }, scratch);
    const rates = await alternate(rounds, { ours: by(urls.ours), nginx: by(urls.nginx), static: by(urls.static) });
    rows.push(
      beside(name, 'MB/s', rates.ours, 'nginx', rates.nginx, isHot ? CONTENT_TARGETS.hotBesideNginx : CONTENT_TARGETS.rangesBesideNginx),
      beside(name, 'MB/s', rates.ours, '@fastify/static', rates.static, CONTENT_TARGETS.rangesBesideStatic),
    );
  };
  for (const connections of SIZES[size].connections) {
    await compare(`random ranges, ${connections} connections`, { connections, rangesOfMib: fileMib });
    await compare(`hot ranges, ${connections} connections`, { connections, rangesOfMib: hotMib }, true);
    await compare(`whole files, ${connections} connections`, { connections, rangesOfMib: undefined });
  }

  log(`${slowReaders} slow readers`);
  const fast = (): Promise<number> => megabytesPerSecond({ url: urls.ours, seconds, connections: 1, rangesOfMib: fileMib }, scratch);
  const attached = async (): Promise<number> => {
    const detach = await attachSlowReaders(urls.ours, slowReaders);
    try {
      return await fast();
    } finally {
      detach();
    }
  };
  const rates = await alternate(rounds, { attached, none: fast });
  rows.push(beside(`random ranges, 1 connection, ${slowReaders} slow readers attached`, 'MB/s', rates.attached, 'none attached', rates.none, CONTENT_TARGETS.slowReaders));
  return rows;
}

async function writeRandom(path: string, mib: number): Promise<void> {
  const file = createWriteStream(path);
  for (let written = 0; written < mib; written += 1) if (!file.write(randomBytes(MIB))) await once(file, 'drain');
  file.end();
  await once(file, 'close');
}
