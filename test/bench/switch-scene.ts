/** What every measurement of the switch needs: a node of its own process, one slot, viewers who hold everything, and a viewer who is watched. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Download, type DownloadFigures, type Engine, MemoryPieceStore, PIECE_SOURCES, type PieceSource, type Wants } from '../../engine/index.ts';
import type { Closing } from '../fixtures/browser.ts';
import { until } from '../fixtures/engine-bench.ts';
import { eventually, open } from '../fixtures/http.ts';
import { putVideo } from '../fixtures/library.ts';
import { sampleContent, type SampleContent } from '../fixtures/sample-content.ts';
import { serve, type Served } from '../fixtures/served-node.ts';
import { startChild } from './child.ts';

const ADMIN_TOKEN = 'admin-token-of-the-bench';
const WAIT_LIMIT_MS = 30_000;
const SEEDS = 3;
/** Each: the swarm is quicker than the CDN, and neither is done before the other is measured. */
const SEED_MBPS = 60;
const CDN_MBPS = 100;

export interface Scene {
  readonly content: SampleContent;
  /** Resolves when the node runs: a new one, at the same address and with the same library, in place of one that was killed. */
  running(): Promise<void>;
  /** Its connections are closed by the kernel. */
  kill(): void;
  /** Its connections stay and are silent, as when a cable is pulled. */
  freeze(): void;
  thaw(): void;
  /** Takes the only slot with a request that is not read on. Returns what gives it back. */
  holdSlot(): Promise<() => void>;
  viewer(options?: { readonly wants: Wants }): Promise<Viewer>;
}

export async function startScene(t: Closing, sizeBytes: number): Promise<Scene> {
  const content = sampleContent(sizeBytes);
  const dataDir = await mkdtemp(join(tmpdir(), 'switch-bench-'));
  t.teardown(() => rm(dataDir, { recursive: true, force: true }));
  const start = (port: string): Served => serve(t, [
    '--port', port, '--udp-port', '0', '--data-dir', dataDir, '--cdn-max-streams', '1', '--cdn-max-mbps', `${CDN_MBPS}`, '--log-level', 'warn', '--reserve-free-bytes', '0',
  ], { SWITCH_ADMIN_TOKEN: ADMIN_TOKEN });
  let node = start('0');
  const url = await node.url;
  const { contentId } = await putVideo({ url, adminToken: ADMIN_TOKEN }, content.manifest.name, Buffer.from(content.bytes));
  if (contentId !== content.manifest.contentId) throw new Error('The node has another content id for the same bytes.');
  await startChild(t, new URL('./switch-seeds.ts', import.meta.url), [url, `${sizeBytes}`, `${SEEDS}`, `${SEED_MBPS}`]).next();
  return {
    content,
    running: async () => {
      if (!node.child.killed) return;
      await node.exited;
      node = start(new URL(url).port);
      await node.url;
    },
    kill: () => void node.child.kill('SIGKILL'),
    freeze: () => void process.kill(pidOf(node), 'SIGSTOP'),
    thaw: () => void process.kill(pidOf(node), 'SIGCONT'),
    holdSlot: async () => await eventually('the slot', async () => {
      const { status, response } = await open(`${url}/videos/${contentId}/content`);
      if (status === 200) return () => response.destroy();
      response.destroy();
      return undefined;
    }, WAIT_LIMIT_MS),
    viewer: async ({ wants } = { wants: 'everything' }) => await Viewer.start(url, content, wants),
  };
}

function pidOf({ child: { pid } }: Served): number {
  if (pid === undefined) throw new Error('The node did not start.');
  return pid;
}

interface Arrival {
  readonly piece: number;
  readonly atMs: number;
  readonly sizeBytes: number;
}

class TimedStore extends MemoryPieceStore {
  readonly arrivals: Arrival[] = [];

  override async write(piece: number, bytes: Uint8Array): Promise<void> {
    this.arrivals.push({ piece, atMs: performance.now(), sizeBytes: bytes.length });
    await super.write(piece, bytes);
  }
}

/** A viewer whose every verified piece is timed. */
export class Viewer {
  readonly download: Download;
  /** When the CDN said no. */
  readonly refusedAtMs: readonly number[];
  readonly #engine: Engine;
  readonly #store: TimedStore;

  static async start(url: string, { manifest }: SampleContent, wants: Wants): Promise<Viewer> {
    const refusedAtMs: number[] = [];
    const engine = createEngine({ appliances: [url] }, {
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (response.status === 503) refusedAtMs.push(performance.now());
        return response;
      },
    });
    const store = new TimedStore();
    return new Viewer(engine, await engine.open(manifest, { store, wants, readAheadBytes: 0 }), store, refusedAtMs);
  }

  private constructor(engine: Engine, download: Download, store: TimedStore, refusedAtMs: readonly number[]) {
    this.#engine = engine;
    this.download = download;
    this.#store = store;
    this.refusedAtMs = refusedAtMs;
  }

  until(holds: (figures: DownloadFigures) => boolean): Promise<DownloadFigures> {
    return until(this.download, holds, WAIT_LIMIT_MS);
  }

  /** The first piece that one of `sources` gave after `atMs`. */
  async firstAfter(atMs: number, sources: readonly PieceSource[]): Promise<Arrival> {
    let first: Arrival | undefined;
    await this.until((figures) => {
      first = this.#from(figures, sources).find((arrival) => arrival.atMs > atMs);
      return first !== undefined;
    });
    if (first === undefined) throw new Error('unreachable: until resolves when there is one');
    return first;
  }

  /** What `sources` gave between the two. */
  bytesBetween(fromMs: number, toMs: number, sources: readonly PieceSource[]): number {
    return this.#from(this.download.figures(), sources).filter(({ atMs }) => atMs > fromMs && atMs <= toMs)
      .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  close(): Promise<void> {
    return this.#engine.stop();
  }

  #from({ pieceSources }: DownloadFigures, sources: readonly PieceSource[]): Arrival[] {
    return this.#store.arrivals.filter(({ piece }) => sources.includes(PIECE_SOURCES[pieceSources[piece] ?? 0] ?? 'none'));
  }
}
