import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cleanFileName, type Download, type DownloadFigures, type Engine, type Manifest, type PieceStore } from '../../../engine/index.ts';
import type { GetRequest } from '../arguments.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatBytes, formatDuration } from '../format.ts';
import type { Output } from '../output.ts';
import { bytesBySource, progressLine } from '../progress-line.ts';
import { reasonSentence } from '../sentences.ts';

export interface GetComponents {
  readonly output: Output;
  readonly engine: Engine;
  readonly openStore: (path: string) => PieceStore & { readonly finalPath: string };
}

/** Fetches one video into a file, and with `--seed` shares it until interrupted. */
export async function get(request: GetRequest, components: GetComponents, signal: AbortSignal): Promise<ExitCode> {
  const { engine, output } = components;
  const manifest = await engine.manifest(request.contentId, request.timeoutMs > 0 ? { signal, timeoutMs: request.timeoutMs } : { signal });
  const store = components.openStore(await outputPath(request.output, manifest));
  const download = await engine.open(manifest, { store, policy: request.policy, timeoutMs: request.timeoutMs, signal });
  const unsubscribe = download.subscribe(follow(output, download.figures()));
  try {
    await download.finished;
    const figures = download.figures();
    output.result('summary', summary(figures, store.finalPath), sentence(figures, store.finalPath, output.interactive));
    if (request.seed) await share(download, output, signal);
    return EXIT.done;
  } catch (error) {
    if (signal.aborted) {
      output.event('interrupted', { bytesHeld: download.figures().bytesHeld },
        `Stopped. ${formatBytes(download.figures().bytesHeld)} of ${formatBytes(manifest.sizeBytes)} are kept; run the same command to go on from there.`);
    }
    throw error;
  } finally {
    unsubscribe();
    await download.close();
  }
}

/** Shows progress, and every switch as it happens. */
function follow(output: Output, first: DownloadFigures): (figures: DownloadFigures) => void {
  let shown = 0;
  const show = (figures: DownloadFigures): void => {
    for (const record of figures.switches.slice(shown)) {
      output.event('switch', { ...record }, `${formatDuration(record.atMs)}  ${reasonSentence(record.reason)}`);
    }
    shown = figures.switches.length;
    if (figures.state !== 'done') output.progress(() => progressFields(figures), () => progressLine(figures, { columns: output.columns, colour: output.interactive }));
  };
  show(first);
  return show;
}

async function share(download: Download, output: Output, signal: AbortSignal): Promise<void> {
  output.event('sharing', { contentId: download.manifest.contentId }, 'Sharing it with other viewers. Interrupt (Ctrl+C) to stop.');
  const unsubscribe = download.subscribe((figures) => {
    output.progress(() => ({ ...progressFields(figures), bytesSent: figures.bytesSent }),
      () => `shared ${formatBytes(figures.bytesSent)} with ${figures.peers.length} ${figures.peers.length === 1 ? 'peer' : 'peers'}`);
  });
  await new Promise<void>((stop) => {
    if (signal.aborted) stop();
    else signal.addEventListener('abort', () => stop(), { once: true });
  });
  unsubscribe();
}

/** The file to write: `-o FILE`, the video's name inside `-o FOLDER`, or the video's name here. */
async function outputPath(output: string | undefined, manifest: Manifest): Promise<string> {
  if (output === undefined) return resolve(safeName(manifest));
  const folder = output.endsWith('/') || await stat(output).then((entry) => entry.isDirectory(), () => false);
  return folder ? join(output, safeName(manifest)) : resolve(output);
}

/** The manifest's name came from a stranger: never a path, never hidden, never empty. */
function safeName(manifest: Manifest): string {
  return cleanFileName(manifest.name.replace(/^\.+/, ''), manifest.contentId);
}

function progressFields(figures: DownloadFigures): Record<string, unknown> {
  const { contentId, state, sizeBytes, bytesHeld, bytesFrom, receiveMbps, remainingMs, cdnQueuePosition } = figures;
  return { contentId, state, sizeBytes, bytesHeld, bytesFrom, receiveMbps, remainingMs, cdnQueuePosition, peers: figures.peers.length };
}

function summary(figures: DownloadFigures, file: string): Record<string, unknown> {
  const { contentId, name, sizeBytes, bytesFrom, bytesResumed, wastedBytes, hashFailures, switches } = figures;
  return { contentId, name, sizeBytes, file, elapsedMs: Math.round(figures.elapsedMs), bytesFrom, bytesResumed, wastedBytes, hashFailures, switches };
}

function sentence(figures: DownloadFigures, file: string, colour: boolean): string {
  const resumed = figures.bytesResumed > 0 ? `  here before ${formatBytes(figures.bytesResumed)}` : '';
  return `${file}\n${formatBytes(figures.sizeBytes)} in ${formatDuration(figures.elapsedMs)}, every byte verified. ${bytesBySource(figures.bytesFrom, colour)}${resumed}`;
}
