/**
 * One contender of the gridfs bench: `node gridfs-contender.ts URI DATABASE ours|driver BUCKET CHUNK_BYTES plain|counted`.
 * Counting and checking cost time, so that a process does one or the other.
 */
import { createCipheriv } from 'node:crypto';
import type { CommandStartedEvent, CommandSucceededEvent } from 'mongodb';
import { answerBench } from './asked-process.ts';
import { driverContender } from './gridfs-driver.ts';
import { ourContender } from './gridfs-ours.ts';
import { type ByteRange, type GridFsContender, type GridFsFigures, type GridFsWork, SourceBytes, type StoredFile } from './gridfs-work.ts';

/** No power of two, so that a chunk in a wrong place has wrong bytes. */
const BLOCK_BYTES = 8 * 1024 * 1024 + 4099;

const [uri = '', database = '', name, bucket = '', chunkBytes, mode] = process.argv.slice(2);
const isCounted = mode === 'counted';
const source = new SourceBytes(createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(BLOCK_BYTES)));
const options = { uri, database, source, isCounted };
let commands = 0;
let chunkBytesIn = 0;
const contender = open();
// Told to whoever asks for the first thing.
contender.catch(() => undefined);

answerBench<GridFsWork>(async (work) => {
  if (work.do === 'open') return void await contender;
  return work.do === 'store' ? await (await contender).store(work.sizeBytes) : await measured(work);
}, async () => (await contender).close());

async function open(): Promise<GridFsContender> {
  const opened = name === 'ours' ? await ourContender(options) : await driverContender({ ...options, bucket, chunkBytes: Number(chunkBytes) });
  opened.client.on('commandStarted', (_event: CommandStartedEvent) => { commands += 1; });
  opened.client.on('commandSucceeded', ({ reply }: CommandSucceededEvent) => { chunkBytesIn += bytesOfChunks(reply); });
  return opened;
}

async function measured(work: Exclude<GridFsWork, { do: 'store' | 'open' }>): Promise<GridFsFigures> {
  const running = await contender;
  commands = 0;
  chunkBytesIn = 0;
  const startedAtMs = performance.now();
  const before = process.cpuUsage();
  let bytes = 0;
  let remove: (() => Promise<void>) | undefined;
  if (work.do === 'write') {
    remove = await running.write(work.sizeBytes);
    bytes = work.sizeBytes;
  } else {
    const ranges = work.ranges.values();
    const readSome = async (): Promise<void> => {
      for (const range of ranges) {
        const read = await readRange(running, work.file, range);
        bytes += read;
      }
    };
    await Promise.all(Array.from({ length: work.atOnce }, readSome));
  }
  const { user, system } = process.cpuUsage(before);
  const figures = { bytes, ms: performance.now() - startedAtMs, cpuMs: (user + system) / 1000, commands, chunkBytes: chunkBytesIn };
  await remove?.();
  return figures;
}

async function readRange(running: GridFsContender, file: StoredFile, range: ByteRange): Promise<number> {
  let at = range[0];
  await running.read(file, range, (bytes) => {
    if (isCounted) source.check(at, bytes);
    at += bytes.byteLength;
  });
  if (at !== range[1]) throw new Error(`${name}: bytes ${range[0]} to ${range[1]} ended at ${at}`);
  return at - range[0];
}

function bytesOfChunks(reply: unknown): number {
  const { cursor } = reply as { readonly cursor?: { readonly firstBatch?: readonly unknown[]; readonly nextBatch?: readonly unknown[] } };
  let sum = 0;
  for (const document of cursor?.firstBatch ?? cursor?.nextBatch ?? []) {
    if (document instanceof Uint8Array) sum += document.byteLength;
    else sum += (document as { readonly data?: { length(): number } }).data?.length() ?? 0;
  }
  return sum;
}
