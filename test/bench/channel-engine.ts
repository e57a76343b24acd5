/** Ours in the bench `channel`: seeds and downloads of the engine, in a child process or in a page. */
import { createEngine, type Engine } from '../../engine/index.ts';
import type { Manifest } from '../../engine/protocol/manifest.ts';
import { MemoryPieceStore } from '../../engine/piece-store/memory-piece-store.ts';
import { sampleContent } from '../fixtures/sample-content.ts';
import { offerCalls } from './callable.ts';
import type { ChannelTimes } from './channel-times.ts';

export interface EngineContent {
  readonly url: string;
  readonly sizeBytes: number;
  /** Of the sample content. */
  readonly seed: number;
}

class TimedStore extends MemoryPieceStore {
  firstAtMs: number | undefined;
  override async write(piece: number, bytes: Uint8Array): Promise<void> {
    this.firstAtMs ??= performance.now();
    await super.write(piece, bytes);
  }
}

let seeder: Engine | undefined;

const calls = {
  async seed({ url, sizeBytes, seed }: EngineContent): Promise<Manifest> {
    const content = sampleContent(sizeBytes, seed);
    const store = new MemoryPieceStore();
    await store.open(content.manifest);
    for (let piece = 0; piece < content.pieceCount; piece += 1) await store.write(piece, content.piece(piece));
    seeder ??= createEngine({ appliances: [url] });
    await seeder.open(content.manifest, { store });
    return content.manifest;
  },
  /** As from a click: a new engine, whose CDN is full. */
  async download({ url, manifest }: { readonly url: string; readonly manifest: Manifest }): Promise<ChannelTimes> {
    const store = new TimedStore();
    const startedAtMs = performance.now();
    const engine = createEngine({ appliances: [url] });
    try {
      const download = await engine.open(manifest, { store, share: false });
      await download.finished;
      const doneAtMs = performance.now();
      return { firstByteMs: (store.firstAtMs ?? Number.NaN) - startedAtMs, wholeMs: doneAtMs - startedAtMs };
    } finally {
      await engine.stop();
    }
  },
};

export type EngineCalls = typeof calls;

offerCalls(calls);
