import type { Download, Engine, Manifest, PieceStore } from '../../../engine/index.ts';
import type { Request } from '../arguments.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatBytes } from '../format.ts';
import type { Output } from '../output.ts';

export interface SeedComponents {
  readonly output: Output;
  readonly engine: Engine;
  /** Hashes a local file. */
  readonly describe: (file: string, signal: AbortSignal) => Promise<Manifest>;
  readonly openStore: (file: string) => PieceStore;
}

/** Shares local files with the viewers of a node until interrupted. Nothing is uploaded to the node itself. */
export async function seed(request: Extract<Request, { command: 'seed' }>, components: SeedComponents, signal: AbortSignal): Promise<ExitCode> {
  const { output, engine } = components;
  const shared: Download[] = [];
  try {
    for (const file of request.files) {
      const manifest = await components.describe(file, signal);
      const download = await engine.open(manifest, { store: components.openStore(file), signal });
      shared.push(download);
      await download.finished;
      output.event('sharing', { contentId: manifest.contentId, file, sizeBytes: manifest.sizeBytes },
        `Sharing ${file} (${formatBytes(manifest.sizeBytes)})\n  ${manifest.contentId}`);
    }
    output.event('ready', { files: shared.length }, 'Interrupt (Ctrl+C) to stop.');
    const report = (): void => output.progress(() => totals(shared), () => {
      const { bytesSent, peers } = totals(shared);
      return `shared ${formatBytes(bytesSent)} with ${peers} ${peers === 1 ? 'peer' : 'peers'}`;
    });
    const unsubscribes = shared.map((download) => download.subscribe(report));
    await new Promise<void>((stop) => {
      if (signal.aborted) stop();
      else signal.addEventListener('abort', () => stop(), { once: true });
    });
    for (const unsubscribe of unsubscribes) unsubscribe();
    output.result('summary', totals(shared), `Shared ${formatBytes(totals(shared).bytesSent)}.`);
    return EXIT.done;
  } finally {
    await Promise.all(shared.map((download) => download.close()));
  }
}

function totals(shared: readonly Download[]): { bytesSent: number; peers: number } {
  const figures = shared.map((download) => download.figures());
  return {
    bytesSent: figures.reduce((sum, one) => sum + one.bytesSent, 0),
    peers: new Set(figures.flatMap((one) => one.peers.map((peer) => peer.peerId))).size,
  };
}
