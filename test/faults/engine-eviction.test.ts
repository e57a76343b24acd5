/** Stores that let go of what they hold, and stores whose kept bytes have rotted. */
import { test } from 'tap';
import { MemoryPieceStore, PIECE_SOURCES, SwitchError, type Manifest, type PieceStoreOpenOptions } from '../../engine/index.ts';
import { startCdnServer } from '../fixtures/cdn-server.ts';
import { openDownload, startEngine, until } from '../fixtures/engine-bench.ts';
import { eventually } from '../fixtures/http.ts';
import { MemorySwarm } from '../fixtures/memory-swarm.ts';
import { sampleContent } from '../fixtures/sample-content.ts';

const PIECE = 256 * 1024;
const content = sampleContent(40 * PIECE);
const bytesOfPieces = (first: number, after: number): Buffer => Buffer.from(content.bytes.subarray(first * PIECE, after * PIECE));

/** Holds so many pieces, and lets go of the one that came first. */
class SmallStore extends MemoryPieceStore {
  readonly #order: number[] = [];
  readonly #maxPieces: number;
  #onEvicted: (piece: number) => void = () => undefined;

  constructor(maxPieces: number) {
    super();
    this.#maxPieces = maxPieces;
  }

  override async open(manifest: Manifest, options: PieceStoreOpenOptions = {}): Promise<Iterable<number>> {
    this.#onEvicted = options.onEvicted ?? this.#onEvicted;
    return super.open(manifest);
  }

  override async write(piece: number, bytes: Uint8Array): Promise<void> {
    await super.write(piece, bytes);
    this.#order.push(piece);
    while (this.#order.length > this.#maxPieces) this.evict(this.#order.shift() ?? 0);
  }

  override async read(piece: number): Promise<Uint8Array> {
    if (!this.#order.includes(piece)) throw new SwitchError('store-failed', `Piece ${piece} was let go.`);
    return super.read(piece);
  }

  evict(piece: number): void {
    if (this.#order.includes(piece)) this.#order.splice(this.#order.indexOf(piece), 1);
    this.#onEvicted(piece);
  }
}

test('what is let go is missing, is not shown as held, and is fetched again when it is read again', async (t) => {
  const cdn = await startCdnServer(t, content);
  const swarm = new MemorySwarm(content);
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content, { store: new SmallStore(10), wants: 'what-is-read' });
  download.readAhead([]);
  for (let first = 0; first < 40; first += 4) {
    t.ok(Buffer.from(await download.read(first * PIECE, (first + 4) * PIECE)).equals(bytesOfPieces(first, first + 4)));
  }
  const figures = await until(download, ({ piecesHeld }) => piecesHeld === 10);
  t.equal(figures.bytesHeld, 10 * PIECE);
  t.equal(figures.pieceSources.filter((source) => source !== PIECE_SOURCES.indexOf('none')).length, 10);
  t.equal(figures.bytesFrom.cdn, 40 * PIECE, 'what came was of use');
  t.equal(figures.wastedBytes, 0);
  t.equal(figures.state, 'idle');
  t.ok(Buffer.from(await download.read(0, 4 * PIECE)).equals(bytesOfPieces(0, 4)));
  t.equal((await until(download, ({ piecesHeld }) => piecesHeld === 10)).bytesFrom.cdn, 44 * PIECE);
});

test('a store smaller than what is read ahead ends in rest, and not in fetching for ever', async (t) => {
  const cdn = await startCdnServer(t, content);
  const { download, until: reach } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content, { store: new SmallStore(6), wants: 'what-is-read' });
  download.readAhead([{ start: 0, end: 30 * PIECE, dueInMs: 0, bytesPerSecond: PIECE }]);
  const idle = await reach(({ state, bytesFrom }) => state === 'idle' && bytesFrom.cdn > 0);
  t.equal(idle.bytesFrom.cdn, 30 * PIECE);
  for (let second = 0; second < 30; second += 1) {
    download.readAhead([{ start: second * PIECE, end: 30 * PIECE, dueInMs: 0, bytesPerSecond: PIECE }]);
    t.ok(Buffer.from(await download.read(second * PIECE, (second + 1) * PIECE)).equals(bytesOfPieces(second, second + 1)));
  }
  t.ok(download.figures().bytesFrom.cdn <= 60 * PIECE, 'each once more at most');
});

test('all of it wanted, and a store with room for a part: it says so instead of going on for ever', async (t) => {
  const cdn = await startCdnServer(t, content);
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content, { store: new SmallStore(10) });
  await t.rejects(download.finished, { code: 'store-failed', message: /There is no room to keep all of film\.mp4/ });
  t.equal(download.figures().state, 'failed');
  await eventually('the CDN is left', () => cdn.activeStreams === 0);
});

test('nobody is served what was let go, and it is not offered to who comes later', async (t) => {
  const cdn = await startCdnServer(t, content);
  const swarm = new MemorySwarm(content);
  const store = new SmallStore(100);
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content, { store });
  await download.finished;
  for (let piece = 0; piece < 20; piece += 1) store.evict(piece);
  t.match(download.figures(), { state: 'idle', piecesHeld: 20, bytesHeld: 20 * PIECE });
  t.equal(cdn.requests.length, 1, 'what was complete once is not fetched again');
  const other = await openDownload(startEngine(t, { appliances: [], swarm }), content);
  const figures = await other.until(({ piecesHeld }) => piecesHeld === 20);
  t.equal(figures.bytesFrom.peers, 20 * PIECE);
  t.notOk(figures.pieceSources.subarray(0, 20).some((source) => source !== 0), 'only what is held');
  download.readAhead([]);
  t.ok(Buffer.from(await download.read(0, PIECE)).equals(bytesOfPieces(0, 1)), 'who reads it gets it from the CDN again');
  await other.until(({ piecesHeld }) => piecesHeld === 21);
});

test('a piece let go while the store was being opened is not held', async (t) => {
  const cdn = await startCdnServer(t, content);
  class LateStore extends MemoryPieceStore {
    override async open(manifest: Manifest, options: PieceStoreOpenOptions = {}): Promise<Iterable<number>> {
      await super.open(manifest);
      options.onEvicted?.(3);
      return [1, 2, 3];
    }
  }
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content, { store: new LateStore(), wants: 'what-is-read' });
  t.equal(download.figures().piecesHeld, 2);
});

/** Says after a restart that it holds everything; some of it has rotted. */
class RottenStore extends MemoryPieceStore {
  readonly #rotten: Set<number>;
  readonly #held: readonly number[];

  constructor(held: readonly number[], rotten: readonly number[]) {
    super();
    this.#held = held;
    this.#rotten = new Set(rotten);
  }

  override async open(manifest: Manifest): Promise<Iterable<number>> {
    await super.open(manifest);
    for (const piece of this.#held) await super.write(piece, content.piece(piece));
    return this.#held;
  }

  override async write(piece: number, bytes: Uint8Array): Promise<void> {
    this.#rotten.delete(piece);
    await super.write(piece, bytes);
  }

  override async read(piece: number): Promise<Uint8Array> {
    if (this.#rotten.has(piece)) throw new SwitchError('store-failed', `Piece ${piece} is damaged.`);
    return super.read(piece);
  }
}

const all = Array.from({ length: content.pieceCount }, (_, piece) => piece);

test('a damaged piece that a peer asks for is fetched again, and then served', async (t) => {
  const cdn = await startCdnServer(t, content);
  cdn.maxStreams = 0;
  const swarm = new MemorySwarm(content);
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url], swarm }), content, { store: new RottenStore(all.slice(1), [7]) });
  const other = await openDownload(startEngine(t, { appliances: [], swarm }), content, { wants: 'what-is-read' });
  const read = other.download.read(7 * PIECE, 8 * PIECE);
  await until(download, ({ piecesHeld }) => piecesHeld === 38);
  swarm.add({ peerId: 'whole' });
  t.ok(Buffer.from(await read).equals(bytesOfPieces(7, 8)));
  await download.finished;
});

test('a complete store with a damaged piece: who reads it gets it from elsewhere', async (t) => {
  const cdn = await startCdnServer(t, content);
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content, { store: new RottenStore(all, [7]) });
  await download.finished;
  t.ok(Buffer.from(await download.read(6 * PIECE, 9 * PIECE)).equals(bytesOfPieces(6, 9)));
  const figures = await until(download, ({ state }) => state === 'done');
  t.equal(figures.bytesFrom.cdn, PIECE);
  t.equal(figures.piecesHeld, content.pieceCount);
});

test('a complete seed whose storage fails once goes on as a seed', async (t) => {
  const swarm = new MemorySwarm(content);
  const { download } = await openDownload(startEngine(t, { appliances: [], swarm }), content, { store: new RottenStore(all, [7]) });
  await download.finished;
  const other = await openDownload(startEngine(t, { appliances: [], swarm }), content, { wants: 'what-is-read' });
  swarm.add({ peerId: 'whole' });
  t.ok(Buffer.from(await other.download.read(7 * PIECE, 8 * PIECE)).equals(bytesOfPieces(7, 8)));
  t.match(download.figures(), { state: 'done', piecesHeld: content.pieceCount });
});
