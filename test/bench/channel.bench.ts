/**
 * `npm run bench -- channel`: one download from one peer and from four, by the engine and by its rivals over the same library, each end a
 * process of its own; and from one Chromium to another. Ours verifies every piece; raw channels carry bytes one way and check nothing.
 */
import { type Bench, type BenchOptions, type BenchRow, alternate, spreadOf, type Target } from './bench.ts';
import type { Closing } from '../fixtures/browser.ts';
import { type ChannelRun, type Contender, inChromium, ours, raw, webtorrent } from './channel-contenders.ts';
import { CHANNEL_TARGETS } from './targets.ts';

const MIB = 1024 * 1024;

interface Sizes {
  readonly rounds: number;
  readonly peers: readonly number[];
  readonly sizeBytes: number;
  readonly chromiumBytes: number;
}

const SIZES: Record<BenchOptions['size'], Sizes> = {
  full: { rounds: 3, peers: [1, 4], sizeBytes: 64 * MIB, chromiumBytes: 16 * MIB },
  // webtorrent lets a new peer wait for the next of its choking rounds, which come every 10 s: once is enough to see that it works.
  smallest: { rounds: 1, peers: [1], sizeBytes: 2 * MIB, chromiumBytes: 2 * MIB },
};

export const bench: Bench = {
  what: 'one download over data channels, against raw channels and webtorrent over the same library',
  async run(options) {
    const node = closing((t) => inNode(t, options));
    // Times that mean nothing need no machine to themselves.
    if (options.size === 'full') await node;
    const [nodes, tabs] = await Promise.all([node, closing((t) => inTabs(t, options))]);
    return [...nodes, ...tabs];
  },
};

/** Closes what was opened, the last first. */
async function closing(run: (t: Closing) => Promise<BenchRow[]>): Promise<BenchRow[]> {
  const closers: (() => unknown)[] = [];
  try {
    return await run({ teardown: (close) => { closers.push(close); } });
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

async function inNode(t: Closing, { size, log }: BenchOptions): Promise<BenchRow[]> {
  const { rounds, sizeBytes, peers } = SIZES[size];
  const contenders = {
    ours: await ours(t, sizeBytes, peers), raw: raw(t, sizeBytes, peers), webtorrent: await webtorrent(t, sizeBytes, peers),
  };
  const rows: BenchRow[] = [];
  for (const count of peers) {
    log(`node to node, ${count} ${count === 1 ? 'peer' : 'peers'}`);
    const run = (contender: Contender) => async (): Promise<ChannelRun> => contender(count);
    const found = await alternate(rounds, { ours: run(contenders.ours), raw: run(contenders.raw), webtorrent: run(contenders.webtorrent) });
    const name = `from ${count}`;
    rows.push(
      ...rowsOf(name, sizeBytes, found.ours, { name: 'node-datachannel', runs: found.raw }, {
        rate: CHANNEL_TARGETS.rateBesideRaw, firstByte: CHANNEL_TARGETS.firstByte, whole: null, cpu: null,
      }),
      ...rowsOf(name, sizeBytes, found.ours, { name: 'webtorrent', runs: found.webtorrent }, {
        rate: CHANNEL_TARGETS.rateBesideWebTorrent, firstByte: CHANNEL_TARGETS.costBesideWebTorrent,
        whole: CHANNEL_TARGETS.costBesideWebTorrent, cpu: CHANNEL_TARGETS.costBesideWebTorrent,
      }),
    );
  }
  return rows;
}

async function inTabs(t: Closing, { size, log }: BenchOptions): Promise<BenchRow[]> {
  const { rounds, chromiumBytes } = SIZES[size];
  log('Chromium to Chromium');
  const contenders = await inChromium(t, chromiumBytes);
  const found = await alternate(rounds, { ours: () => contenders.ours(1), raw: () => contenders.raw(1) });
  return rowsOf('Chromium, from 1', chromiumBytes, found.ours, { name: 'raw in Chromium', runs: found.raw }, {
    rate: CHANNEL_TARGETS.rateBesideRaw, firstByte: CHANNEL_TARGETS.firstByte, whole: null,
  });
}

interface RowTargets {
  readonly rate: Target | null;
  readonly firstByte: Target | null;
  readonly whole: Target | null;
  /** Absent where nobody counted. */
  readonly cpu?: Target | null;
}

function rowsOf(name: string, sizeBytes: number, own: readonly ChannelRun[], rival: { readonly name: string; readonly runs: readonly ChannelRun[] }, targets: RowTargets): BenchRow[] {
  const row = (figure: string, unit: string, target: Target | null, pick: (run: ChannelRun) => number): BenchRow => ({
    figure: `${name}: ${figure}`, unit, target, ours: spreadOf(own.map(pick)), rival: { name: rival.name, spread: spreadOf(rival.runs.map(pick)) },
  });
  const mbps = ({ wholeMs, firstByteMs }: ChannelRun): number => (sizeBytes * 8) / 1_000 / (wholeMs - firstByteMs);
  return [
    row('rate once it flows', 'Mb/s', targets.rate, mbps),
    row('first byte', 'ms', targets.firstByte, ({ firstByteMs }) => firstByteMs),
    row('whole', 'ms', targets.whole, ({ wholeMs }) => wholeMs),
    ...(targets.cpu === undefined ? [] : [row('processor time of all ends', 's/GB', targets.cpu, ({ cpuSeconds }) => cpuSeconds / (sizeBytes / 1e9))]),
  ];
}
