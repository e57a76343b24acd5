/** A process with viewers in it who hold everything and share it. Started by switch.bench.ts; ends when that does. */
import { createEngine, MemoryPieceStore } from '../../engine/index.ts';
import { sampleContent } from '../fixtures/sample-content.ts';

const [url = '', sizeBytes = '0', viewers = '0', maxUploadMbps = '0'] = process.argv.slice(2);

process.on('disconnect', () => process.exit());
const content = sampleContent(Number(sizeBytes));
for (let viewer = 0; viewer < Number(viewers); viewer += 1) {
  const store = new MemoryPieceStore();
  await store.open(content.manifest);
  for (let piece = 0; piece < content.pieceCount; piece += 1) await store.write(piece, content.piece(piece));
  const download = await createEngine({ appliances: [url], maxUploadMbps: Number(maxUploadMbps) }).open(content.manifest, { store });
  await download.finished;
}
process.send?.('ready');
