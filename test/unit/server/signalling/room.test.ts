/** Whom a room tells about whom. */
import { test } from 'tap';

import { MAX_PEERS_PER_ANSWER, type PeerRole } from '../../../../engine/index.ts';
import { Room, type Membership, type Occupant } from '../../../../server/signalling/room.ts';

/** Mulberry32: the same sequence for the same seed, so that a failure can be had again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function someone(peerId: string, role: PeerRole): Occupant {
  return { peerId, role };
}

function roomOf(shares: readonly number[], seeders = 0): { room: Room<Occupant>; members: Membership<Occupant>[]; newcomer: Membership<Occupant> } {
  const room = new Room<Occupant>('a'.repeat(64), randomFrom(1));
  const members = shares.map((share, index) => room.add(someone(`v${index}`, 'viewer'), share));
  for (let index = 0; index < seeders; index += 1) members.push(room.add(someone(`s${index}`, 'seeder'), 1000));
  return { room, members, newcomer: room.add(someone('me', 'viewer'), 0) };
}

test('gives no more than was wanted, no more than the bound, nobody twice and never oneself', async (t) => {
  const { room, newcomer } = roomOf(Array.from({ length: 200 }, (_, index) => index * 5));
  for (const want of [0, 1, 5, MAX_PEERS_PER_ANSWER, 1000]) {
    const ids = room.sample(newcomer, want).map(({ occupant }) => occupant.peerId);
    t.equal(ids.length, Math.min(want, MAX_PEERS_PER_ANSWER));
    t.equal(new Set(ids).size, ids.length);
    t.notOk(ids.includes('me'));
  }
});

test('gives everybody where there are few, the fullest first', async (t) => {
  const { room, newcomer } = roomOf([0, 1000, 300, 700]);
  t.same(room.sample(newcomer, 16).map(({ havePermille }) => havePermille), [1000, 700, 300, 0]);
});

test('prefers the fuller, and spreads over them', async (t) => {
  const { room, newcomer } = roomOf([...Array<number>(30).fill(0), ...Array<number>(30).fill(1000)]);
  const times = new Map<string, number>();
  let full = 0;
  for (let round = 0; round < 300; round += 1) {
    for (const { occupant: { peerId }, havePermille } of room.sample(newcomer, 5)) {
      times.set(peerId, (times.get(peerId) ?? 0) + 1);
      if (havePermille === 1000) full += 1;
    }
  }
  t.ok(full > 0.95 * 1500, `${full} of 1500 were full`);
  const mostTold = Math.max(...times.values());
  t.ok(mostTold < 100, `one was told ${mostTold} times where 50 is even`);
});

test('finds the one full peer among thousands of empty ones', async (t) => {
  const { room, newcomer } = roomOf([...Array<number>(5000).fill(0), 1000]);
  t.equal(room.sample(newcomer, 4)[0]?.havePermille, 1000);
});

test('gives one seeder at most, and last', async (t) => {
  const { room, newcomer } = roomOf([1000, 1000, 400], 3);
  t.same(room.sample(newcomer, 16).map(({ occupant }) => occupant.role), ['viewer', 'viewer', 'viewer', 'seeder']);
  t.same(room.sample(newcomer, 2).map(({ occupant }) => occupant.role), ['viewer', 'seeder']);
  t.same(room.sample(newcomer, 1).map(({ occupant }) => occupant.role), ['viewer'], 'a full viewer spares the seeder');
  t.same(room.sample(newcomer, 0), []);
  const lonely = roomOf([0, 0], 1);
  t.same(lonely.room.sample(lonely.newcomer, 1).map(({ occupant }) => occupant.role), ['seeder'], 'empty viewers do not');
});

test('tells who holds everything of those who lack pieces, the emptiest first', async (t) => {
  const { room, members } = roomOf([1000, 1000, 600, 200], 1);
  const [full] = members;
  const seeder = members.at(-1);
  if (!full || !seeder) throw new Error('no members');
  t.same(room.sample(full, 16).map(({ havePermille }) => havePermille), [0, 200, 600]);
  t.same(room.sample(seeder, 16).map(({ havePermille }) => havePermille), [0, 200, 600]);
});

test('keeps count through any order of joins, updates and leaves', async (t) => {
  const random = randomFrom(7);
  const room = new Room<Occupant>('a'.repeat(64), random);
  const inside = new Map<string, Membership<Occupant>>();
  for (let step = 0; step < 5000; step += 1) {
    const peerId = `p${Math.floor(random() * 60)}`;
    const known = inside.get(peerId);
    const share = [0, 500, 1000][Math.floor(random() * 3)] ?? 0;
    if (!known) inside.set(peerId, room.add({ peerId, role: random() < 0.1 ? 'seeder' : 'viewer' }, share));
    else if (random() < 0.5) room.update(known, share);
    else {
      room.remove(known);
      inside.delete(peerId);
    }
    const [member] = inside.values();
    if (member) for (const { occupant: { peerId: told } } of room.sample(member, 16)) if (!inside.has(told)) t.fail(`${told} had left`);
    const viewers = [...inside.values()].filter(({ occupant }) => occupant.role === 'viewer').length;
    if (room.viewers !== viewers || room.seeders !== inside.size - viewers) t.fail(`step ${step}: wrong count`);
  }
  for (const membership of inside.values()) room.remove(membership);
  t.equal(room.viewers + room.seeders, 0);
});
