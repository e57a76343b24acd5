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
import { type FileServer, startSendfile, startStatic } from './content-servers.ts';
import { startNode } from './node-process.ts';
import { cpuSeconds } from './process-usage.ts';
import { attachSlowReaders } from './slow-readers.ts';
import { CONTENT_TARGETS } from './targets.ts';
import { loadBy } from './wrk.ts';

const SIZES = {
  full: { fileMib: 512, hotMib: 32, wholeMib: 32, seconds: 3, rounds: 5, slowReaders: 1_000, connections: [1, 32] },
  smallest: { fileMib: 8, hotMib: 4, wholeMib: 4, seconds: 1, rounds: 1, slowReaders: 10, connections: [2] },
} as const;

const MIB = 1024 * 1024;
const ADMIN_TOKEN = 'admin-token-of-the-bench';
/** Of the file that ranges are read of, and of the one that is read whole. */
const [RANGED, WHOLE] = ['ranged', 'whole'] as const;
type FileName = typeof RANGED | typeof WHOLE;

interface Server {
  readonly pid: number;
  readonly urls: Readonly<Record<FileName, string>>;
}

interface Served {
  readonly megabytesPerSecond: number;
  /** The server's own time; its client's is on the same machine, and lowers every rate alike. */
  readonly cpuMsPerGb: number;
}

export const bench: Bench = {
  what: 'ranges of 1 MiB and whole files over HTTP, against nginx with sendfile and @fastify/static on the same file',
  run: (options) => withClosing((t) => run(t, options)),
};

async function run(t: Closing, { size, log }: BenchOptions): Promise<BenchRow[]> {
  const { fileMib, hotMib, wholeMib, seconds, rounds, slowReaders } = SIZES[size];
  const scratch = await mkdtemp(join(tmpdir(), 'switch-bench-'));
  t.teardown(() => rm(scratch, { recursive: true, force: true }));
  const folder = join(scratch, 'files');
  await mkdir(folder);
  await writeRandom(join(folder, RANGED), fileMib);
  await writeRandom(join(folder, WHOLE), wholeMib);
  const servers = {
    ours: await startOurs(t, folder, scratch), nginx: filesOf(await startSendfile(t, folder, scratch)), static: filesOf(await startStatic(t, folder)),
  };
  const serve = async ({ pid, urls }: Server, file: FileName, load: { readonly connections: number; readonly rangesOfMib: number | undefined }): Promise<Served> => {
    const before = await cpuSeconds(pid);
    const { bytes, megabytesPerSecond } = await loadBy({ url: urls[file], seconds, ...load }, scratch);
    return { megabytesPerSecond, cpuMsPerGb: (1_000 * (await cpuSeconds(pid) - before)) / (bytes / 1e9) };
  };

  const rows: BenchRow[] = [];
  const compare = async (name: string, file: FileName, load: { readonly connections: number; readonly rangesOfMib: number | undefined }, isHot = false): Promise<void> => {
    log(name);
    const by = (server: Server) => (): Promise<Served> => serve(server, file, load);
    const served = await alternate(rounds, { ours: by(servers.ours), nginx: by(servers.nginx), static: by(servers.static) });
    rows.push(
      beside(name, 'MB/s', ratesOf(served.ours), 'nginx', ratesOf(served.nginx), isHot ? CONTENT_TARGETS.hotBesideNginx : CONTENT_TARGETS.rangesBesideNginx),
      beside(name, 'MB/s', ratesOf(served.ours), '@fastify/static', ratesOf(served.static), CONTENT_TARGETS.rangesBesideStatic),
      beside(`${name}: processor time of the server`, 'ms/GB', costsOf(served.ours), 'nginx', costsOf(served.nginx), null),
      beside(`${name}: processor time of the server`, 'ms/GB', costsOf(served.ours), '@fastify/static', costsOf(served.static), null),
    );
  };
  for (const connections of SIZES[size].connections) {
    await compare(`random ranges, ${connections} connections`, RANGED, { connections, rangesOfMib: fileMib });
    await compare(`hot ranges, ${connections} connections`, RANGED, { connections, rangesOfMib: hotMib }, true);
    await compare(`whole files, ${connections} connections`, WHOLE, { connections, rangesOfMib: undefined });
  }

  log(`${slowReaders} slow readers`);
  const fast = async (): Promise<number> => (await serve(servers.ours, RANGED, { connections: 1, rangesOfMib: fileMib })).megabytesPerSecond;
  const attached = async (): Promise<number> => {
    const detach = await attachSlowReaders(servers.ours.urls[RANGED], slowReaders);
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

function ratesOf(served: readonly Served[]): number[] {
  return served.map(({ megabytesPerSecond }) => megabytesPerSecond);
}

function costsOf(served: readonly Served[]): number[] {
  return served.map(({ cpuMsPerGb }) => cpuMsPerGb);
}

async function startOurs(t: Closing, folder: string, scratch: string): Promise<Server> {
  const { url, pid } = await startNode(t, [
    '--data-dir', join(scratch, 'data'), '--no-seeder', '--reserve-free-bytes', '0', '--cdn-max-streams', '4096', '--cdn-idle-timeout-ms', '600000',
  ], { SWITCH_ADMIN_TOKEN: ADMIN_TOKEN });
  const put = async (file: FileName): Promise<string> => {
    const { contentId } = await putVideo({ url, adminToken: ADMIN_TOKEN }, `${file}.mp4`, await readFile(join(folder, file)));
    return `${url}/videos/${contentId}/content`;
  };
  return { pid, urls: { [RANGED]: await put(RANGED), [WHOLE]: await put(WHOLE) } };
}

function filesOf({ url, pid }: FileServer): Server {
  return { pid, urls: { [RANGED]: `${url}/${RANGED}`, [WHOLE]: `${url}/${WHOLE}` } };
}

async function writeRandom(path: string, mib: number): Promise<void> {
  const file = createWriteStream(path);
  for (let written = 0; written < mib; written += 1) if (!file.write(randomBytes(MIB))) await once(file, 'drain');
  file.end();
  await once(file, 'close');
}
