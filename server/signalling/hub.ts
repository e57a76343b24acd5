/**
 * Signalling: one socket a client for all its swarms. The hub owns the sockets and their lives; swarm-desk.ts and
 * cdn-desk.ts answer what is asked on them. docs/protocol.md is the prose.
 */
import { SIGNALLING_PROTOCOL_VERSION, CLOSE_REPLACED, type ClientMessage, type IceServer } from '../../engine/index.ts';
import { CdnDesk, type CdnDeskComponents } from './cdn-desk.ts';
import { CLOSE_POLICY, CLOSE_RESTART, CLOSE_TRY_LATER, SignallingClient, type ClientLimits, type SignallingSocket } from './client.ts';
import { connectedClients, type ConnectedClient } from './connected.ts';
import { readClientMessage } from './messages.ts';
import type { RoomsOptions, SwarmFigures } from './rooms.ts';
import { Sessions } from './sessions.ts';
import { SwarmDesk } from './swarm-desk.ts';

export interface SignallingComponents extends CdnDeskComponents {
  /** Keys the sessions. */
  readonly secret: string;
  /** Makes a client a seeder. Empty: nobody is one. */
  readonly seederProof: string;
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  readonly random?: () => number;
  /** For the clients' peer connections. Default none: a house needs none. */
  readonly iceServers?: IceServersForClients;
}

export interface IceServersForClients {
  /** With a password of its own for each client. */
  for(peerId: string): readonly IceServer[];
  /** How long one is good to be used; then a client is told anew. Infinity: for ever. */
  readonly renewAfterMs: number;
}

export interface SignallingOptions extends Partial<ClientLimits>, Partial<RoomsOptions> {
  readonly maxSockets: number;
  readonly messagesPerSecond: number;
  /** A socket that said nothing for three of these is cut: two pings went unanswered. Default 20 s, below the minute after
   *  which proxies close quiet connections. */
  readonly pingIntervalMs?: number;
  /** Default 10 s. */
  readonly helloTimeoutMs?: number;
}

export interface SignallingFigures {
  readonly sockets: number;
  /** How many swarms there are; `swarms` lists the largest of them. */
  readonly swarmsTotal: number;
  readonly swarms: readonly SwarmFigures[];
}

const MAX_SWARMS_LISTED = 100;
/** Who is told to come back does so spread over this, so that a restarted appliance is not met by everybody at once. */
const MIN_RETRY_MS = 500;
const RETRY_SPREAD_MS = 2500;
/** How long a goodbye may take at the end before sockets are cut. */
const CLOSE_TIMEOUT_MS = 1000;
const MAX_SWEEP_INTERVAL_MS = 1000;

export class SignallingHub {
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #sessions: Sessions;
  readonly #swarms: SwarmDesk;
  readonly #cdn: CdnDesk;
  readonly #limits: ClientLimits;
  readonly #maxSockets: number;
  readonly #pingIntervalMs: number;
  readonly #helloTimeoutMs: number;
  readonly #iceServers: IceServersForClients | undefined;
  /** Every open socket, those that are being closed among them. */
  readonly #clients = new Set<SignallingClient>();
  readonly #byPeerId = new Map<string, SignallingClient>();
  readonly #sweepTimer: NodeJS.Timeout;
  readonly #onOverflow = (slow: SignallingClient): void => this.#cut(slow);
  #stopped: PromiseWithResolvers<void> | undefined;

  constructor(components: SignallingComponents, options: SignallingOptions) {
    this.#now = () => Math.floor(components.now());
    this.#random = components.random ?? Math.random;
    this.#sessions = new Sessions(components);
    this.#cdn = new CdnDesk(components);
    this.#swarms = new SwarmDesk({ random: this.#random, byPeerId: this.#byPeerId }, {
      maxRooms: options.maxRooms ?? 100_000,
      maxMembersPerRoom: options.maxMembersPerRoom ?? 100_000,
    });
    this.#limits = {
      messagesPerSecond: options.messagesPerSecond,
      messageBurst: options.messageBurst ?? 2048,
      maxFaultsPerMinute: options.maxFaultsPerMinute ?? 10,
      maxBufferedBytes: options.maxBufferedBytes ?? 1024 * 1024,
    };
    this.#maxSockets = options.maxSockets;
    this.#pingIntervalMs = options.pingIntervalMs ?? 20_000;
    this.#helloTimeoutMs = options.helloTimeoutMs ?? 10_000;
    this.#iceServers = components.iceServers;
    // One timer for all sockets: ten thousand timers would cost more memory than what they watch.
    this.#sweepTimer = setInterval(() => this.sweep(), Math.min(MAX_SWEEP_INTERVAL_MS, this.#pingIntervalMs / 4));
    this.#sweepTimer.unref();
  }

  /** Takes over an open socket, from `address` by `host` where that is known. Its owner tells of frames with `receive`, and of its end with `closed`. */
  accept(socket: SignallingSocket, address: string | null = null, host: string | null = null): SignallingClient {
    const client = new SignallingClient({ socket, address, host }, this.#limits, this.#now(), this.#onOverflow);
    const full = this.#clients.size >= this.#maxSockets;
    this.#clients.add(client);
    // Nobody is left to see to it that a late one says goodbye in time.
    if (this.#stopped) this.#cut(client);
    else if (full) this.#sendAway(client, CLOSE_TRY_LATER);
    return client;
  }

  /** One frame; undefined for a binary one. */
  receive(client: SignallingClient, text: string | undefined): void {
    if (client.ended) return;
    const nowMs = this.#now();
    client.lastHeardMs = nowMs;
    if (!client.takeToken(text?.length ?? 0, nowMs)) {
      client.refuse('rate-limited', `More than ${this.#limits.messagesPerSecond} messages a second. This one was not read.`);
      this.#countFault(client, nowMs);
      return;
    }
    if (text === undefined) {
      client.refuse('bad-message', 'This is a binary frame. Send text.');
      this.#countFault(client, nowMs);
      return;
    }
    const reading = readClientMessage(text);
    if ('good' in reading) {
      this.#answer(client, reading.good, text, nowMs);
      return;
    }
    const { message, ...about } = reading.bad;
    client.refuse('bad-message', message, about);
    this.#countFault(client, nowMs);
  }

  /** The socket is gone. */
  closed(client: SignallingClient): void {
    this.#forget(client);
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.#stopped?.resolve();
  }

  /** What the timer does: pings who is due, and cuts who is silent or never said hello. */
  sweep(): void {
    const nowMs = this.#now();
    for (const client of this.#clients) {
      if (client.ended) continue;
      if (nowMs - client.lastHeardMs >= 3 * this.#pingIntervalMs) this.#cut(client);
      else if (!client.saidHello) {
        if (nowMs - client.lastPingMs >= this.#helloTimeoutMs) this.#end(client, CLOSE_POLICY, 'no hello came');
      } else {
        if (nowMs - client.lastPingMs >= this.#pingIntervalMs) {
          client.lastPingMs = nowMs;
          client.send({ type: 'ping' });
        }
        this.#renewIceServers(client, nowMs);
      }
    }
  }

  /** Swarms that have a viewer in them. */
  activeRooms(): readonly string[] {
    return [...this.#swarms.rooms.active()];
  }

  /** The first viewer came into a swarm. Returns the unsubscriber. */
  onRoomActive(listener: (contentId: string) => void): () => void {
    return this.#swarms.rooms.onActive(listener);
  }

  /** The last viewer left a swarm. Returns the unsubscriber. */
  onRoomIdle(listener: (contentId: string) => void): () => void {
    return this.#swarms.rooms.onIdle(listener);
  }

  figures(): SignallingFigures {
    const { rooms } = this.#swarms;
    return { sockets: this.#clients.size, swarmsTotal: rooms.count, swarms: rooms.largest(MAX_SWARMS_LISTED) };
  }

  /** The `Host` by which a client came, with its port; null for who is not there, or came by none. */
  hostOf(peerId: string): string | null {
    return this.#byPeerId.get(peerId)?.host ?? null;
  }

  /** At most `limit`, the longest connected first. */
  connected(limit: number): readonly ConnectedClient[] {
    return connectedClients(this.#clients, limit, this.#now());
  }

  /** Tells everybody when to come back, and resolves when the sockets are closed, or cut after a second. */
  async stop(): Promise<void> {
    if (!this.#stopped) {
      this.#stopped = Promise.withResolvers<void>();
      clearInterval(this.#sweepTimer);
      for (const client of this.#clients) if (!client.ended) this.#sendAway(client, CLOSE_RESTART);
      if (this.#clients.size === 0) this.#stopped.resolve();
    }
    const cut = setTimeout(() => {
      for (const client of this.#clients) client.terminate();
      this.#stopped?.resolve();
    }, CLOSE_TIMEOUT_MS);
    await this.#stopped.promise;
    clearTimeout(cut);
  }

  #answer(client: SignallingClient, message: ClientMessage, text: string, nowMs: number): void {
    if (message.type === 'pong') return;
    if (message.type === 'hello') this.#hello(client, message, nowMs);
    else if (!client.saidHello) {
      client.refuse('hello-first', 'Send "hello" before anything else.', { re: message.type });
      this.#countFault(client, nowMs);
    } else if (message.type === 'join') this.#swarms.join(client, message);
    else if (message.type === 'update') this.#swarms.update(client, message);
    else if (message.type === 'find') this.#swarms.find(client, message);
    else if (message.type === 'leave') this.#swarms.leave(client, message);
    else if (message.type === 'signal') this.#swarms.relay(client, message, text);
    else if (message.type === 'stop-waiting') this.#cdn.stop(client, message.contentId);
    else void this.#cdn.wait(client, message.contentId);
  }

  #hello(client: SignallingClient, hello: Extract<ClientMessage, { type: 'hello' }>, nowMs: number): void {
    const re = 'hello';
    if (client.saidHello) {
      client.refuse('bad-message', 'You said hello already.', { re });
      this.#countFault(client, nowMs);
      return;
    }
    if (hello.version !== SIGNALLING_PROTOCOL_VERSION) {
      client.refuse('unsupported-version', `This appliance speaks version ${SIGNALLING_PROTOCOL_VERSION} of signalling.`, { re, field: 'version' });
      this.#end(client, CLOSE_POLICY, 'unsupported version');
      return;
    }
    if (hello.seederProof !== undefined && !this.#sessions.provesSeeder(hello.seederProof)) {
      client.refuse('forbidden', 'This is not the proof of this appliance\'s seeder. Say hello without it to be a viewer.', { re, field: 'seederProof' });
      this.#countFault(client, nowMs);
      return;
    }
    const { peerId, session } = this.#sessions.open(hello.session);
    const older = this.#byPeerId.get(peerId);
    if (older) this.#end(older, CLOSE_REPLACED, 'a newer socket claimed this peer id');
    client.peerId = peerId;
    client.role = hello.seederProof === undefined ? 'viewer' : 'seeder';
    this.#byPeerId.set(peerId, client);
    client.iceServersAtMs = nowMs;
    const iceServers = this.#iceServers?.for(peerId) ?? [];
    client.send({ type: 'welcome', version: SIGNALLING_PROTOCOL_VERSION, peerId, session, iceServers, pingIntervalMs: this.#pingIntervalMs });
  }

  /** Passwords for them expire. */
  #renewIceServers(client: SignallingClient, nowMs: number): void {
    if (this.#iceServers === undefined || nowMs - client.iceServersAtMs < this.#iceServers.renewAfterMs) return;
    client.iceServersAtMs = nowMs;
    client.send({ type: 'ice-servers', iceServers: this.#iceServers.for(client.peerId) });
  }

  #countFault(client: SignallingClient, nowMs: number): void {
    if (!client.ended && !client.countFault(nowMs)) this.#end(client, CLOSE_POLICY, 'too many bad messages');
  }

  #sendAway(client: SignallingClient, code: number): void {
    client.send({ type: 'closing', retryAfterMs: Math.round(MIN_RETRY_MS + this.#random() * RETRY_SPREAD_MS) });
    this.#end(client, code, code === CLOSE_RESTART ? 'the appliance is stopping' : 'too many clients');
  }

  #end(client: SignallingClient, code: number, reason: string): void {
    this.#forget(client);
    client.close(code, reason);
  }

  #cut(client: SignallingClient): void {
    this.#forget(client);
    client.terminate();
  }

  /** Takes a client out of everything. The socket itself is counted until it is closed. */
  #forget(client: SignallingClient): void {
    if (client.ended) return;
    client.ended = true;
    if (this.#byPeerId.get(client.peerId) === client) this.#byPeerId.delete(client.peerId);
    this.#swarms.leaveAll(client);
    this.#cdn.stopAll(client);
  }
}
