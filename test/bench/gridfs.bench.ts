/**
 * `npm run bench -- gridfs`: our GridFS store against the driver's own GridFSBucket streams, on the same server and for reads of
 * the same chunk size on the same file. The server is the one SWITCH_TEST_MONGODB_URI names, else one started for the bench.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { startMongoDbForTests } from '../../scripts/mongodb-for-tests/server.ts';
import type { Closing } from '../fixtures/browser.ts';
import { type AskedProcess, startAsked } from './asked-process.ts';
import { alternate, type Bench, type BenchOptions, type BenchRow, beside, spreadOf, withClosing } from './bench.ts';
import type { CannedAnswer } from './canned-mongo.ts';
import type { ByteRange, GridFsFigures, GridFsWork, StoredFile } from './gridfs-work.ts';
import { GRIDFS_TARGETS } from './targets.ts';

const CONTENDER = fileURLToPath(new URL('./gridfs-contender.ts', import.meta.url));
const CANNED = fileURLToPath(new URL('./canned-mongo.ts', import.meta.url));
const MIB = 1024 * 1024;
const GB = 1e9;
const STOCK_CHUNK_BYTES = 255 * 1024;
/** A contender whose process works for less than this part of the time waits for the server. */
const BUSY = 0.8;

const SIZES = {
  full: { rounds: 3, fileBytes: 128 * MIB, writeBytes: 64 * MIB, ranges: 64, countedRanges: 32, cannedRanges: 400 },
  smallest: { rounds: 1, fileBytes: 8 * MIB, writeBytes: 4 * MIB, ranges: 4, countedRanges: 4, cannedRanges: 20 },
} as const;

const NAMES = ['ours', 'same', 'stock'] as const;
type Name = (typeof NAMES)[number];
const RIVALS = { same: 'GridFSBucket, 1 MiB chunks', stock: 'GridFSBucket, 255 KiB chunks' } as const;
type Contenders = Record<Name, AskedProcess<GridFsWork>>;

export const bench: Bench = {
  what: 'ranges, whole files and uploads of the GridFS store against the driver\'s own streams',
  run: (options) => withClosing((t) => run(t, options)),
};

async function run(t: Closing, { size, log }: BenchOptions): Promise<BenchRow[]> {
  const { rounds, fileBytes, writeBytes, ranges, countedRanges } = SIZES[size];
  const server = await startMongoDbForTests(log);
  t.teardown(() => server.stop());
  const database = `switch-bench-${randomBytes(6).toString('hex')}`;
  t.teardown(() => drop(server.uri, database));
  const plain = await startAll(t, server.uri, database, 'plain');
  const counted = await startAll(t, server.uri, database, 'counted');

  log(`files of ${fileBytes / MIB} MiB in ${server.kind}`);
  const ours = await plain.ours.ask({ do: 'store', sizeBytes: fileBytes }) as StoredFile;
  const stock = await plain.stock.ask({ do: 'store', sizeBytes: fileBytes }) as StoredFile;
  const files: Record<Name, StoredFile> = { ours, same: ours, stock };

  const reads: readonly [what: string, atOnce: number, ranges: () => readonly ByteRange[]][] = [
    ['aligned 1 MiB ranges', 1, () => rangesOf(fileBytes, ranges, MIB)],
    ['aligned 1 MiB ranges, 8 at once', 8, () => rangesOf(fileBytes, ranges, MIB)],
    ['1 MiB ranges anywhere', 1, () => rangesOf(fileBytes, ranges, 1)],
    ['a whole file', 1, () => [[0, fileBytes]]],
  ];
  const rows: BenchRow[] = [];
  for (const [what, atOnce, make] of reads) {
    log(what);
    const perRound = Array.from({ length: rounds + 1 }, make);
    rows.push(...costs(what, await alternate(rounds, each((name) => (round) =>
      figures(plain[name].ask({ do: 'read', file: files[name], ranges: perRound[round] ?? [], atOnce }))))));
  }
  rows.push(...await withoutDatabase(t, size, log));
  log('an upload');
  rows.push(...costs('an upload', await alternate(rounds, each((name) => () => figures(plain[name].ask({ do: 'write', sizeBytes: writeBytes }))))));

  for (const [what, alignment] of [['an aligned 1 MiB range', MIB], ['a 1 MiB range anywhere', 1]] as const) {
    log(`commands and bytes of ${what}`);
    const wanted = rangesOf(fileBytes, countedRanges, alignment);
    // The first read of a file may ask for more, such as where it is.
    for (const name of NAMES) await counted[name].ask({ do: 'read', file: files[name], ranges: [[0, 1]], atOnce: 1 });
    const results = await alternate(1, each((name) => () => figures(counted[name].ask({ do: 'read', file: files[name], ranges: wanted, atOnce: 1 }))));
    rows.push(...counts(what, countedRanges, results, alignment === MIB));
  }
  return rows;
}

/** What the clients can do where no database is the limit. */
async function withoutDatabase(t: Closing, size: BenchOptions['size'], log: BenchOptions['log']): Promise<BenchRow[]> {
  const { rounds, cannedRanges } = SIZES[size];
  const what = 'aligned 1 MiB ranges from a server that answers at once';
  log(what);
  const server = startAsked<object>(t, CANNED, []);
  const { uri, files: [same, stock] } = await server.ask({}) as CannedAnswer;
  if (same === undefined || stock === undefined) throw new Error('the canned server has no files');
  const files: Record<Name, StoredFile> = { ours: same, same, stock };
  const contenders = await startAll(t, uri, 'bench', 'plain');
  const perRound = Array.from({ length: rounds + 1 }, () => rangesOf(same.sizeBytes, cannedRanges, MIB));
  const results = await alternate(rounds, each((name) => (round) =>
    figures(contenders[name].ask({ do: 'read', file: files[name], ranges: perRound[round] ?? [], atOnce: 8 }))));
  for (const name of NAMES) await contenders[name].stop();
  return costs(what, results);
}

async function startAll(t: Closing, uri: string, database: string, mode: 'plain' | 'counted'): Promise<Contenders> {
  const start = async (...args: readonly string[]): Promise<AskedProcess<GridFsWork>> => {
    const contender = startAsked<GridFsWork>(t, CONTENDER, [uri, database, ...args, mode]);
    await contender.ask({ do: 'open' });
    return contender;
  };
  return {
    ours: await start('ours', 'fs', String(MIB)),
    same: await start('driver', 'fs', String(MIB)),
    stock: await start('driver', 'stock', String(STOCK_CHUNK_BYTES)),
  };
}

function each<Value>(make: (name: Name) => Value): Record<Name, Value> {
  return { ours: make('ours'), same: make('same'), stock: make('stock') };
}

async function figures(answer: Promise<unknown>): Promise<GridFsFigures> {
  return await answer as GridFsFigures;
}

/** As far apart as chance has it, each within the file. */
function rangesOf(fileBytes: number, count: number, alignment: number): ByteRange[] {
  return Array.from({ length: count }, () => {
    const start = Math.floor(Math.random() * ((fileBytes - MIB) / alignment + 1)) * alignment;
    return [start, Math.min(start + MIB, fileBytes)];
  });
}

function costs(what: string, results: Record<Name, GridFsFigures[]>): BenchRow[] {
  const cpu = (name: Name): number[] => results[name].map(({ cpuMs, bytes }) => cpuMs / (bytes / GB));
  const rate = (name: Name): number[] => results[name].map(({ ms, bytes }) => bytes / 1000 / ms);
  return (['same', 'stock'] as const).flatMap((rival) => {
    const busy = spreadOf(results.ours.map(({ cpuMs, ms }) => cpuMs / ms)).median;
    const waits = busy < BUSY;
    return [
      beside(`${what}: CPU of the client`, 'ms/GB', cpu('ours'), RIVALS[rival], cpu(rival), GRIDFS_TARGETS.clientCpu),
      beside(`${what}: throughput${waits ? ` (the server is the limit: our client works ${Math.round(busy * 100)} % of the time)` : ''}`,
        'MB/s', rate('ours'), RIVALS[rival], rate(rival), waits ? null : GRIDFS_TARGETS.throughput),
    ];
  });
}

function counts(what: string, ranges: number, results: Record<Name, GridFsFigures[]>, isAligned: boolean): BenchRow[] {
  const trips = (name: Name): number[] => results[name].map(({ commands }) => commands / ranges);
  const read = (name: Name): number[] => results[name].map(({ chunkBytes, bytes }) => chunkBytes / bytes);
  return [
    ...(['same', 'stock'] as const).map((rival) =>
      beside(`${what}: round trips`, 'commands', trips('ours'), RIVALS[rival], trips(rival), isAligned ? GRIDFS_TARGETS.roundTrips : null)),
    ...(['same', 'stock'] as const).map((rival) =>
      beside(`${what}: bytes fetched over bytes asked`, '×', read('ours'), RIVALS[rival], read(rival), isAligned ? GRIDFS_TARGETS.amplification : null)),
  ];
}

async function drop(uri: string, database: string): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5000 });
  try {
    await client.db(database).dropDatabase();
  } finally {
    await client.close();
  }
}
