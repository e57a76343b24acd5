/**
 * `npm run demo`: the idea in one terminal, with real parts. A node with one CDN slot; Ben's television holds it; Carla is
 * refused, gets the video from Anna and from the node's seeder, and goes back to the CDN when the television is switched off.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { configWith } from '../config/load.ts';
import { createEngine, type Download, type DownloadFigures, type Engine } from '../engine/index.ts';
import { FilePieceStore } from '../engine/index.node.ts';
import { startAppliance, type Appliance } from '../server/appliance.ts';
import { formatBytes, formatDuration, formatMbps } from '../server/cli/format.ts';
import { bytesBySource, sourceBar } from '../server/cli/progress-line.ts';
import { reasonSentence, stateWord } from '../server/cli/sentences.ts';

const MB = 1_000_000;
const VIDEO_BYTES = 96 * MB;
/** Slow enough to watch, quick enough for a minute. */
const CDN_MBPS = 160;
const SEEDER_MBPS = 20;
const ANNA_MBPS = 40;
/** The television goes off when Carla has this share of the video. */
const TELEVISION_OFF_AT = 0.4;
const LIMIT_MS = 120_000;
const FRAME_MS = 200;
const LABEL_COLUMNS = 12;

const terminal = process.stdout;
const colour = terminal.isTTY === true;

class Demo {
  readonly #folder: string;
  readonly #signal = AbortSignal.timeout(LIMIT_MS);
  readonly #engines: Engine[] = [];
  readonly #rows: { readonly label: string; readonly figures: () => DownloadFigures }[] = [];
  #drawnLines = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async run(): Promise<boolean> {
    const adminToken = randomBytes(16).toString('hex');
    const node = await startAppliance(configWith({
      host: '127.0.0.1', port: 0, udpPort: 0, dataDir: join(this.#folder, 'node'), adminToken, logLevel: 'error', reserveFreeBytes: 0,
      cdnMaxStreams: 1, cdnMaxMbps: CDN_MBPS, cdnMinStreamMbps: CDN_MBPS, seederMaxMbps: SEEDER_MBPS,
    }), { logDestination: process.stderr });
    try {
      return await this.#play(node, adminToken);
    } finally {
      await Promise.all(this.#engines.map((engine) => engine.stop()));
      await node.stop(AbortSignal.abort());
    }
  }

  async #play(node: Appliance, adminToken: string): Promise<boolean> {
    this.#say(`A node at ${node.url}. Its CDN serves one viewer at a time.`);
    const bytes = randomBytes(VIDEO_BYTES);
    const contentId = await upload(node, adminToken, bytes);
    this.#say(`A video of ${formatBytes(VIDEO_BYTES)} is in its library.\n  content id ${contentId}\n`);

    this.#say('1. Anna downloads it. The CDN has room, so it comes from there. She keeps sharing it.');
    const anna = await this.#viewer('Anna', node, contentId, { maxUploadMbps: ANNA_MBPS });
    await this.#watch(anna.finished);

    this.#say('\n2. Ben starts his television. It holds the only slot.');
    const television = new AbortController();
    const switchedOn = await fetch(`${node.url}/videos/${contentId}/content`, { signal: AbortSignal.any([television.signal, this.#signal]) });
    const reading = readSlowly(switchedOn, television.signal);

    this.#say('\n3. Carla asks for the same video. The CDN is full; it gives her the content id, and she asks the swarm.');
    const carla = await this.#viewer('Carla', node, contentId, {});
    const unsubscribe = carla.subscribe((figures) => {
      if (television.signal.aborted || figures.bytesHeld < VIDEO_BYTES * TELEVISION_OFF_AT) return;
      this.#say('\n4. Ben switches the television off. The slot is free, and Carla is the first in the queue.');
      television.abort();
    });
    await this.#watch(carla.finished);
    unsubscribe();
    await reading;

    const same = await this.#compare(bytes, [['Anna', join(this.#folder, 'Anna')], ['Carla', join(this.#folder, 'Carla')]]);
    const { switches, bytesFrom } = carla.figures();
    this.#say('\nCarla\'s way:');
    for (const record of switches) this.#say(`  ${formatDuration(record.atMs)}  ${record.from} -> ${record.to}: ${reasonSentence(record.reason)}`);
    this.#say(`  ${bytesBySource(bytesFrom, colour)}`);
    return same && bytesFrom.cdn > 0 && bytesFrom.peers > 0;
  }

  async #viewer(label: string, node: Appliance, contentId: string, options: { readonly maxUploadMbps?: number }): Promise<Download> {
    const engine = createEngine({ appliances: [node.url], ...options });
    this.#engines.push(engine);
    const manifest = await engine.manifest(contentId, { signal: this.#signal });
    const download = await engine.open(manifest, { store: new FilePieceStore({ path: join(this.#folder, label) }), signal: this.#signal });
    this.#rows.push({ label, figures: () => download.figures() });
    return download;
  }

  async #watch(finished: Promise<void>): Promise<void> {
    const redraw = setInterval(() => this.#draw(), colour ? FRAME_MS : 10 * FRAME_MS);
    try {
      await finished;
    } finally {
      clearInterval(redraw);
      this.#draw();
      this.#drawnLines = 0;
    }
  }

  /** The table, over the one drawn before. */
  #draw(): void {
    if (colour && this.#drawnLines > 0) terminal.write(`\u001b[${this.#drawnLines}A\u001b[J`);
    for (const { label, figures } of this.#rows) {
      const now = figures();
      const done = Math.floor((now.bytesHeld / now.sizeBytes) * 100);
      terminal.write(`  ${label.padEnd(LABEL_COLUMNS)}${sourceBar(now.pieceSources, 30, colour)} ${String(done).padStart(3)}%  `
        + `${(now.state === 'done' ? '' : formatMbps(now.receiveMbps)).padStart(9)}  ${bytesBySource(now.bytesFrom, colour)}  ${stateWord(now)}\n`);
    }
    this.#drawnLines = this.#rows.length;
  }

  #say(sentence: string): void {
    this.#drawnLines = 0;
    terminal.write(`${sentence}\n`);
  }

  async #compare(original: Buffer, copies: readonly (readonly [string, string])[]): Promise<boolean> {
    const wanted = createHash('sha256').update(original).digest('hex');
    this.#say('\n5. The files compared with the original (SHA-256):');
    let same = true;
    for (const [label, path] of copies) {
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(path)) hash.update(chunk);
      const equal = hash.digest('hex') === wanted;
      same &&= equal;
      this.#say(`  ${label.padEnd(LABEL_COLUMNS)}${equal ? 'the same, byte for byte' : 'DIFFERENT'}`);
    }
    return same;
  }
}

async function upload(node: Appliance, adminToken: string, bytes: Buffer): Promise<string> {
  const response = await fetch(`${node.url}/api/videos/holiday.mp4`, {
    method: 'PUT', body: new Uint8Array(bytes), headers: { authorization: `Bearer ${adminToken}` },
  });
  if (!response.ok) throw new Error(`The upload was refused: ${await response.text()}`);
  const { contentId } = await response.json() as { contentId: string };
  return contentId;
}

/** A television: takes a little at a time and stops in the middle. */
async function readSlowly(response: Response, signal: AbortSignal): Promise<void> {
  if (response.body === null) return;
  try {
    for await (const _ of response.body) {
      if (signal.aborted) return;
      await setTimeout(FRAME_MS, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

const folder = await mkdtemp(join(tmpdir(), 'software-switch-demo-'));
try {
  await writeFile(join(folder, 'README'), 'Made by npm run demo; safe to delete.\n');
  process.exitCode = await new Demo(folder).run() ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
