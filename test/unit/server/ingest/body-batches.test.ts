import { PassThrough } from 'node:stream';
import { test } from 'tap';
import { BodyBatches } from '../../../../server/ingest/body-batches.ts';

const KIB = 1024;

function batchesOf(body: PassThrough, options: { idleMs?: number; signal?: AbortSignal } = {}): BodyBatches {
  return new BodyBatches(body, { idleMs: options.idleMs ?? 5000, signal: options.signal ?? new AbortController().signal });
}

async function all(batches: BodyBatches): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) parts.push(...batch);
  return Buffer.concat(parts);
}

test('gives every byte in order, however slowly it is taken', async (t) => {
  const body = new PassThrough();
  const bytes = Buffer.from(Uint8Array.from({ length: 5_000_000 }, (_, index) => index % 251));
  body.end(bytes);
  t.ok((await all(batchesOf(body))).equals(bytes));
});

test('gathers no more than its bound while nobody takes', async (t) => {
  const body = new PassThrough({ highWaterMark: 64 * KIB });
  const batches = batchesOf(body);
  let sentBytes = 0;
  while (body.write(Buffer.alloc(64 * KIB)) || sentBytes < 4 * KIB * KIB) {
    sentBytes += 64 * KIB;
    if (body.isPaused()) break;
    await new Promise(setImmediate);
  }
  t.ok(body.isPaused(), 'the sender is held back');
  const first = await batches.next() ?? [];
  t.ok(Buffer.concat([...first]).length <= KIB * KIB + 64 * KIB);
  t.notOk(body.isPaused(), 'taking lets it go on');
});

test('what came before a cut is given out before the error', async (t) => {
  const body = new PassThrough();
  const batches = batchesOf(body);
  body.write('abc');
  await new Promise(setImmediate);
  body.destroy(new Error('cut'));
  t.equal(Buffer.concat([...await batches.next() ?? []]).toString(), 'abc');
  await t.rejects(batches.next(), /cut/);
});

test('a body that ends without saying so is an error', async (t) => {
  const body = new PassThrough();
  const batches = batchesOf(body);
  body.destroy();
  await t.rejects(batches.next(), /ended before/);
});

test('stopping ends the batches after what has come', async (t) => {
  const stop = new AbortController();
  const body = new PassThrough();
  const batches = batchesOf(body, { signal: stop.signal });
  body.write('abc');
  await new Promise(setImmediate);
  stop.abort();
  t.equal(Buffer.concat([...await batches.next() ?? []]).toString(), 'abc');
  t.equal(await batches.next(), undefined);
  t.ok(batches.stopped);
});

test('silence is an error after the idle limit', async (t) => {
  const batches = batchesOf(new PassThrough(), { idleMs: 20 });
  await t.rejects(batches.next(), { message: /No byte came/ });
});
