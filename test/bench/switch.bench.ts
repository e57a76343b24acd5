/**
 * `npm run bench -- switch`: how long a viewer is without bytes when its source goes. A real node with one slot, three viewers who hold
 * everything, and a viewer for each sample. No rival does the like; the targets are bounds.
 */
import { CDN_WINDOW_BYTES } from '../../engine/index.ts';
import type { Closing } from '../fixtures/browser.ts';
import type { Bench, BenchOptions, BenchRow, Target } from './bench.ts';
import { spreadOf, withClosing } from './bench.ts';
import { type Scene, startScene, type Viewer } from './switch-scene.ts';
import { SWITCH_TARGETS } from './targets.ts';

const MiB = 1024 * 1024;
const SWARM = ['peer', 'seeder'] as const;

interface Sizes {
  readonly fileBytes: number;
  readonly samples: { readonly refused: number; readonly frozen: number; readonly killed: number; readonly granted: number };
}

const SIZES: Record<BenchOptions['size'], Sizes> = {
  full: { fileBytes: 64 * MiB, samples: { refused: 40, frozen: 20, killed: 12, granted: 30 } },
  // Long enough that peers are open before the CDN has given all of it, beside other work too.
  smallest: { fileBytes: 48 * MiB, samples: { refused: 1, frozen: 1, killed: 1, granted: 1 } },
};

export const bench: Bench = {
  what: 'the time without a verified byte: when the CDN refuses, when it dies, and until it is back',
  run: (options) => withClosing((t) => run(t, options)),
};

async function run(t: Closing, { size, log }: BenchOptions): Promise<BenchRow[]> {
  const { fileBytes, samples } = SIZES[size];
  const scene = await startScene(t, fileBytes);
  const collect = async <Result>(what: string, count: number, sample: (scene: Scene) => Promise<Result>): Promise<Result[]> => {
    log(what);
    const results: Result[] = [];
    while (results.length < count) results.push(await sample(scene));
    return results;
  };
  const cold = await collect('refused, nothing open', samples.refused, refusedCold);
  const warm = await collect('refused, peers open', samples.refused, refusedWarm);
  const granted = await collect('a slot freed', samples.granted, slotFreed);
  const frozen = await collect('the node frozen', samples.frozen, nodeFrozen);
  const killed = await collect('the node killed', samples.killed, nodeKilled);
  return [
    ...percentiles('refused by the CDN to the first piece from the swarm, nothing open', 'ms', cold, SWITCH_TARGETS.cold),
    ...percentiles('refused by the CDN to the first piece from the swarm, peers open', 'ms', warm, SWITCH_TARGETS.warm),
    ...percentiles('node killed in mid-stream to the next piece from a peer', 'ms', killed, SWITCH_TARGETS.lost),
    ...percentiles('node frozen in mid-stream to the next piece from a peer', 'ms', frozen, SWITCH_TARGETS.lost),
    ...percentiles('slot freed to the first piece from the CDN', 'ms', granted.map(({ ms }) => ms), null),
    ...percentiles('what the swarm gave meanwhile', 'windows', granted.map(({ windows }) => windows), SWITCH_TARGETS.granted),
  ];
}

async function refusedCold({ holdSlot, viewer }: Scene): Promise<number> {
  const release = await holdSlot();
  const refused = await viewer();
  try {
    return await fromRefusal(refused);
  } finally {
    await refused.close();
    release();
  }
}

async function refusedWarm({ holdSlot, viewer, content }: Scene): Promise<number> {
  const reader = await viewer({ wants: 'what-is-read' });
  let release: (() => void) | undefined;
  try {
    await reader.download.read(0, 1);
    await warmed(reader);
    release = await holdSlot();
    const [ms] = await Promise.all([fromRefusal(reader), reader.download.read(content.bytes.length - 1, content.bytes.length)]);
    return ms;
  } finally {
    await reader.close();
    release?.();
  }
}

async function fromRefusal(viewer: Viewer): Promise<number> {
  const { atMs } = await viewer.firstAfter(0, SWARM);
  const [refusedAtMs] = viewer.refusedAtMs;
  if (refusedAtMs === undefined) throw new Error('The swarm was asked before the CDN refused.');
  return atMs - refusedAtMs;
}

async function nodeKilled(scene: Scene): Promise<number> {
  await scene.running();
  return await fromLoss(scene, scene.kill);
}

async function nodeFrozen(scene: Scene): Promise<number> {
  try {
    return await fromLoss(scene, scene.freeze);
  } finally {
    scene.thaw();
  }
}

async function fromLoss({ viewer }: Scene, lose: () => void): Promise<number> {
  const streaming = await viewer();
  try {
    await warmed(streaming);
    await streaming.until(({ state, piecesHeld }) => state === 'cdn' && piecesHeld > 4);
    const lostAtMs = performance.now();
    lose();
    const { atMs } = await streaming.firstAfter(lostAtMs, SWARM);
    return atMs - lostAtMs;
  } finally {
    await streaming.close();
  }
}

async function slotFreed({ holdSlot, viewer }: Scene): Promise<{ readonly ms: number; readonly windows: number }> {
  const release = await holdSlot();
  const waiting = await viewer();
  try {
    await waiting.until(({ state, bytesFrom, cdnQueuePosition }) => state === 'swarm' && bytesFrom.peers > MiB && cdnQueuePosition !== null);
    const freedAtMs = performance.now();
    release();
    const { atMs } = await waiting.firstAfter(freedAtMs, ['cdn']);
    return { ms: atMs - freedAtMs, windows: waiting.bytesBetween(freedAtMs, atMs, SWARM) / CDN_WINDOW_BYTES };
  } finally {
    release();
    await waiting.close();
  }
}

async function warmed(viewer: Viewer): Promise<void> {
  await viewer.until(({ peers }) => peers.filter(({ state, piecesHeld }) => state === 'open' && piecesHeld > 0).length >= 2);
}

/** The middle of the samples, and what only one in twenty exceeds: that one has the target. */
function percentiles(figure: string, unit: string, samples: readonly number[], target: Target | null): BenchRow[] {
  const spread = spreadOf(samples);
  const sorted = samples.toSorted((one, other) => one - other);
  const p95 = sorted[Math.min(sorted.length - 1, Math.ceil(0.95 * sorted.length) - 1)] ?? Number.NaN;
  return [
    { figure: `${figure}, p50`, unit, ours: spread, rival: null, target: null },
    { figure: `${figure}, p95`, unit, ours: { ...spread, median: p95 }, rival: null, target },
  ];
}
