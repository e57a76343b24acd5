/** What a download counts of itself. Numbers only; figures.ts says what each means. */
import {
  type BytesFrom, PIECE_SOURCES, type PieceSource, type SwitchReason, type SwitchRecord, type SwitchState,
} from '../figures.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { pieceBytes, pieceCount } from '../protocol/pieces.ts';
import { Throughput } from '../schedule/throughput.ts';
import type { SwarmPeer } from '../swarm/swarm.ts';
import { RateMeter } from '../rate-meter.ts';

/** The last switches are kept; a download that runs for weeks forgets its first. */
const MAX_SWITCHES = 256;

export class Tally {
  readonly pieceSources: Uint8Array;
  readonly switches: SwitchRecord[] = [];
  bytesResumed = 0;
  wastedBytes = 0;
  hashFailures = 0;
  /** Of peers that are gone. */
  #sentBytes = 0;
  #evictedBytes = 0;
  readonly #from = { cdn: 0, peers: 0, seeder: 0 };
  readonly #manifest: Manifest;
  readonly #meter: RateMeter;
  readonly #pace = new Throughput();
  #paceAtMs: number;

  constructor(manifest: Manifest, nowMs: number) {
    this.#manifest = manifest;
    this.pieceSources = new Uint8Array(pieceCount(manifest));
    this.#meter = new RateMeter(nowMs);
    this.#paceAtMs = nowMs;
  }

  get bytesFrom(): BytesFrom {
    return { ...this.#from };
  }

  get bytesHeld(): number {
    return this.bytesResumed + this.#from.cdn + this.#from.peers + this.#from.seeder - this.#evictedBytes;
  }

  resumed(piece: number): void {
    this.bytesResumed += pieceBytes(this.#manifest, piece);
    this.#mark(piece, 'stored');
  }

  /** A verified piece that was not here. */
  gave(piece: number, kind: 'cdn' | 'peer' | 'seeder', nowMs: number): void {
    const bytes = pieceBytes(this.#manifest, piece);
    this.#from[kind === 'peer' ? 'peers' : kind] += bytes;
    this.#mark(piece, kind);
    this.#pace.add(bytes, nowMs - this.#paceAtMs);
    this.#paceAtMs = nowMs;
  }

  /** A kept piece that the store lost: what it counted for is taken back. */
  lost(piece: number): void {
    const bytes = pieceBytes(this.#manifest, piece);
    const source = PIECE_SOURCES[this.pieceSources[piece] ?? 0];
    if (source === 'stored') this.bytesResumed -= bytes;
    else if (source !== undefined && source !== 'none') this.#from[source === 'peer' ? 'peers' : source] -= bytes;
    this.#mark(piece, 'none');
    this.wastedBytes += bytes;
  }

  /** A kept piece that the store let go of. It was of use: what came stays counted. */
  evicted(piece: number): void {
    this.#evictedBytes += pieceBytes(this.#manifest, piece);
    this.#mark(piece, 'none');
  }

  received(bytes: number, nowMs: number): void {
    this.#meter.add(bytes, nowMs);
  }

  /** A pause is nobody's slowness. */
  restartPace(nowMs: number): void {
    this.#paceAtMs = nowMs;
  }

  entered(from: SwitchState, to: SwitchState, reason: SwitchReason, atMs: number): void {
    if (this.switches.length >= MAX_SWITCHES) this.switches.shift();
    this.switches.push({ atMs: Math.round(atMs), from, to, reason });
  }

  peerGone(peer: SwarmPeer): void {
    this.#sentBytes += peer.figures().bytesSent;
    this.wastedBytes += peer.wastedBytes;
  }

  bytesSent(peers: Iterable<SwarmPeer>): number {
    let bytes = this.#sentBytes;
    for (const peer of peers) bytes += peer.figures().bytesSent;
    return bytes;
  }

  wasted(peers: Iterable<SwarmPeer>): number {
    let bytes = this.wastedBytes;
    for (const peer of peers) bytes += peer.wastedBytes;
    return bytes;
  }

  receiveMbps(nowMs: number): number {
    return this.#meter.mbps(nowMs);
  }

  /** null until a pace is known, and while nothing comes. */
  remainingMs(nowMs: number): number | null {
    const pace = this.#pace.bytesPerMs;
    return pace === undefined || pace <= 0 || this.#meter.mbps(nowMs) === 0 ? null : Math.round((this.#manifest.sizeBytes - this.bytesHeld) / pace);
  }

  #mark(piece: number, source: PieceSource): void {
    this.pieceSources[piece] = PIECE_SOURCES.indexOf(source);
  }
}
