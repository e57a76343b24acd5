/**
 * `npm run bench -- ingest`: an upload by tus and by PUT into the filesystem store, which hashes, checks and syncs it, against
 * `@tus/server` with its own FileStore, which does none of that. Each sample is a server process of its own, so its peak is its own; ours
 * is what the image has.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MerkleHasher } from '../../engine/index.ts';
import type { Closing } from '../fixtures/browser.ts';
import { startAsked } from './asked-process.ts';
import { alternate, type Bench, type BenchOptions, type BenchRow, beside, withClosing } from './bench.ts';
import { uploadByPut, uploadByTus } from './ingest-client.ts';
import { ADMIN_TOKEN, type IngestQuestion, type IngestUsage } from './ingest-questions.ts';
import { startNode } from './node-process.ts';
import { cpuSeconds, peakBytes } from './process-usage.ts';
import { INGEST_TARGETS } from './targets.ts';

const THEIR_SERVER = fileURLToPath(new URL('./ingest-theirs.ts', import.meta.url));
const MIB = 1024 * 1024;
const GB = 1e9;
const RIVAL = '@tus/server';

const SIZES = {
  full: { rounds: 3, largeBytes: 1024 * MIB, smallBytes: 128 * MIB },
  smallest: { rounds: 1, largeBytes: 16 * MIB, smallBytes: 8 * MIB },
} as const;

interface Sample {
  /** Until the last answer. */
  readonly ms: number;
  /** Until the bytes are on the disk. */
  readonly syncedMs: number;
  /** Of the server process, for the upload alone. */
  readonly cpuMs: number;
  /** After a small upload, and after the large one that followed it. */
  readonly smallPeakBytes: number;
  readonly peakBytes: number;
}

interface Contender {
  readonly server: 'ours' | 'tus';
  readonly upload: typeof uploadByTus;
}

const TUS: Contender = { server: 'ours', upload: uploadByTus };
const PUT: Contender = { server: 'ours', upload: uploadByPut };
const THEIRS: Contender = { server: 'tus', upload: uploadByTus };

export const bench: Bench = {
  what: 'uploads by tus and by PUT, hashed and synced, against @tus/server storing them only',
  run: (options) => withClosing((t) => run(t, options)),
};

async function run(t: Closing, { size, log }: BenchOptions): Promise<BenchRow[]> {
  const { rounds, largeBytes, smallBytes } = SIZES[size];
  const scratch = await mkdtemp(join(tmpdir(), 'switch-bench-'));
  t.teardown(() => rm(scratch, { recursive: true, force: true }));
  // No power of two, so that bytes in a wrong place are wrong bytes.
  const block = randomBytes(8 * MIB + 4099);
  const sampled = (contender: Contender) => async (): Promise<Sample> => sample(t, contender, join(scratch, 'data'), { block, smallBytes, largeBytes });

  log(`uploads of ${smallBytes / MIB} and ${largeBytes / MIB} MiB`);
  const samples = await alternate(rounds, { tus: sampled(TUS), theirs: sampled(THEIRS), put: sampled(PUT) });

  const rate = (name: keyof typeof samples, pick: 'ms' | 'syncedMs'): number[] => samples[name].map((one) => largeBytes / 1000 / one[pick]);
  const peak = (name: keyof typeof samples, pick: 'peakBytes' | 'smallPeakBytes'): number[] => samples[name].map((one) => one[pick] / MIB);
  const cpu = (name: keyof typeof samples): number[] => samples[name].map(({ cpuMs }) => cpuMs / (largeBytes / GB));
  return (['tus', 'put'] as const).flatMap((way) => {
    const name = `${way === 'tus' ? 'tus' : 'PUT'}, ${largeBytes / MIB} MiB`;
    return [
      beside(`${name}: until answered`, 'MB/s', rate(way, 'ms'), RIVAL, rate('theirs', 'ms'), INGEST_TARGETS.throughput),
      beside(`${name}: until on the disk`, 'MB/s', rate(way, 'syncedMs'), `${RIVAL}, then synced`, rate('theirs', 'syncedMs'), null),
      beside(`${name}: CPU of the server`, 'ms/GB', cpu(way), RIVAL, cpu('theirs'), null),
      beside(`${name}: peak memory of the server`, 'MiB', peak(way, 'peakBytes'), RIVAL, peak('theirs', 'peakBytes'), null),
      beside(`${name}: peak memory of the server`, 'MiB', peak(way, 'peakBytes'), `after ${smallBytes / MIB} MiB`, peak(way, 'smallPeakBytes'), INGEST_TARGETS.flatMemory),
    ];
  });
}

interface Uploads {
  readonly block: Buffer;
  readonly smallBytes: number;
  readonly largeBytes: number;
}

interface Server {
  /** Where tus uploads begin. */
  readonly url: string;
  usage(): Promise<IngestUsage>;
  /** Resolves when all bytes are on the disk. */
  sync(): Promise<void>;
  stop(): Promise<void>;
}

async function startOurs(t: Closing, folder: string): Promise<Server> {
  const { url, pid, stop } = await startNode(t, ['--data-dir', folder, '--no-seeder', '--reserve-free-bytes', '0'], { SWITCH_ADMIN_TOKEN: ADMIN_TOKEN });
  return {
    url: `${url}/api/uploads`, stop,
    usage: async () => ({ peakBytes: await peakBytes(pid), cpuMs: 1000 * await cpuSeconds(pid) }),
    // It answers an upload when that is on the disk.
    sync: async () => undefined,
  };
}

async function startTheirs(t: Closing, folder: string): Promise<Server> {
  const { ask, stop } = startAsked<IngestQuestion>(t, THEIR_SERVER, [folder]);
  return {
    url: String(await ask({ ask: 'url' })), stop,
    usage: async () => await ask({ ask: 'usage' }) as IngestUsage,
    sync: async () => void await ask({ ask: 'sync' }),
  };
}

/** The small upload warms the server up; the large one is measured. */
async function sample(t: Closing, { server, upload }: Contender, folder: string, { block, smallBytes, largeBytes }: Uploads): Promise<Sample> {
  const { url, usage, sync, stop } = await (server === 'ours' ? startOurs : startTheirs)(t, folder);
  const uploaded = async (sizeBytes: number): Promise<IngestUsage> => {
    const answer = await upload(url, block, sizeBytes);
    if (server === 'ours' && answer['switch-content-id'] !== contentIdOf(block, sizeBytes)) throw new Error('other bytes were stored than were sent');
    return usage();
  };
  try {
    const before = await uploaded(smallBytes);
    await sync();
    contentIdOf(block, largeBytes);
    const startMs = performance.now();
    const after = await uploaded(largeBytes);
    const ms = performance.now() - startMs;
    await sync();
    const syncedMs = performance.now() - startMs;
    return { ms, syncedMs, cpuMs: after.cpuMs - before.cpuMs, smallPeakBytes: before.peakBytes, peakBytes: after.peakBytes };
  } finally {
    await stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const contentIds = new Map<number, string>();

function contentIdOf(block: Buffer, sizeBytes: number): string {
  const known = contentIds.get(sizeBytes);
  if (known !== undefined) return known;
  const hasher = new MerkleHasher();
  for (let at = 0; at < sizeBytes;) {
    const offset = at % block.length;
    const part = block.subarray(offset, Math.min(block.length, offset + sizeBytes - at));
    hasher.update(part);
    at += part.length;
  }
  const { contentId } = hasher.finish();
  contentIds.set(sizeBytes, contentId);
  return contentId;
}
