/**
 * `npm run bench -- swarm`: real engine clients with a capped upload before one node with one slot and a capped rate: time until the
 * last has the whole file, against the bound of Kurose and Ross in whole pieces, max{F/u_s, N F/(u_s + Σu)} + ⌊log2 N⌋ p/u; and
 * webtorrent with its own throttles in the same set-up. Downloads are not capped: the engine has no bound for them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Tracker from 'bittorrent-tracker/server';
import { configWith } from '../../config/load.ts';
import { PIECE_BYTES } from '../../engine/protocol/limits.ts';
import { startAppliance } from '../../server/appliance.ts';
import type { Closing } from '../fixtures/browser.ts';
import { putVideo } from '../fixtures/library.ts';
import { seededBytes } from '../fixtures/seeded-random.ts';
import { boundMs } from '../fixtures/simulated-swarm.ts';
import { alternate, type Bench, type BenchOptions, type BenchRow, spreadOf } from './bench.ts';
import { childEnd } from './far-ends.ts';
import type { SwarmEngineCalls } from './swarm-engines.ts';
import type { SwarmWebTorrentCalls } from './swarm-webtorrents.ts';
import { SWARM_TARGETS } from './targets.ts';

const BYTES_PER_MS_OF_MBPS = 125;
/** Clients share processes: each must have room on the event loop, and 64 processes would not fit a small machine. */
const CLIENTS_PER_PROCESS = 16;

interface Setup {
  readonly clients: number;
  readonly fileBytes: number;
  readonly nodeMbps: number;
  readonly uploadMbps: number;
}

interface Outcome {
  readonly lastMs: number;
  /** Copies of the file that the node sent. */
  readonly copies: number;
}

const MIB = 1024 * 1024;
/**
 * The node's line is a little better than a viewer's, so that the bound leaves it little more than one copy to send. The more
 * clients, the slower their lines: what all of them send at once must be no more than two processors can.
 */
const SIZES: Record<BenchOptions['size'], { readonly rounds: number; readonly setups: readonly Setup[] }> = {
  full: {
    rounds: 1,
    setups: [
      { clients: 8, fileBytes: 16 * MIB, nodeMbps: 5, uploadMbps: 4 },
      { clients: 32, fileBytes: 16 * MIB, nodeMbps: 2.5, uploadMbps: 2 },
      { clients: 64, fileBytes: 8 * MIB, nodeMbps: 1.25, uploadMbps: 1 },
    ],
  },
  smallest: { rounds: 1, setups: [{ clients: 4, fileBytes: 2 * MIB, nodeMbps: 20, uploadMbps: 16 }] },
};

export const bench: Bench = {
  what: 'time until the last of N has the file; the bound is max{F/u_s, N F/(u_s + Σu)} + log2 N pieces',
  async run({ size, log }) {
    const { rounds, setups } = SIZES[size];
    const rows: BenchRow[] = [];
    for (const [index, one] of setups.entries()) {
      log(`${one.clients} clients`);
      const ours = (): Promise<Outcome> => closing((t) => ourSwarm(t, one));
      // The rival where N is smallest: its throttles are of use up to there on this kind of machine.
      const { engine, rival } = index === 0
        ? await alternate(rounds, { engine: ours, rival: () => closing((t) => theirSwarm(t, one)) })
        : { ...await alternate(rounds, { engine: ours }), rival: [] };
      rows.push(...rowsOf(one, engine, rival));
    }
    return rows;
  },
};

function rowsOf({ clients, fileBytes, nodeMbps, uploadMbps }: Setup, ours: readonly Outcome[], theirs: readonly Outcome[]): BenchRow[] {
  const bound = boundMs({
    clients, pieceCount: fileBytes / PIECE_BYTES, pieceLengthBytes: PIECE_BYTES, cdnSlots: 1, cdnBytesPerMs: nodeMbps * BYTES_PER_MS_OF_MBPS,
    uploadBytesPerMs: uploadMbps * BYTES_PER_MS_OF_MBPS, latencyMs: 0, policy: 'cdn-first', seed: 0,
  });
  const name = `${clients} clients, ${fileBytes / MIB} MiB, node ${nodeMbps} Mb/s, uplinks ${uploadMbps} Mb/s`;
  const seconds = (outcomes: readonly Outcome[]) => spreadOf(outcomes.map(({ lastMs }) => lastMs / 1_000));
  const copies = (outcomes: readonly Outcome[]) => spreadOf(outcomes.map((outcome) => outcome.copies));
  const rows: BenchRow[] = [
    { figure: `${name}: time of the last`, unit: 's', ours: seconds(ours), rival: { name: 'the bound', spread: spreadOf([bound / 1_000]) }, target: SWARM_TARGETS.time },
    { figure: `${name}: sent by the node`, unit: 'files', ours: copies(ours), rival: theirs.length === 0 ? null : { name: 'webtorrent', spread: copies(theirs) }, target: SWARM_TARGETS.nodeBytes },
  ];
  if (theirs.length > 0) rows.push({ figure: `${name}: time of the last`, unit: 's', ours: seconds(ours), rival: { name: 'webtorrent', spread: seconds(theirs) }, target: SWARM_TARGETS.besideWebTorrent });
  return rows;
}

async function closing<Result>(work: (t: Closing) => Promise<Result>): Promise<Result> {
  const closers: (() => unknown)[] = [];
  try {
    return await work({ teardown: (close) => { closers.push(close); } });
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

function shares(clients: number): number[] {
  const processes = Math.ceil(clients / CLIENTS_PER_PROCESS);
  return Array.from({ length: processes }, (_, index) => Math.floor((clients + index) / processes));
}

async function ourSwarm(t: Closing, { clients, fileBytes, nodeMbps, uploadMbps }: Setup): Promise<Outcome> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switch-bench-'));
  t.teardown(() => rm(dataDir, { recursive: true, force: true }));
  const adminToken = 'admin-token-of-the-bench';
  const node = await startAppliance(configWith({
    host: '127.0.0.1', port: 0, udpPort: 0, dataDir, adminToken, logLevel: 'silent', seeder: false, reserveFreeBytes: 0, drainTimeoutMs: 0,
    cdnMaxStreams: 1, cdnMaxMbps: nodeMbps, cdnMinStreamMbps: nodeMbps,
  }), { logDestination: process.stderr });
  t.teardown(() => node.stop());
  const { contentId } = await putVideo({ url: node.url, adminToken }, 'film.mp4', Buffer.from(seededBytes(fileBytes, 1)));
  const ends = shares(clients).map((count) => ({ count, end: childEnd<SwarmEngineCalls>(t, new URL('./swarm-engines.ts', import.meta.url)) }));
  await Promise.all(ends.map(({ end }) => end.call('stop')));
  const startedAtMs = performance.now();
  const sent = await Promise.all(ends.map(({ count, end }) => end.call('download', { url: node.url, contentId, clients: count, uploadMbps })));
  const lastMs = performance.now() - startedAtMs;
  await Promise.all(ends.map(({ end }) => end.call('stop')));
  return { lastMs, copies: sent.reduce((sum, bytes) => sum + bytes, 0) / fileBytes };
}

async function theirSwarm(t: Closing, { clients, fileBytes, nodeMbps, uploadMbps }: Setup): Promise<Outcome> {
  const tracker = new Tracker({ udp: false, http: false, ws: true, stats: false });
  t.teardown(() => new Promise<void>((resolve) => { tracker.close(resolve); }));
  await new Promise<void>((resolve) => { tracker.listen(0, '127.0.0.1', resolve); });
  const announce = `ws://127.0.0.1:${(tracker.http.address() as AddressInfo).port}`;
  const file = new URL('./swarm-webtorrents.ts', import.meta.url);
  const seeder = childEnd<SwarmWebTorrentCalls>(t, file);
  const torrentFile = await seeder.call('seed', { announce, bytes: seededBytes(fileBytes, 1), uploadBytesPerSecond: nodeMbps * BYTES_PER_MS_OF_MBPS * 1_000 });
  const ends = shares(clients).map((count) => ({ count, end: childEnd<SwarmWebTorrentCalls>(t, file) }));
  await Promise.all(ends.map(({ end }) => end.call('stop')));
  const startedAtMs = performance.now();
  await Promise.all(ends.map(({ count, end }) => end.call('download', { torrentFile, count, uploadBytesPerSecond: uploadMbps * BYTES_PER_MS_OF_MBPS * 1_000 })));
  const lastMs = performance.now() - startedAtMs;
  const copies = await seeder.call('sent') / fileBytes;
  await Promise.all([seeder, ...ends.map(({ end }) => end)].map((end) => end.call('stop')));
  return { lastMs, copies };
}
