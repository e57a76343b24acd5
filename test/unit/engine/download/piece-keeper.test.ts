import { test } from 'tap';
import { PieceKeeper } from '../../../../engine/download/piece-keeper.ts';
import { RECENT_PIECES_BYTES } from '../../../../engine/download/recent-pieces.ts';
import { MemoryPieceStore } from '../../../../engine/piece-store/memory-piece-store.ts';
import { SwitchError } from '../../../../engine/protocol/errors.ts';
import { sampleContent } from '../../../fixtures/sample-content.ts';

const content = sampleContent(RECENT_PIECES_BYTES + 4 * 256 * 1024);

/** Writes end when the test says so; reads are counted. */
class SlowStore extends MemoryPieceStore {
  reads = 0;
  readonly #gate = Promise.withResolvers<void>();

  letWritesEnd(): void {
    this.#gate.resolve();
  }

  failWrites(error: Error): void {
    this.#gate.reject(error);
  }

  override async write(piece: number, bytes: Uint8Array): Promise<void> {
    await this.#gate.promise;
    await super.write(piece, bytes);
  }

  override async read(piece: number): Promise<Uint8Array> {
    this.reads += 1;
    return super.read(piece);
  }
}

const start = async () => {
  const store = new SlowStore();
  await store.open(content.manifest);
  const kept: number[] = [];
  const failures: SwitchError[] = [];
  const keeper = new PieceKeeper({ store, events: { onKept: (piece) => kept.push(piece), onFailed: (error) => failures.push(error) } }, { maxUnwrittenBytes: 1_000_000 });
  return { store, kept, failures, keeper };
};

/** Lets everything happen that waits for no timer. */
const settled = async () => { for (let turn = 0; turn < 10; turn += 1) await Promise.resolve(); };

test('a piece can be read before it is in the store, and counts as kept only then', async (t) => {
  const { store, kept, keeper } = await start();
  const waiting = keeper.kept(3, undefined);
  keeper.keep(3, content.piece(3));
  await waiting;
  await keeper.kept(3, undefined);
  t.ok(Buffer.from(await keeper.read(3)).equals(content.piece(3)));
  t.same(kept, []);
  t.equal(store.reads, 0);
  store.letWritesEnd();
  await settled();
  t.same(kept, [3]);
  await keeper.close();
});

test('a piece read again and again, or by many at once, is read from the store once', async (t) => {
  const { store, keeper } = await start();
  store.letWritesEnd();
  await store.write(0, content.piece(0));
  const all = await Promise.all([keeper.read(0), keeper.read(0), keeper.read(0)]);
  for (const bytes of all) t.ok(Buffer.from(bytes).equals(content.piece(0)));
  await keeper.read(0);
  t.equal(store.reads, 1);
  await keeper.close();
});

test('a piece that was just written is not read back from the store', async (t) => {
  const { store, kept, keeper } = await start();
  store.letWritesEnd();
  keeper.keep(1, content.piece(1));
  await settled();
  t.same(kept, [1]);
  t.ok(Buffer.from(await keeper.read(1)).equals(content.piece(1)));
  t.equal(store.reads, 0);
  await keeper.close();
});

test('what is remembered is bounded: pieces read long ago come from the store again', async (t) => {
  const { store, keeper } = await start();
  store.letWritesEnd();
  for (let piece = 0; piece < content.pieceCount; piece += 1) await store.write(piece, content.piece(piece));
  for (let piece = 0; piece < content.pieceCount; piece += 1) await keeper.read(piece);
  t.equal(store.reads, content.pieceCount);
  await keeper.read(content.pieceCount - 1);
  t.equal(store.reads, content.pieceCount);
  await keeper.read(0);
  t.equal(store.reads, content.pieceCount + 1);
  await keeper.close();
});

test('a fast download does not drive out what is read meanwhile', async (t) => {
  const { store, keeper } = await start();
  const other = await start();
  store.letWritesEnd();
  other.store.letWritesEnd();
  await store.write(0, content.piece(0));
  await keeper.read(0);
  for (let piece = 0; piece < content.pieceCount; piece += 1) other.keeper.keep(piece, content.piece(piece));
  await settled();
  await keeper.read(0);
  t.equal(store.reads, 1);
  await keeper.close();
  await other.keeper.close();
});

test('what one download remembers is nothing to another of the same content', async (t) => {
  const first = await start();
  const second = await start();
  first.keeper.keep(0, content.piece(0));
  await t.rejects(second.keeper.read(0), { code: 'store-failed' });
  first.store.letWritesEnd();
  await first.keeper.close();
  await second.keeper.close();
});

test('a failed write fails the download, and whoever waits', async (t) => {
  const { store, kept, failures, keeper } = await start();
  keeper.keep(0, content.piece(0));
  store.failWrites(new Error('disk full'));
  await settled();
  t.same(kept, []);
  t.equal(failures.length, 1);
  t.match(failures[0], { code: 'store-failed', message: /disk full/ });
  await t.rejects(keeper.read(0), { code: 'store-failed' }, 'nothing is remembered of it');
  await keeper.close();
  await t.rejects(keeper.kept(1, undefined), { code: 'closed' });
});

test('waiting for a piece ends with its signal', async (t) => {
  const { keeper } = await start();
  const giving = new AbortController();
  const waiting = keeper.kept(0, giving.signal);
  giving.abort();
  await t.rejects(waiting, { code: 'aborted' });
  await keeper.close();
});
