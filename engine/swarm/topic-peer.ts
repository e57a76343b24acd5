/** One peer in one swarm: what it holds, what is asked of it, and what it may ask of us. */
import type { PeerFigures, PeerPath } from '../figures.ts';
import { Bitfield } from '../protocol/bitfield.ts';
import { SwitchError } from '../protocol/errors.ts';
import { MAX_REQUEST_BYTES } from '../protocol/limits.ts';
import { encodeManifest } from '../protocol/manifest-codec.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { pieceBytes, pieceCount } from '../protocol/pieces.ts';
import type { PeerRole } from '../protocol/signalling.ts';
import { MAX_HAVE_PIECES, type OutgoingMessage, type RejectReason, WHOLE_PIECE, type WireMessage } from '../protocol/wire.ts';
import type { LocalSwarm, ShownPeer } from './local-swarm.ts';
import { ManifestFetch } from './manifest-fetch.ts';
import { PieceFetches } from './piece-fetches.ts';
import { RateMeter } from '../rate-meter.ts';
import { MAX_MANIFESTS_SERVED } from './timings.ts';
import type { UploadDesk } from './upload-desk.ts';
import type { ServedTopic, Uploader } from './uploader.ts';

/** The connection a topic runs on. */
export interface TopicLink {
  readonly peerId: string;
  readonly role: PeerRole;
  readonly roundTripMs: number | null;
  readonly path: PeerPath | null;
  readonly uploader: Uploader;
  readonly desk: UploadDesk;
  now(): number;
  send(message: OutgoingMessage): void;
  /** Something that may be an accident once; too many are abuse. */
  strike(what: string): void;
  ban(reason: string): void;
}

export interface TopicOptions {
  readonly remoteTopic: number;
  readonly stallMs: number;
}

/** Messages of a topic. */
export type TopicMessage = Extract<WireMessage, { readonly topic: number }>;

/** A peer that shares no more says so with an empty bitfield too; this is for those that ask nevertheless. */
const NOT_SHARING_RETRY_MS = 10_000;
const QUEUE_FULL_RETRY_MS = 500;

/** Longest pause a peer can make us take. */
const MAX_RETRY_AFTER_MS = 60_000;

export class TopicPeer implements ShownPeer, ServedTopic {
  readonly remoteTopic: number;
  readonly #link: TopicLink;
  readonly #swarm: LocalSwarm;
  readonly #fetches: PieceFetches;
  readonly #manifest: ManifestFetch;
  readonly #received: RateMeter;
  readonly #sent: RateMeter;
  #held = new Bitfield();
  #refusedUntilMs = 0;
  #manifestsServed = 0;
  #gone: string | undefined;

  constructor(link: TopicLink, swarm: LocalSwarm, options: TopicOptions) {
    const { remoteTopic, stallMs } = options;
    this.#link = link;
    this.#swarm = swarm;
    this.remoteTopic = remoteTopic;
    this.#received = new RateMeter(link.now());
    this.#sent = new RateMeter(link.now());
    this.#fetches = new PieceFetches({
      now: () => link.now(),
      sendRequest: (piece, offset, length) => link.send({ type: 'request', topic: remoteTopic, piece, offset, length }),
      sendCancel: (piece) => link.send({ type: 'cancel', topic: remoteTopic, piece, offset: WHOLE_PIECE }),
    }, { stallMs });
    this.#manifest = new ManifestFetch(() => link.send({ type: 'manifest-request', topic: remoteTopic }), { contentId: swarm.contentId, stallMs });
  }

  get peerId(): string { return this.#link.peerId; }
  get role(): PeerRole { return this.#link.role; }
  get contentId(): string { return this.#swarm.contentId; }
  get wastedBytes(): number { return this.#fetches.wastedBytes; }
  get refusedUntilMs(): number { return this.#refusedUntilMs; }
  get held(): Bitfield { return this.#held; }

  has(piece: number): boolean {
    return this.#held.has(piece);
  }

  async request(piece: number, options: { readonly signal: AbortSignal }): Promise<Uint8Array> {
    this.#mustBeOpen();
    const manifest = this.#swarm.provider.manifest;
    if (manifest === undefined) throw new SwitchError('bad-manifest', 'No piece can be asked for before the manifest is known.');
    return this.#fetches.request(piece, pieceBytes(manifest, piece), options.signal);
  }

  async requestManifest(options: { readonly signal: AbortSignal }): Promise<Manifest> {
    this.#mustBeOpen();
    return this.#manifest.request(options.signal);
  }

  ban(reason: string): void {
    this.#link.ban(reason);
  }

  figures(): PeerFigures {
    return {
      peerId: this.peerId, role: this.role, state: 'open', piecesHeld: this.#held.count, roundTripMs: this.#link.roundTripMs,
      bytesReceived: this.#received.totalBytes, bytesSent: this.#sent.totalBytes,
      receiveMbps: this.#received.mbps(this.#link.now()), sendMbps: this.#sent.mbps(this.#link.now()), path: this.#link.path,
    };
  }

  show(pieces: readonly number[]): void {
    for (let start = 0; start < pieces.length; start += MAX_HAVE_PIECES) {
      this.#link.send({ type: 'have', topic: this.remoteTopic, pieces: pieces.slice(start, start + MAX_HAVE_PIECES) });
    }
  }

  showAll(held: Bitfield): void {
    this.#link.send({ type: 'bitfield', topic: this.remoteTopic, pieceCount: held.length, bits: held.toWire() });
  }

  stopServing(): void {
    this.#link.uploader.drop(this);
  }

  /** SwitchError `bad-message` for what the protocol does not allow. */
  onMessage(message: TopicMessage): void {
    switch (message.type) {
      case 'bitfield': this.#onBitfield(Bitfield.fromWire(message.bits, message.pieceCount)); break;
      case 'have': this.#onHave(message.pieces); break;
      case 'request': this.#onRequest(message.piece, message.offset, message.length); break;
      case 'block': this.#onBlock(message.piece, message.offset, message.bytes); break;
      case 'reject': this.#onReject(message.piece, message.offset, message.reason, message.retryAfterMs); break;
      case 'cancel': this.#link.uploader.cancel(this, message.piece, message.offset); break;
      case 'manifest-request': this.#onManifestRequest(); break;
      case 'manifest': this.#manifest.onPart(message.totalBytes, message.offset, message.bytes); break;
      default:
    }
  }

  /** The topic or the connection is closed. */
  onGone(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = reason;
    this.#link.uploader.drop(this);
    this.#fetches.close('peer-gone', `The peer is gone: ${reason}.`);
    this.#manifest.close('peer-gone', `The peer is gone: ${reason}.`);
  }

  read(piece: number): Promise<Uint8Array | undefined> {
    return this.#link.desk.pieces.read(this.contentId, piece, this.#swarm.provider);
  }

  onBlockSent(piece: number, offset: number, length: number): void {
    this.#sent.add(length, this.#link.now());
    const manifest = this.#swarm.provider.manifest;
    if (manifest !== undefined && offset + length >= pieceBytes(manifest, piece)) this.#swarm.onPeerActive(this);
  }

  onUnreadable(piece: number, offset: number): void {
    this.#reject(piece, offset, 'not-held', 0);
  }

  #onBitfield(held: Bitfield): void {
    const before = this.#held;
    this.#held = held;
    this.#refusedUntilMs = 0;
    const more = held.without(before);
    if (more.length > 0) this.#swarm.onPeerHave(this, more);
  }

  #onHave(pieces: readonly number[]): void {
    const more = pieces.filter((piece) => this.#held.add(piece));
    if (more.length > 0) this.#swarm.onPeerHave(this, more);
  }

  #onRequest(piece: number, offset: number, length: number): void {
    const { provider, sharing } = this.#swarm;
    const manifest = provider.manifest;
    if (!sharing) return this.#reject(piece, offset, 'not-sharing', NOT_SHARING_RETRY_MS);
    if (manifest === undefined) return this.#reject(piece, offset, 'not-held', 0);
    if (piece >= pieceCount(manifest) || length === 0 || length > MAX_REQUEST_BYTES || offset + length > pieceBytes(manifest, piece)) {
      this.#reject(piece, offset, 'out-of-range', 0);
      this.#link.strike('asked for bytes that do not exist');
      return;
    }
    if (!provider.has(piece)) return this.#reject(piece, offset, 'not-held', 0);
    const retryAfterMs = this.#link.desk.slots.ask(this.#link.uploader, offset === 0);
    if (retryAfterMs > 0) return this.#reject(piece, offset, 'busy', retryAfterMs);
    if (!this.#link.uploader.blocks(this, piece, offset, length)) {
      this.#reject(piece, offset, 'too-many', QUEUE_FULL_RETRY_MS);
      this.#link.strike('asked for too much at once');
      return;
    }
    if (offset === 0) this.#swarm.onPeerActive(this);
  }

  #onBlock(piece: number, offset: number, bytes: Uint8Array): void {
    this.#received.add(bytes.length, this.#link.now());
    if (!this.#fetches.onBlock(piece, offset, bytes)) this.#link.strike('sent blocks that nobody asked for');
  }

  #onReject(piece: number, offset: number, reason: RejectReason, retryAfterMs: number): void {
    if (reason === 'not-held' || reason === 'out-of-range') this.#held.delete(piece);
    else this.#refusedUntilMs = Math.max(this.#refusedUntilMs, this.#link.now() + Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
    this.#fetches.onReject(piece, offset, reason);
  }

  #onManifestRequest(): void {
    const { provider, sharing } = this.#swarm;
    const known = sharing && this.#manifestsServed < MAX_MANIFESTS_SERVED ? provider.manifest : undefined;
    if (known === undefined) {
      this.#link.send({ type: 'manifest', topic: this.remoteTopic, totalBytes: 0, offset: 0, bytes: new Uint8Array(0) });
      return;
    }
    this.#manifestsServed += 1;
    this.#link.uploader.manifest(this, encodeManifest(known));
  }

  #reject(piece: number, offset: number, reason: RejectReason, retryAfterMs: number): void {
    this.#link.send({ type: 'reject', topic: this.remoteTopic, piece, offset, reason, retryAfterMs: Math.ceil(retryAfterMs) });
  }

  #mustBeOpen(): void {
    if (this.#gone !== undefined) throw new SwitchError('peer-gone', `The peer is gone: ${this.#gone}.`);
  }
}
