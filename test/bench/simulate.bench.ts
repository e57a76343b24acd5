/**
 * `npm run bench -- simulate`: the engine's own schedule on a virtual clock, against the bound of Kurose and Ross and the ideal
 * offload. One CDN with one slot. The bound, in whole pieces: max{F/u_s, F/d, N F/(u_s + Σu)} + ⌊log2 N⌋ p/u, with file F, piece p,
 * the CDN's rate u_s, and the clients' uploads u and downloads d.
 */
import { boundMs, simulate, type SimulationOptions, type SimulationResult } from '../fixtures/simulated-swarm.ts';
import { type Bench, type BenchOptions, type BenchRow, spreadOf, type Target } from './bench.ts';
import { SIMULATE_TARGETS } from './targets.ts';

const base = {
  pieceLengthBytes: 256 * 1024, cdnSlots: 1, cdnBytesPerMs: 2_500, downloadBytesPerMs: 12_500, latencyMs: 10, policy: 'cdn-first',
} as const;
/** 2, 5, 10 and 23 Mb/s. */
const MIXED = [250, 625, 1_250, 2_875];
const VIEWING = { bytesPerMs: 500, aheadMs: 60_000, startWithMs: 2_000 };

type Scenario = Omit<SimulationOptions, 'seed'>;

const crowd = (clients: number, pieceCount: number): Scenario => ({ ...base, clients, pieceCount, uploadBytesPerMs: 1_250 });

const viewers = (clients: number, arriveWithinMs: number, policy: SimulationOptions['policy']): Scenario => (
  { ...crowd(clients, 120), arriveWithinMs, policy, viewing: VIEWING });

interface Sizes {
  readonly seeds: readonly number[];
  readonly downloads: Readonly<Record<string, Scenario>>;
  readonly watching: Readonly<Record<string, Scenario>>;
}

const SIZES: Record<BenchOptions['size'], Sizes> = {
  full: {
    seeds: [1, 2, 3],
    downloads: {
      '100 at once': crowd(100, 256),
      '100 at once, uplinks from 2 to 23 Mb/s': { ...crowd(100, 256), uploadBytesPerMs: MIXED },
      '100, of which 3 in 10 go and others come': { ...crowd(100, 256), churn: { share: 0.3, withinMs: 50_000 } },
      '1,000 at once': crowd(1_000, 128),
      '10,000 at once': crowd(10_000, 32),
    },
    watching: {
      '40 viewers within two minutes, CDN first': viewers(40, 120_000, 'cdn-first'), '40 viewers at once, CDN first': viewers(40, 0, 'cdn-first'),
      '40 viewers within two minutes, swarm first': viewers(40, 120_000, 'swarm-first'),
    },
  },
  smallest: {
    seeds: [1],
    downloads: { '12 at once': crowd(12, 64), '12, of which some go and others come': { ...crowd(12, 64), uploadBytesPerMs: MIXED, churn: { share: 0.3, withinMs: 10_000 } } },
    watching: { '8 viewers within a minute, swarm first': viewers(8, 60_000, 'swarm-first') },
  },
};

/** So many that one seed must do: they even each other out. */
const MANY = 1_000;

export const bench: Bench = {
  what: 'the schedule on a virtual clock: max{F/u_s, F/d, N F/(u_s + Σu)} + log2 N pieces is the least time, min{1 - 1/N, Σu/(N r)} the most offload',
  async run({ size, log }) {
    const { seeds, downloads, watching } = SIZES[size];
    const rows: BenchRow[] = [];
    const runs = (name: string, scenario: Scenario): { readonly options: SimulationOptions; readonly result: SimulationResult }[] => {
      log(name);
      return seeds.slice(0, scenario.clients >= MANY ? 1 : seeds.length).map((seed) => ({ seed, ...scenario })).map((options) => ({ options, result: simulate(options) }));
    };
    for (const [name, scenario] of Object.entries(downloads)) rows.push(...downloadRows(name, runs(name, scenario), scenario));
    for (const [name, scenario] of Object.entries(watching)) rows.push(...viewerRows(name, runs(name, scenario), scenario));
    return rows;
  },
};

type Runs = readonly { readonly options: SimulationOptions; readonly result: SimulationResult }[];

function downloadRows(name: string, runs: Runs, scenario: Scenario): BenchRow[] {
  const fileBytes = scenario.pieceCount * scenario.pieceLengthBytes;
  const seconds = runs.map(({ result }) => result.lastAtMs / 1_000);
  const least = runs.map(({ options, result }) => (scenario.churn === undefined ? boundMs(options) : leastWithChurnMs(options, result)) / 1_000);
  return [
    row(`${name}: time of the last`, 's', seconds, { name: 'the bound', samples: least }, SIMULATE_TARGETS.time),
    row(`${name}: copies sent by the CDN`, 'files', runs.map(({ result }) => result.cdnBytes / fileBytes), undefined, null),
    row(`${name}: received in vain`, '%', runs.map(({ result }) => (100 * result.wastedBytes) / (result.cdnBytes + result.peerBytes)), undefined, null),
  ];
}

/** All who were there could not have sent in less time what was received, and who came last had all of it still to fetch. */
function leastWithChurnMs({ pieceCount, pieceLengthBytes, downloadBytesPerMs = Number.POSITIVE_INFINITY }: SimulationOptions, result: SimulationResult): number {
  const sentMs = result.lastAtMs * ((result.cdnBytes + result.peerBytes) / result.capacityBytes);
  return Math.max(sentMs, result.lastCameAtMs + (pieceCount * pieceLengthBytes) / downloadBytesPerMs);
}

function viewerRows(name: string, runs: Runs, scenario: Scenario): BenchRow[] {
  const { clients, uploadBytesPerMs, viewing = VIEWING } = scenario;
  const uplink = typeof uploadBytesPerMs === 'number' ? uploadBytesPerMs : 0;
  const ideal = Math.min(1 - 1 / clients, uplink / viewing.bytesPerMs);
  const offload = runs.map(({ result }) => result.peerBytes / (result.cdnBytes + result.peerBytes));
  return [
    // By CDN first what the CDN has free is used, as its owner wants it; who wants it spared says swarm first.
    row(`${name}: offload`, 'of all bytes', offload, { name: 'the ideal', samples: [ideal] }, scenario.policy === 'swarm-first' ? SIMULATE_TARGETS.offload : null),
    row(`${name}: viewers that stalled`, 'viewers', runs.map(({ result }) => result.stalledViewers), undefined, SIMULATE_TARGETS.stalls),
    row(`${name}: first picture`, 's', runs.flatMap(({ result }) => result.startsMs.map((ms) => ms / 1_000)), undefined, null),
  ];
}

function row(figure: string, unit: string, ours: readonly number[], rival: { readonly name: string; readonly samples: readonly number[] } | undefined, target: Target | null): BenchRow {
  return { figure, unit, ours: spreadOf(ours), rival: rival === undefined ? null : { name: rival.name, spread: spreadOf(rival.samples) }, target };
}
