/**
 * `npm run bench -- open`: connections between two processes through a real hub, one after the other and many at once, with and without
 * a delay of signalling: node to node (beside node-datachannel as it is), Chromium to node, and node to Chromium.
 */
import { setTimeout as after } from 'node:timers/promises';
import type { Closing } from '../fixtures/browser.ts';
import { startSignalling } from '../fixtures/signalling-server.ts';
import { type Bench, type BenchOptions, type BenchRow, spreadOf, type Target, withClosing } from './bench.ts';
import type { RawCalls } from './channel-raw.ts';
import { childEnd, type FarEnd, type FarPage, pageEnd } from './far-ends.ts';
import type { OpenCalls } from './open-peer.ts';
import { OPEN_TARGETS } from './targets.ts';

interface Series {
  readonly connections: number;
  readonly atOnce: number;
  readonly delayMs: number;
}

const SIZES: Record<BenchOptions['size'], readonly Series[]> = {
  full: [0, 25].flatMap((delayMs) => [1, 20].map((atOnce) => ({ connections: 200, atOnce, delayMs }))),
  smallest: [{ connections: 3, atOnce: 3, delayMs: 5 }],
};

const PEER = new URL('./open-peer.ts', import.meta.url);
const RAW = new URL('./channel-raw.ts', import.meta.url);

const MAX_RIVAL_FAILURES = 20;

/** A third of its opens may take a second: a quarter of them is enough to see that. */
const RIVAL_SHARE = 0.25;

interface Pair {
  readonly name: string;
  readonly dials: FarEnd<OpenCalls>;
  readonly waits: FarEnd<OpenCalls>;
  /** Before each series: a page can open 500 connections in its life. */
  readonly renew: () => Promise<void>;
  readonly rival: ((series: Series) => Promise<number[]>) | undefined;
}

export const bench: Bench = {
  what: 'time to open a connection, node and Chromium, one after the other and many at once',
  run: (options) => withClosing((t) => run(t, options)),
};

async function run(t: Closing, { size, log }: BenchOptions): Promise<BenchRow[]> {
  const { url } = await startSignalling((close) => t.teardown(close), { hub: { messagesPerSecond: 10_000, maxSockets: 1_000 } });
  const [one, other] = [childEnd<OpenCalls>(t, PEER), childEnd<OpenCalls>(t, PEER)];
  const page: FarPage<OpenCalls> = await pageEnd<OpenCalls>(t, url, PEER);
  const pairs: readonly Pair[] = [
    { name: 'node to node', dials: one, waits: other, renew: async () => undefined, rival: rawOpens(t, log) },
    { name: 'Chromium to node', dials: page, waits: other, renew: () => page.reload(), rival: undefined },
    { name: 'node to Chromium', dials: one, waits: page, renew: () => page.reload(), rival: undefined },
  ];
  const rows: BenchRow[] = [];
  for (const pair of pairs) {
    for (const series of SIZES[size]) {
      const name = `${pair.name}, ${series.atOnce} at once, ${series.delayMs} ms`;
      log(name);
      rows.push(...rowsOf(name, series, await opens(pair, url, series), await pair.rival?.(series)));
    }
  }
  return rows;
}

async function opens({ dials, waits, renew }: Pair, url: string, { connections, atOnce, delayMs }: Series): Promise<number[]> {
  await renew();
  await waits.call('wait', { url, delayMs, swarms: atOnce });
  try {
    return await dials.call('dial', { url, delayMs, connections, atOnce });
  } finally {
    await waits.call('leave');
  }
}

/** node-datachannel as it is: every candidate in the offer, which the answerer has at once. */
function rawOpens(t: Closing, log: (line: string) => void): (series: Series) => Promise<number[]> {
  const [offerer, answerer] = [childEnd<RawCalls>(t, RAW), childEnd<RawCalls>(t, RAW)];
  return async ({ connections: ours, atOnce, delayMs }) => {
    const connections = Math.ceil(ours * RIVAL_SHARE);
    const tookMs: number[] = [];
    for (let failures = 0; tookMs.length < connections;) {
      try {
        const senders = Math.min(atOnce, connections - tookMs.length);
        const offers = await offerer.call('offer', { senders, sizeBytes: 0 });
        await after(delayMs);
        const answers = await Promise.all(offers.map((sdp) => answerer.call('answer', { sdp, sizeBytes: 0 })));
        await after(delayMs);
        const { opensMs } = await offerer.call('receive', answers);
        tookMs.push(...opensMs);
      } catch (error) {
        // Now and then the library has no ICE transport when the answer comes. What failed has no time, so it is done again.
        failures += 1;
        if (failures > MAX_RIVAL_FAILURES) throw error;
        log(`node-datachannel failed, once more: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
      } finally {
        await Promise.all([offerer.call('close'), answerer.call('close')]);
      }
    }
    return tookMs;
  };
}

function percentile(samples: readonly number[], share: number): number {
  return samples.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(samples.length * share) - 1)] ?? Number.NaN;
}

function rowsOf(name: string, { delayMs }: Series, ours: readonly number[], rival: readonly number[] | undefined): BenchRow[] {
  const row = (figure: string, share: number, target: Target | null): BenchRow => ({
    figure: `${name}: ${figure}`, unit: 'ms', target, ours: spreadOf([percentile(ours, share)]),
    rival: rival === undefined ? null : { name: 'node-datachannel', spread: spreadOf([percentile(rival, share)]) },
  });
  return [row('p50', 0.5, null), row('p95', 0.95, delayMs === 0 ? OPEN_TARGETS.p95 : OPEN_TARGETS.p95Delayed), row('max', 1, OPEN_TARGETS.max)];
}
