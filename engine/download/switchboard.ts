/**
 * Where the schedule meets the world: carries out what it decides, tells it what happens, and asks it again, at each event and
 * when it said something may change by itself. The only owner of a schedule's state.
 */
import type { SwitchReason, SwitchState } from '../figures.ts';
import type { Clock } from '../platform/clock.ts';
import { advance, cdnOf, wakeAtMs } from '../schedule/decide.ts';
import {
  applianceReturned, cdnEnded, cdnGave, cdnProgressed, forgiveSilence, granted, peerFailed, peerGave, peerGone, peerHas, peerOpened, peerProgressed, queued,
} from '../schedule/schedule-events.ts';
import type { CdnView, Decision, ScheduleState } from '../schedule/schedule-state.ts';
import { PeerSource } from '../source/peer-source.ts';
import type { Source } from '../source/source.ts';
import { VerifiedSource } from '../source/verified-source.ts';
import type { Manifest } from '../protocol/manifest.ts';
import type { SwarmEvents, SwarmMembership, SwarmPeer } from '../swarm/swarm.ts';
import { CdnRunner } from './cdn-runner.ts';
import { type PeerHandle, PeerRunner } from './peer-runner.ts';
import type { Tally } from './tally.ts';

/** Peers' progress is looked at this often while they are asked for something: a stall is then seen in time. */
const LOOK_MS = 200;

/** Later than a timer usually is; and what reading takes that lies there unread after such a while. */
const LATE_MS = 50;

interface SwitchboardHost {
  /** A verified piece that was not here. */
  onPiece(piece: number, bytes: Uint8Array): void;
  onEntered(from: SwitchState, to: SwitchState, reason: SwitchReason): void;
  /** Something that is shown has changed. */
  onChanged(): void;
  /** Resolves when the store can take more. */
  room(): Promise<void>;
}

export interface SwitchboardComponents {
  readonly clock: Clock;
  readonly state: ScheduleState;
  readonly manifest: Manifest;
  /** Verified, one for each CDN of the state, with its id. */
  readonly cdnSources: readonly Source[];
  readonly tally: Tally;
  readonly host: SwitchboardHost;
}

export class Switchboard {
  readonly state: ScheduleState;
  /** Why each source that failed did so last, in words. */
  readonly troubles = new Map<string, string>();
  readonly #parts: SwitchboardComponents;
  readonly #cdns = new Map<string, CdnRunner>();
  readonly #peers = new Map<string, PeerHandle>();
  readonly #peerRunner: PeerRunner;
  #membership: SwarmMembership | undefined;
  #signalling: 'connected' | 'connecting' | 'off' = 'off';
  #cancelWake: (() => void) | undefined;
  /** When the schedule wanted to be asked again, and when the timer that is set for it comes: that, or sooner. */
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #isExcused = false;
  #lookedAtMs = 0;
  #pumping = false;
  #pumpAgain = false;
  #stopped = false;

  constructor(components: SwitchboardComponents) {
    this.#parts = components;
    this.state = components.state;
    for (const source of components.cdnSources) {
      this.#cdns.set(source.id, new CdnRunner({ source, view: cdnOf(this.state, source.id), host: this.#cdnHost }));
    }
    this.#peerRunner = new PeerRunner({
      now: () => this.#now(),
      onPeerPiece: (handle, piece, bytes) => this.#onPeerPiece(handle, piece, bytes),
      onPeerLied: (handle, piece) => this.#onPeerLied(handle, piece),
      onPeerEnd: (handle, piece, end) => {
        peerFailed(this.state, handle.view, piece, end, this.#now());
        this.pump();
      },
    });
  }

  get signalling(): 'connected' | 'connecting' | 'off' {
    return this.#signalling;
  }

  get hasFoundPeers(): boolean {
    return this.#membership?.hasFoundPeers === true;
  }

  get peers(): SwarmPeer[] {
    return [...this.#peers.values()].map(({ peer }) => peer);
  }

  /** What the swarm tells; hand it to the network when joining. */
  readonly swarmEvents: SwarmEvents = {
    onPeerOpen: (peer) => {
      const view = peerOpened(this.state, { peerId: peer.peerId, isSeeder: peer.role === 'seeder', has: (piece) => peer.has(piece) }, this.#now());
      this.#peers.set(peer.peerId, { view, peer, source: new VerifiedSource(new PeerSource(peer), this.#parts.manifest) });
      this.pump();
    },
    onPeerGone: (peer) => {
      if (this.#peers.get(peer.peerId)?.peer !== peer) return;
      this.#parts.tally.peerGone(peer);
      this.#peers.delete(peer.peerId);
      peerGone(this.state, peer.peerId);
      this.pump();
    },
    onPeerHave: (peer) => {
      const handle = this.#peers.get(peer.peerId);
      if (handle === undefined) return;
      peerHas(handle.view);
      this.pump();
    },
    onGrant: (grant) => {
      granted(this.state, grant);
      this.pump();
    },
    onQueued: (position) => {
      queued(this.state, position ?? undefined);
      this.pump();
    },
    onSignalling: (state) => {
      const isBack = state === 'connected' && this.#signalling === 'connecting';
      this.#signalling = state;
      if (isBack) {
        applianceReturned(this.state, this.#now());
        this.pump();
      } else this.#parts.host.onChanged();
    },
  };

  /** From here on decisions about the swarm are carried out. */
  joined(membership: SwarmMembership | undefined): void {
    this.#membership = membership;
  }

  /** Asks the schedule, and does what it says. Safe to call at any time, also from within. */
  pump(): void {
    this.#pumpAgain = true;
    if (this.#pumping || this.#stopped) return;
    this.#pumping = true;
    this.#excuseDeafness();
    try {
      while (this.#pumpAgain) {
        this.#pumpAgain = false;
        const nowMs = this.#now();
        this.#lookAtPeers(nowMs);
        for (const decision of advance(this.state, nowMs)) this.#carryOut(decision);
      }
    } finally {
      this.#pumping = false;
    }
    this.#wakeLater();
    this.#parts.host.onChanged();
  }

  /** Ends every request; nothing is asked for any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelWake?.();
    this.#peerRunner.stop();
    await Promise.all([...this.#cdns.values()].map((cdn) => cdn.stop()));
  }

  #now(): number {
    return this.#parts.clock.now();
  }

  #carryOut(decision: Decision): void {
    switch (decision.do) {
      case 'ask-cdn':
        return this.#cdns.get(decision.cdnId)?.start(decision.window, decision.grant);
      case 'shorten-window':
        return this.#cdns.get(decision.cdnId)?.shortened();
      case 'ask-peer': {
        const handle = this.#peers.get(decision.peerId);
        if (handle !== undefined) this.#peerRunner.ask(handle, decision.piece);
        return;
      }
      case 'cancel-peer':
        return this.#peerRunner.cancel(decision.peerId, decision.piece);
      case 'wait-for-cdn':
        return this.#membership?.waitForCdn();
      case 'stop-waiting':
        return this.#membership?.stopWaitingForCdn();
      case 'want-peers':
        return this.#membership?.setWantedPeers(decision.count);
      case 'enter':
        return this.#parts.host.onEntered(decision.from, decision.state, decision.reason);
    }
  }

  readonly #cdnHost = {
    room: () => this.#parts.host.room(),
    onCdnProgress: (cdn: CdnView, bytes: number): void => {
      this.#isExcused = false;
      cdnProgressed(this.state, cdn, bytes, this.#now());
      this.#parts.tally.received(bytes, this.#now());
      // Bytes come by the thousand; only the first of a stream, or after a silence, changes what is to be done.
      if (bytes === 0 || this.state.shown !== 'cdn') this.pump();
    },
    onCdnPiece: (cdn: CdnView, piece: number, bytes: Uint8Array): boolean => {
      const isNew = cdnGave(this.state, cdn, piece);
      if (isNew) this.#keep(piece, bytes, 'cdn');
      this.pump();
      return isNew;
    },
    onCdnEnd: (cdn: CdnView, end: Parameters<typeof cdnEnded>[2], outcome: { readonly wastedBytes: number; readonly error: string | undefined }): void => {
      this.#parts.tally.wastedBytes += outcome.wastedBytes;
      if (end.how === 'wrong-bytes') this.#parts.tally.hashFailures += 1;
      if (outcome.error !== undefined && end.how !== 'cancelled') this.troubles.set(cdn.id, outcome.error);
      cdnEnded(this.state, cdn, end, this.#now());
      this.pump();
    },
  };

  #onPeerPiece(handle: PeerHandle, piece: number, bytes: Uint8Array): void {
    this.#isExcused = false;
    const isNew = peerGave(this.state, handle.view, piece, bytes.length, this.#now());
    this.#parts.tally.received(bytes.length, this.#now());
    if (isNew) this.#keep(piece, bytes, handle.view.isSeeder ? 'seeder' : 'peer');
    else this.#parts.tally.wastedBytes += bytes.length;
    this.pump();
  }

  #onPeerLied(handle: PeerHandle, piece: number): void {
    const { tally } = this.#parts;
    tally.hashFailures += 1;
    tally.wastedBytes += Math.min(this.state.pieceLengthBytes, this.#parts.manifest.sizeBytes - piece * this.state.pieceLengthBytes);
    // Nothing more of it is trusted, whatever it was asked for besides.
    for (const request of handle.view.requests) this.#peerRunner.cancel(handle.peer.peerId, request.piece);
    peerGone(this.state, handle.peer.peerId);
    handle.peer.ban(`it gave wrong bytes for piece ${piece}`);
  }

  #keep(piece: number, bytes: Uint8Array, kind: 'cdn' | 'peer' | 'seeder'): void {
    this.#parts.tally.gave(piece, kind, this.#now());
    this.#parts.host.onPiece(piece, bytes);
  }

  /** A peer tells us of whole pieces only; between them its counter shows whether it is alive. */
  #lookAtPeers(nowMs: number): void {
    if (nowMs - this.#lookedAtMs < LOOK_MS / 2) return;
    this.#lookedAtMs = nowMs;
    for (const handle of this.#peers.values()) {
      if (handle.view.requests.length === 0) continue;
      const { bytesReceived, roundTripMs } = handle.peer.figures();
      handle.view.roundTripMs = roundTripMs ?? undefined;
      if (bytesReceived !== handle.view.bytesSeen) peerProgressed(this.state, handle.view, nowMs);
      handle.view.bytesSeen = bytesReceived;
    }
  }

  #wakeLater(): void {
    const nowMs = this.#now();
    const isAsking = [...this.state.peers.values()].some(({ requests }) => requests.length > 0);
    const atMs = Math.min(wakeAtMs(this.state, nowMs) ?? Number.POSITIVE_INFINITY, isAsking ? nowMs + LOOK_MS : Number.POSITIVE_INFINITY);
    const isNeeded = !this.#stopped && Number.isFinite(atMs);
    this.#wakeAtMs = isNeeded ? atMs : Number.POSITIVE_INFINITY;
    // A timer that comes too early asks again and does no harm; one for each piece is work for nothing.
    if (isNeeded && this.#cancelWake !== undefined && this.#timerAtMs > nowMs && this.#timerAtMs <= atMs) return;
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    if (!isNeeded) return;
    this.#timerAtMs = atMs;
    this.#cancelWake = this.#parts.clock.after(Math.max(1, atMs - nowMs), () => {
      this.#cancelWake = undefined;
      this.pump();
    });
  }

  /**
   * A timer that is late means that we were busy, and that bytes may lie there unread: nobody is judged for it, and before anybody
   * is judged after it, there is a moment to read. Once until something comes: on a machine that is always late, a source that is
   * dead must be seen to be.
   */
  #excuseDeafness(): void {
    const nowMs = this.#now();
    const lateMs = nowMs - this.#wakeAtMs;
    if (lateMs <= LATE_MS || this.#isExcused) return;
    this.#isExcused = true;
    forgiveSilence(this.state, lateMs, nowMs, LATE_MS);
  }
}
