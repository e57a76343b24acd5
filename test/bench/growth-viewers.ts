/**
 * How cost grows with the number of viewers: in the simulation, who wants the same file at once, from a node with one slot; and
 * in a real node, what those take who are attached and slow.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Closing } from '../fixtures/browser.ts';
import { putVideo } from '../fixtures/library.ts';
import { boundMs, simulate, type SimulationOptions } from '../fixtures/simulated-swarm.ts';
import { alone, type BenchRow, beside } from './bench.ts';
import { rowsOf, sizeText } from './growth-rows.ts';
import { startNode } from './node-process.ts';
import { attachSlowReaders } from './slow-readers.ts';

const MIB = 1024 * 1024;
const ADMIN_TOKEN = 'admin-token-of-the-bench';
const ALONG = 'viewers';

/**
 * The node sends 20 Mb/s, each viewer 10 and takes up to 100. A small file, so that ten thousand are simulated in minutes: how near to the
 * bound a longer one comes is the bench `simulate`, with its target.
 */
const CROWD = {
  pieceLengthBytes: 256 * 1024, pieceCount: 32, cdnSlots: 1, cdnBytesPerMs: 2_500, uploadBytesPerMs: 1_250, downloadBytesPerMs: 12_500,
  latencyMs: 10, policy: 'cdn-first', seed: 1,
} as const;

export interface ViewersTask {
  readonly crowds: readonly number[];
  readonly slow: readonly number[];
  readonly fileBytes: number;
  /** Until memory is at rest. */
  readonly settleMs: number;
  readonly log: (line: string) => void;
}

export async function growthWithViewers(t: Closing, scratch: string, task: ViewersTask): Promise<BenchRow[]> {
  return [...simulated(task), ...await attached(t, scratch, task)];
}

function simulated({ crowds, log }: ViewersTask): BenchRow[] {
  const fileBytes = CROWD.pieceCount * CROWD.pieceLengthBytes;
  const rows = crowds.map((clients) => {
    log(`${clients} simulated viewers`);
    const options: SimulationOptions = { ...CROWD, clients };
    const { lastAtMs, cdnBytes } = simulate(options);
    const name = (line: string): string => `${line}, ${sizeText(ALONG, clients)}`;
    const point = (line: string): Pick<BenchRow, 'point'> => ({ point: { line, along: ALONG, at: clients } });
    const [time, alones, copies] = ['simulated: time of the last', 'computed: time of the last without a swarm', 'simulated: copies sent by the node'];
    return [
      { ...beside(name(time), 's', [lastAtMs / 1000], 'the bound', [boundMs(options) / 1000], null), ...point(time) },
      { ...alone(name(alones), 's', [Math.max(clients * fileBytes / CROWD.cdnBytesPerMs, fileBytes / CROWD.downloadBytesPerMs) / 1000], null), ...point(alones) },
      { ...alone(name(copies), 'copies', [cdnBytes / fileBytes], null), ...point(copies) },
    ] as const;
  });
  return [0, 1, 2].flatMap((kind) => rows.map((row) => row[kind])).filter((row) => row !== undefined);
}

/** Each in an answer of its own that it does not read on. What the system's own buffers hold is not the node's. */
async function attached(t: Closing, scratch: string, { slow, fileBytes, settleMs, log }: ViewersTask): Promise<BenchRow[]> {
  const points: { at: number; samples: number[] }[] = [];
  for (const count of slow) {
    log(`${count} slow viewers`);
    const node = await startNode(t, [
      '--data-dir', join(scratch, `slow-${count}`), '--reserve-free-bytes', '0', '--cdn-max-streams', '100000', '--cdn-idle-timeout-ms', '600000',
    ], { SWITCH_ADMIN_TOKEN: ADMIN_TOKEN });
    const { contentId } = await putVideo({ url: node.url, adminToken: ADMIN_TOKEN }, 'slow.mp4', randomBytes(fileBytes));
    await delay(settleMs);
    const before = await node.memoryBytes();
    const detach = await attachSlowReaders(`${node.url}/videos/${contentId}/content`, count);
    await delay(settleMs);
    points.push({ at: count, samples: [(await node.memoryBytes() - before) / MIB] });
    detach();
    await node.stop();
  }
  return rowsOf({ name: 'node, slow viewers attached: memory for them', unit: 'MiB', along: ALONG, points });
}
