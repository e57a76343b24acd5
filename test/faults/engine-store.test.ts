/** A piece store that takes pieces and loses them again. */
import { test } from 'tap';
import { MemoryPieceStore, SwitchError } from '../../engine/index.ts';
import { startCdnServer } from '../fixtures/cdn-server.ts';
import { openDownload, startEngine } from '../fixtures/engine-bench.ts';
import { sampleContent } from '../fixtures/sample-content.ts';

const content = sampleContent(600_000);

class ForgetfulStore extends MemoryPieceStore {
  reads = 0;
  readonly #forgets: number;

  constructor(forgets: number) {
    super();
    this.#forgets = forgets;
  }

  override async read(piece: number): Promise<Uint8Array> {
    this.reads += 1;
    if (this.reads <= this.#forgets) throw new SwitchError('store-failed', `Piece ${piece} is gone.`);
    return super.read(piece);
  }
}

test('a piece that the store lost is fetched again', async (t) => {
  const cdn = await startCdnServer(t, content);
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content, { store: new ForgetfulStore(1), wants: 'what-is-read', share: false });
  t.ok(Buffer.from(await download.read(0, 1_000)).equals(content.bytes.subarray(0, 1_000)));
});

test('a store that loses whatever it is given ends the read, and not the line', async (t) => {
  const cdn = await startCdnServer(t, content);
  const store = new ForgetfulStore(Number.POSITIVE_INFINITY);
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content, { store, wants: 'what-is-read', share: false });
  await t.rejects(download.read(0, 1_000), { code: 'store-failed' });
  t.equal(store.reads, 3);
});
