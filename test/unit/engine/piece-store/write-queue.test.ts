import { test } from 'tap';
import { type PieceWrite, WriteQueue } from '../../../../engine/piece-store/write-queue.ts';

const start = (maxBatchBytes: number) => {
  const batches: number[][] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const commit = (batch: readonly PieceWrite[]): Promise<void> => {
    batches.push(batch.map(({ piece }) => piece));
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    return gate.promise;
  };
  return { queue: new WriteQueue({ commit }, { maxBatchBytes }), batches, gates };
};

const settled = async () => { for (let turn = 0; turn < 10; turn += 1) await Promise.resolve(); };

test('one batch at a time, each of what came meanwhile and within the bound', async (t) => {
  const { queue, batches, gates } = start(30);
  const writes = [0, 1, 2, 3].map((piece) => queue.write(piece, new Uint8Array(10)));
  await settled();
  t.same(batches, [[0, 1, 2]]);
  gates[0]?.resolve();
  await settled();
  t.same(batches, [[0, 1, 2], [3]]);
  gates[1]?.resolve();
  await Promise.all(writes);
  await queue.idle();
});

test('a piece longer than the bound is a batch of its own', async (t) => {
  const { queue, batches, gates } = start(5);
  const writes = [0, 1].map((piece) => queue.write(piece, new Uint8Array(10)));
  await settled();
  gates[0]?.resolve();
  await settled();
  gates[1]?.resolve();
  await Promise.all(writes);
  t.same(batches, [[0], [1]]);
});

test('a batch that fails fails its own writes, and the next goes on', async (t) => {
  const { queue, gates } = start(10);
  const [first, second] = [queue.write(0, new Uint8Array(10)), queue.write(1, new Uint8Array(10))];
  await settled();
  gates[0]?.reject(new Error('no room'));
  await t.rejects(first, { message: 'no room' });
  await settled();
  gates[1]?.resolve();
  await t.resolves(second);
});
