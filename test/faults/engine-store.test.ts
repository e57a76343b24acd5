/** A piece store that says it holds pieces and cannot give them. */
import { test } from 'tap';
import { MemoryPieceStore, SwitchError } from '../../engine/index.ts';
import { startCdnServer } from '../fixtures/cdn-server.ts';
import { openDownload, startEngine } from '../fixtures/engine-bench.ts';
import { sampleContent } from '../fixtures/sample-content.ts';

const content = sampleContent(600_000);

class ForgetfulStore extends MemoryPieceStore {
  reads = 0;

  override async open(): Promise<number[]> {
    await super.open(content.manifest);
    return [0, 1];
  }

  override async read(piece: number): Promise<Uint8Array> {
    this.reads += 1;
    throw new SwitchError('store-failed', `Piece ${piece} is gone.`);
  }
}

test('a piece that the store lost is fetched again, and asked of the store once', async (t) => {
  const cdn = await startCdnServer(t, content);
  const store = new ForgetfulStore();
  const { download } = await openDownload(startEngine(t, { appliances: [cdn.url] }), content, { store, wants: 'what-is-read', share: false });
  t.ok(Buffer.from(await download.read(0, 1_000)).equals(content.bytes.subarray(0, 1_000)));
  t.ok(Buffer.from(await download.read(500, 1_500)).equals(content.bytes.subarray(500, 1_500)));
  t.equal(store.reads, 1);
});
