/**
 * `npm run bench -- signalling`: an appliance with thousands of signalling sockets against bittorrent-tracker's WebSocket tracker with as many.
 * The same clients for both: they join swarms of fifty, and then each in turn makes five others an offer and takes their answers. The appliance is
 * sent five messages for that and the tracker one, as their own clients do.
 */
import { readFile } from 'node:fs/promises';
import type { Closing } from '../fixtures/browser.ts';
import { alternate, type Bench, type BenchOptions, type BenchRow, spreadOf, type Target, withClosing } from './bench.ts';
import { type Child, startChild } from './child.ts';
import type { Contender, CrowdTask } from './signalling-crowd.ts';
import { OFFERS } from './signalling-members.ts';
import type { ServerFigures } from './signalling-node.ts';
import { SIGNALLING_TARGETS } from './targets.ts';

interface Sizes {
  readonly rounds: number;
  readonly sockets: number;
  readonly meetings: number;
}

const SIZES: Record<BenchOptions['size'], Sizes> = {
  full: { rounds: 2, sockets: 10_000, meetings: 10_000 },
  smallest: { rounds: 1, sockets: 200, meetings: 100 },
};
/** One for each core that the server leaves to them, of two; each holds half of the sockets. */
const CROWDS = 2;
const SWARM_MEMBERS = 50;
const MEETINGS_TOGETHER = 32;
/** What a server opens besides its sockets. */
const OTHER_FILES = 500;

interface Figures {
  readonly joinsPerSecond: number;
  readonly joinCpuUs: number;
  readonly relaysPerSecond: number;
  readonly relayCpuUs: number;
  readonly liveBytes: number;
  readonly residentBytes: number;
}

export const bench: Bench = {
  what: 'signalling with thousands of sockets in one process against bittorrent-tracker',
  run: (options) => withClosing((t) => run(t, options)),
};

async function run(t: Closing, { size, log }: BenchOptions): Promise<BenchRow[]> {
  const { rounds, meetings, sockets: wanted } = SIZES[size];
  const sockets = Math.min(wanted, await openFilesLimit() - OTHER_FILES);
  if (sockets < wanted) log(`only ${sockets} sockets: the limit of open files allows no more`);
  const crowds = Array.from({ length: CROWDS }, () => startChild(t, new URL('./signalling-crowd.ts', import.meta.url)));
  const sample = (contender: Contender) => async (round: number): Promise<Figures> => {
    log(`${contender}, round ${round + 1}`);
    return await measure(t, crowds, contender, { sockets, meetings });
  };
  const { ours, rival } = await alternate(rounds, { ours: sample('ours'), rival: sample('rival') });
  const row = (figure: string, unit: string, pick: (figures: Figures) => number, target: Target | null): BenchRow => ({
    figure, unit, ours: spreadOf(ours.map(pick)), rival: { name: 'bittorrent-tracker', spread: spreadOf(rival.map(pick)) }, target,
  });
  return [
    row(`${sockets} sockets opened and joined`, 'a second', ({ joinsPerSecond }) => joinsPerSecond, null),
    row('server\'s processor for one of them', 'us', ({ joinCpuUs }) => joinCpuUs, null),
    row('offers and answers relayed', 'a second', ({ relaysPerSecond }) => relaysPerSecond, SIGNALLING_TARGETS.relays),
    row('server\'s processor for one of them', 'us', ({ relayCpuUs }) => relayCpuUs, SIGNALLING_TARGETS.relayCpu),
    row('memory for a socket, alive', 'bytes', ({ liveBytes }) => liveBytes, SIGNALLING_TARGETS.memory),
    row('memory for a socket, resident after the relays', 'bytes', ({ residentBytes }) => residentBytes, SIGNALLING_TARGETS.memory),
  ];
}

async function measure(t: Closing, crowds: readonly Child[], contender: Contender, { sockets, meetings }: { readonly sockets: number; readonly meetings: number }): Promise<Figures> {
  const nodeOptions = contender === 'ours' ? await imageNodeOptions() : [];
  const server = startChild(t, new URL('./signalling-node.ts', import.meta.url), [contender, `${sockets}`], ['--expose-gc', ...nodeOptions]);
  const { port } = await server.next() as { readonly port: number };
  const figures = async (): Promise<ServerFigures> => await server.ask({}) as ServerFigures;
  const perCrowd = sockets / CROWDS;
  const empty = await figures();
  const joinMs = await timed(crowds, (index) => ({
    do: 'join', contender, port, sockets: perCrowd, swarmMembers: SWARM_MEMBERS, firstSwarm: 1 + index * Math.ceil(perCrowd / SWARM_MEMBERS),
  }));
  const joined = await figures();
  const beforeRelays = await figures();
  const relayMs = await timed(crowds, () => ({ do: 'meet', meetings: meetings / CROWDS, together: MEETINGS_TOGETHER }));
  const used = await figures();
  await timed(crowds, () => ({ do: 'leave' }));
  await server.stop();
  const relays = 2 * OFFERS * meetings;
  return {
    joinsPerSecond: sockets / (joinMs / 1_000), joinCpuUs: (joined.cpuMs - empty.cpuMs) * 1_000 / sockets,
    relaysPerSecond: relays / (relayMs / 1_000), relayCpuUs: (used.cpuMs - beforeRelays.cpuMs) * 1_000 / relays,
    liveBytes: (used.liveBytes - empty.liveBytes) / sockets, residentBytes: (used.residentBytes - empty.residentBytes) / sockets,
  };
}

async function timed(crowds: readonly Child[], task: (index: number) => CrowdTask): Promise<number> {
  const startedAtMs = performance.now();
  await Promise.all(crowds.map((crowd, index) => crowd.ask(task(index))));
  return performance.now() - startedAtMs;
}

/** The appliance runs as its image runs it. The tracker's own command gives Node no options. */
async function imageNodeOptions(): Promise<string[]> {
  const options = /^ *NODE_OPTIONS=(\S+)$/m.exec(await readFile(new URL('../../Dockerfile', import.meta.url), 'utf8'))?.[1];
  if (options === undefined) throw new Error('The Dockerfile has no line that sets NODE_OPTIONS.');
  return [options];
}

/** Of a process, which Node raises to by itself. */
async function openFilesLimit(): Promise<number> {
  return Number(/^Max open files +\S+ +(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8'))?.[1] ?? 1_024);
}
