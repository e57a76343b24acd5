/** Ours in the bench `swarm`: some of its clients, in a child process. All share until they are told to stop. */
import { createEngine, type Engine } from '../../engine/index.ts';
import { MemoryPieceStore } from '../../engine/piece-store/memory-piece-store.ts';
import { offerCalls } from './callable.ts';

const engines: Engine[] = [];

const calls = {
  /** Resolves when each of the clients has the whole file: what the node sent them. */
  async download({ url, contentId, clients, uploadMbps }: {
    readonly url: string; readonly contentId: string; readonly clients: number; readonly uploadMbps: number;
  }): Promise<number> {
    const sent = await Promise.all(Array.from({ length: clients }, async () => {
      const engine = createEngine({ appliances: [url], maxUploadMbps: uploadMbps });
      engines.push(engine);
      const download = await engine.open(await engine.manifest(contentId), { store: new MemoryPieceStore() });
      await download.finished;
      const { cdn, seeder } = download.figures().bytesFrom;
      return cdn + seeder;
    }));
    return sent.reduce((sum, bytes) => sum + bytes, 0);
  },
  async stop(): Promise<void> {
    await Promise.all(engines.splice(0).map((engine) => engine.stop()));
  },
};

export type SwarmEngineCalls = typeof calls;

offerCalls(calls);
