/**
 * All rooms of an appliance. A room exists while somebody is in it, and for any well-formed content id: a swarm works
 * without the CDN holding its content (an appliance that lost it, a video that only viewers still have).
 */
import { PROBE_CONTENT_ID } from '../../engine/index.ts';
import { Room, type Membership, type Occupant } from './room.ts';

export interface RoomsOptions {
  /** Bound of rooms, whoever is in them. */
  readonly maxRooms: number;
  /** Bound of one room. */
  readonly maxMembersPerRoom: number;
}

/** A swarm's members, for figures. */
export interface SwarmFigures {
  readonly contentId: string;
  readonly viewers: number;
  readonly seeders: number;
}

type RoomListener = (contentId: string) => void;

export class Rooms<T extends Occupant> {
  readonly #rooms = new Map<string, Room<T>>();
  readonly #options: RoomsOptions;
  readonly #random: () => number;
  readonly #activeListeners = new Set<RoomListener>();
  readonly #idleListeners = new Set<RoomListener>();

  constructor({ random }: { readonly random: () => number }, options: RoomsOptions) {
    this.#random = random;
    this.#options = options;
  }

  /** Those of videos: the probe content is none. */
  get count(): number {
    return this.#rooms.size - (this.#rooms.has(PROBE_CONTENT_ID) ? 1 : 0);
  }

  /** undefined when a bound is reached. The caller sees to it that nobody is in a room twice. */
  join(contentId: string, occupant: T, havePermille: number): Membership<T> | undefined {
    let room = this.#rooms.get(contentId);
    if (!room) {
      if (this.#rooms.size >= this.#options.maxRooms) return undefined;
      room = new Room<T>(contentId, this.#random);
      this.#rooms.set(contentId, room);
    } else if (room.viewers + room.seeders >= this.#options.maxMembersPerRoom) return undefined;
    const membership = room.add(occupant, havePermille);
    if (occupant.role === 'viewer' && room.viewers === 1) for (const listener of this.#activeListeners) listener(contentId);
    return membership;
  }

  leave(membership: Membership<T>): void {
    const { room, occupant } = membership;
    room.remove(membership);
    if (room.viewers + room.seeders === 0) this.#rooms.delete(room.contentId);
    if (occupant.role === 'viewer' && room.viewers === 0) for (const listener of this.#idleListeners) listener(room.contentId);
  }

  /** Rooms with a viewer in them. */
  *active(): IterableIterator<string> {
    for (const room of this.#rooms.values()) if (room.viewers > 0) yield room.contentId;
  }

  /** The first viewer came. Returns the unsubscriber. */
  onActive(listener: RoomListener): () => void {
    this.#activeListeners.add(listener);
    return () => this.#activeListeners.delete(listener);
  }

  /** The last viewer left. Returns the unsubscriber. */
  onIdle(listener: RoomListener): () => void {
    this.#idleListeners.add(listener);
    return () => this.#idleListeners.delete(listener);
  }

  /** The `limit` largest of videos. */
  largest(limit: number): SwarmFigures[] {
    const rooms = [...this.#rooms.values()].filter(({ contentId }) => contentId !== PROBE_CONTENT_ID);
    const all = rooms.map(({ contentId, viewers, seeders }) => ({ contentId, viewers, seeders }));
    return all.sort((one, other) => other.viewers + other.seeders - one.viewers - one.seeders).slice(0, limit);
  }
}
