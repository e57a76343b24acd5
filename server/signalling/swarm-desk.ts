/** The part of signalling about swarms: who is in which, who learns of whom, and what two of them tell each other. */
import { MAX_PEERS_PER_ANSWER, MAX_SWARMS_PER_CLIENT, type ClientMessage, type Signal } from '../../engine/index.ts';
import type { SignallingClient } from './client.ts';
import { holdsAll, summaryOf, type Membership } from './room.ts';
import { Rooms, type RoomsOptions } from './rooms.ts';

type Message<Name extends ClientMessage['type']> = Extract<ClientMessage, { readonly type: Name }>;

export class SwarmDesk {
  readonly rooms: Rooms<SignallingClient>;
  readonly #byPeerId: ReadonlyMap<string, SignallingClient>;

  constructor({ random, byPeerId }: { readonly random: () => number; readonly byPeerId: ReadonlyMap<string, SignallingClient> }, options: RoomsOptions) {
    this.rooms = new Rooms({ random }, options);
    this.#byPeerId = byPeerId;
  }

  /** Joining again updates the share held and asks for peers again, as after a reconnection. */
  join(client: SignallingClient, { contentId, havePermille, wantPeers }: Message<'join'>): void {
    const known = client.memberships.get(contentId);
    if (known) {
      known.room.update(known, havePermille);
      this.#answerPeers(client, known, wantPeers);
      return;
    }
    if (client.memberships.size >= MAX_SWARMS_PER_CLIENT) {
      client.refuse('too-many-swarms', `You are in ${MAX_SWARMS_PER_CLIENT} swarms, which is the most one client may be in. Leave one first.`, { re: 'join', contentId });
      return;
    }
    const membership = this.rooms.join(contentId, client, havePermille);
    if (!membership) {
      client.refuse('too-many-swarms', 'This appliance has no room for more swarms, or for more peers in this one. Try again later.', { re: 'join', contentId });
      return;
    }
    // Keyed by the room's own copy of the id, which is there anyway.
    client.memberships.set(membership.room.contentId, membership);
    this.#answerPeers(client, membership, wantPeers);
    this.#announce(membership);
  }

  update(client: SignallingClient, { type, contentId, havePermille }: Message<'update'>): void {
    const membership = this.#membership(client, type, contentId);
    if (!membership) return;
    membership.room.update(membership, havePermille);
    this.#announce(membership);
  }

  find(client: SignallingClient, { type, contentId, wantPeers }: Message<'find'>): void {
    const membership = this.#membership(client, type, contentId);
    if (membership) this.#answerPeers(client, membership, wantPeers);
  }

  leave(client: SignallingClient, { type, contentId }: Message<'leave'>): void {
    const membership = this.#membership(client, type, contentId);
    if (!membership) return;
    client.memberships.delete(contentId);
    this.rooms.leave(membership);
  }

  leaveAll(client: SignallingClient): void {
    for (const membership of client.memberships.values()) this.rooms.leave(membership);
    client.memberships.clear();
  }

  /** Only between two who share a swarm: nobody can be reached, or be found to exist, by guessing ids. `text` is the message as it came. */
  relay(from: SignallingClient, message: Message<'signal'>, text: string): void {
    const { to } = message;
    const target = this.#byPeerId.get(to);
    if (!target?.isOpen || target === from || !from.memberships.sharesKeyWith(target.memberships)) {
      from.refuse('peer-gone', 'This peer is not in a swarm with you any more.', { re: 'signal', to });
    } else if (!target.takesRelays) {
      from.refuse('rate-limited', 'This peer does not keep up with what it is sent. Try again later.', { re: 'signal', to });
    } else {
      target.sendText(relayed(from, message, text));
    }
  }

  #membership(client: SignallingClient, re: string, contentId: string): Membership<SignallingClient> | undefined {
    const membership = client.memberships.get(contentId);
    if (!membership) client.refuse('not-joined', 'You are not in this swarm. Send "join" first.', { re, contentId });
    return membership;
  }

  #answerPeers(client: SignallingClient, membership: Membership<SignallingClient>, wantPeers: number): void {
    const { room } = membership;
    const peers = room.sample(membership, wantPeers).map(summaryOf);
    client.send({ type: 'peers', contentId: room.contentId, peers, total: room.viewers + room.seeders - 1 });
  }

  /** Who holds all dials nobody, and who lacks pieces asks again only now and then: some of those are told at once, once. */
  #announce(giver: Membership<SignallingClient>): void {
    if (giver.announced || !holdsAll(giver)) return;
    giver.announced = true;
    const { room } = giver;
    const peers = [summaryOf(giver)];
    for (const { occupant } of room.sample(giver, MAX_PEERS_PER_ANSWER)) {
      if (occupant.takesRelays) occupant.send({ type: 'peers', contentId: room.contentId, peers, total: room.viewers + room.seeders - 1 });
    }
  }
}

/**
 * What a message becomes on its way: `from` for `to`. A description of a session is some kilobyte of text in JSON, so it goes on as its
 * sender wrote it where there is nothing else in the message: it was read, and up to the message's end no quotation mark comes after it.
 */
function relayed(from: SignallingClient, { to, connectionId, signal }: Message<'signal'>, text: string): string {
  const id = JSON.stringify(connectionId);
  const head = `{"type":"signal","from":"${from.peerId}","role":"${from.role}","connectionId":${id},"signal":`;
  if (signal.kind === 'offer' || signal.kind === 'answer') {
    const address = `{"type":"signal","to":"${to}","connectionId":${id},"signal":`;
    const description = `${address}{"kind":"${signal.kind}","sdp":"`;
    if (text.startsWith(description) && text.indexOf('"', description.length) === text.length - '"}}'.length) return head + text.slice(address.length);
  }
  return `${head}${JSON.stringify(withoutExtras(signal))}}`;
}

/** What the protocol knows of a signal: what else the sender put in is not for us to carry. */
function withoutExtras(signal: Signal): Signal {
  if (signal.kind === 'candidate') return { kind: signal.kind, candidate: signal.candidate, mid: signal.mid };
  if (signal.kind === 'refuse') return { kind: signal.kind, reason: signal.reason };
  return { kind: signal.kind, sdp: signal.sdp };
}
