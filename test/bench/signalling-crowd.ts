/** A process full of signalling clients. Started by signalling.bench.ts, does one thing at a time as it is told, and ends when that does. */
import { OFFERS, OurMember, RivalMember, type Member } from './signalling-members.ts';
import { RawWebSocket } from './raw-websocket.ts';

export type Contender = 'ours' | 'rival';

export type CrowdTask =
  | { readonly do: 'join'; readonly contender: Contender; readonly port: number; readonly sockets: number; readonly firstSwarm: number; readonly swarmMembers: number }
  /** `meetings` of {@link OFFERS} offers each, `together` of them at a time. */
  | { readonly do: 'meet'; readonly meetings: number; readonly together: number }
  | { readonly do: 'leave' };

/** Source addresses 127.0.0.1 and on. */
const ADDRESSES = 8;
/** Sockets being opened at the same time: below the server's backlog. */
const OPENING = 100;
const KINDS = {
  ours: { path: '/signalling', Member: OurMember },
  rival: { path: '/', Member: RivalMember },
};

let sockets: RawWebSocket[] = [];
let swarms: Member[][] = [];

async function join({ contender, port, sockets: count, firstSwarm, swarmMembers }: Extract<CrowdTask, { do: 'join' }>): Promise<void> {
  const { path, Member } = KINDS[contender];
  swarms = Array.from({ length: Math.ceil(count / swarmMembers) }, () => []);
  await inTurn(count, OPENING, async (index) => {
    const socket = await RawWebSocket.open({ host: '127.0.0.1', port, path, localAddress: `127.0.0.${1 + (index % ADDRESSES)}` });
    sockets.push(socket);
    socket.onEnd = () => { throw new Error('The server closed a socket of the bench.'); };
    const swarm = index % swarms.length;
    const member = new Member(socket, firstSwarm + swarm);
    await member.join();
    swarms[swarm]?.push(member);
  });
}

async function meet({ meetings, together }: Extract<CrowdTask, { do: 'meet' }>): Promise<void> {
  await inTurn(meetings, together, async (index) => {
    const swarm = swarms[index % swarms.length] ?? [];
    const at = Math.floor(index / swarms.length);
    const others = Array.from({ length: OFFERS }, (_, step) => swarm[(at + 1 + step) % swarm.length]).filter((one) => one !== undefined);
    await swarm[at % swarm.length]?.meet(others);
  });
}

function leave(): void {
  for (const socket of sockets) socket.close();
  sockets = [];
  swarms = [];
}

/** `work` for 0 to `count`, at most `together` at a time. */
async function inTurn(count: number, together: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: together }, async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  }));
}

process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  const task = message as CrowdTask;
  const done = task.do === 'join' ? join(task) : task.do === 'meet' ? meet(task) : Promise.resolve(leave());
  // A rejection ends the process, and with it the bench.
  void done.then(() => process.send?.('done'));
});
