/** One content being fetched, shared, or both: puts store, switchboard and swarm together and shows them as one Download. */
import type { Download, OpenOptions, ReadAheadRun, ReadOptions, Wants } from '../api.ts';
import type { DownloadFigures, Policy, SwitchReason, SwitchState } from '../figures.ts';
import type { Clock } from '../platform/clock.ts';
import { SwitchError } from '../protocol/errors.ts';
import { MAX_PIECE_BYTES } from '../protocol/limits.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { pieceCount, piecesOf, pieceSpan } from '../protocol/pieces.ts';
import { MAX_BYTES_UNWRITTEN } from '../schedule/limits.ts';
import { pieceKept, pieceLost, wantedChanged } from '../schedule/schedule-events.ts';
import { newScheduleState, type ScheduleState, windowPieces } from '../schedule/schedule-state.ts';
import type { Source } from '../source/source.ts';
import type { PieceProvider, SwarmEvents, SwarmMembership } from '../swarm/swarm.ts';
import { nobodyServes } from './nobody-serves.ts';
import { Notifier } from './notifier.ts';
import { Patience } from './patience.ts';
import { asStoreFailure, PieceKeeper } from './piece-keeper.ts';
import { Reads } from './reads.ts';
import { Switchboard } from './switchboard.ts';
import { Tally } from './tally.ts';

/** A store that loses a piece as often as this while one reader waits for it will not keep the next one either. */
const MAX_LOSSES = 3;

export interface DownloadComponents {
  readonly clock: Clock;
  readonly manifest: Manifest;
  /** Verified sources, most wanted first. */
  readonly cdnSources: readonly Source[];
  /** undefined where there is no swarm to join. */
  readonly join: ((provider: PieceProvider, events: SwarmEvents) => SwarmMembership) | undefined;
  /** Told once, when the download is closed. */
  readonly onClosed: () => void;
}

export interface DownloadOptions extends OpenOptions {
  /** What the store, opened, holds already. */
  readonly held: Iterable<number>;
  readonly seed: number;
}

export class SwitchDownload implements Download {
  readonly manifest: Manifest;
  readonly finished: Promise<void>;
  readonly #finish = Promise.withResolvers<void>();
  readonly #parts: DownloadComponents;
  readonly #options: DownloadOptions;
  readonly #state: ScheduleState;
  readonly #tally: Tally;
  readonly #keeper: PieceKeeper;
  readonly #reads: Reads;
  readonly #board: Switchboard;
  readonly #notifier: Notifier<DownloadFigures>;
  readonly #patience: Patience;
  readonly #membership: SwarmMembership | undefined;
  #sharing: boolean;
  #endedAtMs: number | undefined;
  #completing = false;
  #failure: SwitchError | undefined;
  #closing: Promise<void> | undefined;

  constructor(components: DownloadComponents, options: DownloadOptions) {
    const { clock, manifest, cdnSources, join } = components;
    const nowMs = clock.now();
    this.#parts = components;
    this.#options = options;
    this.manifest = manifest;
    this.finished = this.#finish.promise;
    // Who does not look at `finished` learns of a failure from the figures.
    this.finished.catch(() => undefined);
    this.#state = newScheduleState({
      policy: options.policy ?? 'cdn-first', wants: options.wants ?? 'everything', pieceCount: pieceCount(manifest),
      pieceLengthBytes: manifest.pieceLengthBytes, held: options.held, cdnIds: cdnSources.map(({ id }) => id),
      grants: join !== undefined, seed: options.seed,
    }, nowMs);
    this.#tally = new Tally(manifest, nowMs);
    for (let piece = 0; piece < this.#state.pieces.count; piece += 1) if (this.#state.pieces.isHeld(piece)) this.#tally.resumed(piece);
    this.#keeper = new PieceKeeper({ store: options.store, events: {
      onKept: (piece) => this.#onKept(piece), onFailed: (error) => this.#fail(error, 'store-failed'),
    } }, { maxUnwrittenBytes: Math.max(MAX_BYTES_UNWRITTEN, MAX_PIECE_BYTES) });
    this.#reads = new Reads({
      sizeBytes: manifest.sizeBytes, pieceLengthBytes: manifest.pieceLengthBytes, windowPieces: windowPieces(this.#state),
      piecesAhead: piecesAhead(this.#state, options.readAheadBytes),
    });
    this.#notifier = new Notifier({ clock, read: () => this.figures() });
    this.#board = new Switchboard({ clock, state: this.#state, manifest, cdnSources, tally: this.#tally, host: {
      onPiece: (piece, bytes) => {
        this.#patience.renew();
        this.#keeper.keep(piece, bytes);
      },
      onEntered: (from, to, reason) => this.#onEntered(from, to, reason),
      onChanged: () => this.#notifier.changed(),
      room: () => this.#keeper.room(),
    } });
    this.#patience = new Patience({ clock, host: {
      isWaiting: () => this.#state.running && this.#state.shown !== 'idle',
      onOut: (limitMs) => this.#fail(nobodyServes(manifest, this.#board, limitMs), 'timed-out'),
    } }, { limitMs: options.timeoutMs ?? 0 });
    this.#sharing = options.share ?? true;
    this.#membership = join?.(this.#provider(), this.#board.swarmEvents);
    this.#membership?.setSharing(this.#sharing);
    this.#board.joined(this.#membership);
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Begins to fetch, or to share when everything is held. */
  start(): void {
    if (this.#options.signal?.aborted === true) return this.#onAbort();
    this.#board.pump();
    if (this.#state.pieces.isComplete) void this.#complete();
    else this.#patience.start();
  }

  figures(): DownloadFigures {
    const nowMs = this.#parts.clock.now();
    const { pieces } = this.#state;
    const peers = this.#board.peers;
    return {
      contentId: this.manifest.contentId, name: this.manifest.name, mediaType: this.manifest.mediaType,
      sizeBytes: this.manifest.sizeBytes, pieceLengthBytes: this.manifest.pieceLengthBytes,
      policy: this.#state.policy, state: this.#state.shown, sharing: this.#sharing,
      elapsedMs: Math.round((this.#endedAtMs ?? nowMs) - this.#state.startedAtMs),
      piecesTotal: pieces.count, piecesHeld: pieces.heldCount + pieces.arrivedCount, bytesHeld: this.#tally.bytesHeld,
      bytesFrom: this.#tally.bytesFrom, bytesResumed: this.#tally.bytesResumed, bytesSent: this.#tally.bytesSent(peers),
      wastedBytes: this.#tally.wasted(peers), hashFailures: this.#tally.hashFailures,
      receiveMbps: this.#tally.receiveMbps(nowMs), remainingMs: pieces.isComplete ? 0 : this.#tally.remainingMs(nowMs),
      switches: [...this.#tally.switches], peers: peers.map((peer) => peer.figures()),
      cdnQueuePosition: this.#state.queuePosition ?? null, signalling: this.#board.signalling,
      pieceSources: this.#tally.pieceSources.slice(), failure: this.#failure?.message ?? null,
    };
  }

  subscribe(listener: (figures: DownloadFigures) => void): () => void {
    return this.#notifier.subscribe(listener);
  }

  async read(start: number, end: number, { signal, dueInMs = 0 }: ReadOptions = {}): Promise<Uint8Array> {
    const { first, end: after } = piecesOf(this.manifest, { start, end });
    const bytes = new Uint8Array(end - start);
    if (first === after) return bytes;
    const read = this.#reads.begin({ first, last: after - 1, deadlineMs: this.#parts.clock.now() + dueInMs });
    this.#wantedChanged();
    try {
      for (let piece = first; piece < after; piece += 1) {
        const span = pieceSpan(this.manifest, piece);
        const held = await this.#readPiece(piece, signal);
        bytes.set(held.subarray(Math.max(0, start - span.start), end - span.start), Math.max(0, span.start - start));
      }
      return bytes;
    } finally {
      this.#reads.end(read);
      this.#wantedChanged();
    }
  }

  readAhead(runs: readonly ReadAheadRun[]): void {
    this.#reads.readAhead(runs, this.#parts.clock.now());
    this.#wantedChanged();
  }

  setWants(wants: Wants): void {
    this.#state.wants = wants;
    this.#wantedChanged();
  }

  setSharing(on: boolean): void {
    this.#sharing = on;
    this.#membership?.setSharing(on);
    this.#notifier.changed();
  }

  setPolicy(policy: Policy): void {
    this.#state.policy = policy;
    this.#board.pump();
  }

  pause(): void {
    if (!this.#state.running || this.#hasEnded) return;
    this.#state.running = false;
    this.#enter('stopped', 'stopped');
    this.#board.pump();
  }

  resume(): void {
    if (this.#state.running || this.#hasEnded) return;
    this.#state.running = true;
    this.#tally.restartPace(this.#parts.clock.now());
    this.#patience.start();
    this.#enter('starting', 'resumed');
    this.#board.pump();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  get #hasEnded(): boolean {
    return this.#endedAtMs !== undefined || this.#closing !== undefined;
  }

  /** What others are served from: never more than what is kept, and nothing that the store cannot give. */
  #provider(): PieceProvider {
    const { pieces } = this.#state;
    return {
      manifest: this.manifest,
      has: (piece) => pieces.isHeld(piece),
      read: async (piece) => (pieces.isHeld(piece) ? this.#keeper.read(piece).catch(() => undefined) : undefined),
    };
  }

  readonly #onAbort = (): void => {
    this.#fail(new SwitchError('aborted', 'The download was given up.'), 'stopped');
    void this.close();
  };

  async #readPiece(piece: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    for (let losses = 1; ; losses += 1) {
      if (!this.#state.pieces.isHeld(piece)) await this.#keeper.kept(piece, signal);
      try {
        return await this.#keeper.read(piece);
      } catch (error) {
        if (this.#hasEnded || losses === MAX_LOSSES) throw error;
        this.#onLost(piece);
      }
    }
  }

  #onKept(piece: number): void {
    pieceKept(this.#state, piece, this.#parts.clock.now());
    this.#membership?.announceHave(piece);
    if (this.#state.pieces.isComplete) void this.#complete();
    else this.#board.pump();
  }

  /** The store said it held the piece, and cannot give it: it is fetched again. */
  #onLost(piece: number): void {
    if (!this.#state.pieces.isHeld(piece)) return;
    pieceLost(this.#state, piece);
    this.#tally.lost(piece);
    this.#board.pump();
  }

  async #complete(): Promise<void> {
    if (this.#completing || this.#hasEnded) return;
    this.#completing = true;
    try {
      await this.#keeper.complete();
    } catch (error) {
      return this.#fail(asStoreFailure(error), 'store-failed');
    }
    if (this.#hasEnded) return;
    this.#end('done', 'complete');
    this.#finish.resolve();
  }

  #fail(error: SwitchError, reason: SwitchReason): void {
    if (this.#hasEnded) return;
    this.#failure = error;
    this.#state.running = false;
    this.#keeper.fail(error);
    // Who was told to stop has not failed.
    this.#end(reason === 'stopped' ? 'stopped' : 'failed', reason);
    this.#finish.reject(error);
    this.#board.pump();
  }

  #end(state: SwitchState, reason: SwitchReason): void {
    this.#endedAtMs = this.#parts.clock.now();
    this.#patience.stop();
    this.#enter(state, reason);
    this.#board.pump();
  }

  #enter(state: SwitchState, reason: SwitchReason): void {
    const from = this.#state.shown;
    this.#state.shown = state;
    this.#onEntered(from, state, reason);
  }

  #onEntered(from: SwitchState, to: SwitchState, reason: SwitchReason): void {
    const nowMs = this.#parts.clock.now();
    // Nobody is late with what nobody wanted.
    if (from === 'idle') this.#patience.renew();
    this.#tally.entered(from, to, reason, nowMs - this.#state.startedAtMs);
    this.#notifier.tell();
  }

  #wantedChanged(): void {
    wantedChanged(this.#state, this.#reads.wanted(this.#parts.clock.now(), this.#state.wants === 'what-is-read'));
    this.#board.pump();
  }

  async #close(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#patience.stop();
    this.#state.running = false;
    const reason = new SwitchError('closed', 'The download was closed before it was complete.');
    this.#finish.reject(reason);
    this.#membership?.leave();
    this.#keeper.fail(reason);
    await this.#board.stop();
    await this.#keeper.close();
    this.#notifier.close();
    this.#parts.onClosed();
  }
}

function piecesAhead(state: ScheduleState, readAheadBytes: number | undefined): number {
  return readAheadBytes === undefined ? windowPieces(state) : Math.ceil(readAheadBytes / state.pieceLengthBytes);
}
