/** One swarm as signalling knows it: who is in, how full each is, and who is told about whom. */
import { MAX_PEERS_PER_ANSWER, type PeerRole, type PeerSummary } from '../../engine/index.ts';

const FULL_PERMILLE = 1000;

/** Looked at for one answer, of those who hold all, some and nothing: bounds the work in a room of thousands. */
const CANDIDATES = [24, 24, 16] as const;
type Tier = 0 | 1 | 2;

function tierOf(havePermille: number): Tier {
  if (havePermille === FULL_PERMILLE) return 0;
  return havePermille > 0 ? 1 : 2;
}

/** Somebody who can be in rooms. */
export interface Occupant {
  readonly peerId: string;
  readonly role: PeerRole;
}

/** One occupant's place in one room. */
export interface Membership<T extends Occupant> {
  readonly occupant: T;
  readonly room: Room<T>;
  havePermille: number;
  /** Others were told that it holds all. */
  announced: boolean;
  /** Where it stands in the list that holds it; kept by the room. */
  index: number;
}

/** Has nothing to get from the swarm, only to give. */
export function holdsAll({ occupant, havePermille }: Membership<Occupant>): boolean {
  return occupant.role === 'seeder' || havePermille === FULL_PERMILLE;
}

/** As others are told of it. */
export function summaryOf({ occupant: { peerId, role }, havePermille }: Membership<Occupant>): PeerSummary {
  return { peerId, role, havePermille };
}

/** Joining, leaving and updating are O(1). */
export class Room<T extends Occupant> {
  readonly contentId: string;
  readonly #viewers: readonly [Membership<T>[], Membership<T>[], Membership<T>[]] = [[], [], []];
  readonly #seeders: Membership<T>[] = [];
  readonly #random: () => number;

  constructor(contentId: string, random: () => number) {
    this.contentId = contentId;
    this.#random = random;
  }

  get viewers(): number {
    return this.#viewers[0].length + this.#viewers[1].length + this.#viewers[2].length;
  }

  get seeders(): number {
    return this.#seeders.length;
  }

  add(occupant: T, havePermille: number): Membership<T> {
    const membership: Membership<T> = { occupant, room: this, havePermille, announced: false, index: 0 };
    this.#insert(membership);
    return membership;
  }

  remove(membership: Membership<T>): void {
    const list = this.#listOf(membership);
    const last = list.pop();
    if (last && last !== membership) {
      list[membership.index] = last;
      last.index = membership.index;
    }
  }

  update(membership: Membership<T>, havePermille: number): void {
    this.remove(membership);
    membership.havePermille = havePermille;
    this.#insert(membership);
  }

  /**
   * At most `want` others who are of use to `self`, best first: to somebody who lacks pieces the fuller ones, to somebody
   * who holds all those who lack most. Chosen with weight but at random, so that no one peer is sent everybody.
   */
  sample(self: Membership<T>, want: number): Membership<T>[] {
    const count = Math.min(want, MAX_PEERS_PER_ANSWER);
    const gives = holdsAll(self);
    const weighted: { readonly member: Membership<T>; readonly key: number }[] = [];
    for (const tier of [0, 1, 2] as const) {
      if (gives && tier === 0) continue;
      for (const member of this.#pick(this.#viewers[tier], CANDIDATES[tier])) {
        if (member === self) continue;
        const weight = 1 + (gives ? FULL_PERMILLE - member.havePermille : member.havePermille);
        // Efraimidis and Spirakis, Weighted random sampling with a reservoir (2006): the smallest keys are the sample.
        weighted.push({ member, key: -Math.log(1 - this.#random()) / weight });
      }
    }
    weighted.sort((one, other) => one.key - other.key);
    const chosen = weighted.slice(0, count).map(({ member }) => member);
    chosen.sort((one, other) => (gives ? one.havePermille - other.havePermille : other.havePermille - one.havePermille));
    if (!gives) this.#addSeeder(chosen, count);
    return chosen;
  }

  /** One seeder at most, and last: it is for what the others cannot give. */
  #addSeeder(chosen: Membership<T>[], count: number): void {
    const [seeder] = this.#pick(this.#seeders, 1);
    if (!seeder || count === 0) return;
    const spare = chosen.at(-1);
    if (chosen.length === count) {
      if (count === 1 && spare?.havePermille === FULL_PERMILLE) return;
      chosen.pop();
    }
    chosen.push(seeder);
  }

  /** Up to `count` of the list at random: the first steps of a Fisher-Yates shuffle, done in place. */
  #pick(list: Membership<T>[], count: number): Membership<T>[] {
    const picked: Membership<T>[] = [];
    for (let at = 0; at < list.length && picked.length < count; at += 1) {
      const from = at + Math.floor(this.#random() * (list.length - at));
      const here = list[at];
      const there = list[from];
      if (!here || !there) break;
      list[at] = there;
      there.index = at;
      list[from] = here;
      here.index = from;
      picked.push(there);
    }
    return picked;
  }

  #insert(membership: Membership<T>): void {
    const list = this.#listOf(membership);
    membership.index = list.length;
    list.push(membership);
  }

  #listOf({ occupant, havePermille }: Membership<T>): Membership<T>[] {
    return occupant.role === 'seeder' ? this.#seeders : this.#viewers[tierOf(havePermille)];
  }
}
