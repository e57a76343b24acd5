/** One content being fetched, shared, or both: puts store, switchboard and swarm together and shows them as one Download. */
import type { Download, OpenOptions, ReadAheadRun, ReadOptions, Wants } from '../api.ts';
import type { DownloadFigures, Policy, SwitchReason, SwitchState } from '../figures.ts';
import type { Clock } from '../platform/clock.ts';
import { SwitchError } from '../protocol/errors.ts';
import { MAX_PIECE_BYTES } from '../protocol/limits.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { pieceCount } from '../protocol/pieces.ts';
import { MAX_BYTES_UNWRITTEN } from '../schedule/limits.ts';
import { wantedChanged } from '../schedule/schedule-events.ts';
import { newScheduleState, type ScheduleState, windowPieces } from '../schedule/schedule-state.ts';
import type { Source } from '../source/source.ts';
import type { PieceProvider, SwarmEvents, SwarmMembership } from '../swarm/swarm.ts';
import { ContentReader } from './content-reader.ts';
import { figuresOf } from './figures-of.ts';
import { Holdings } from './holdings.ts';
import { nobodyServes } from './nobody-serves.ts';
import { Notifier } from './notifier.ts';
import { Patience } from './patience.ts';
import { asStoreFailure, PieceKeeper } from './piece-keeper.ts';
import { Switchboard } from './switchboard.ts';
import { Tally } from './tally.ts';

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
  readonly #holdings: Holdings;
  readonly #reader: ContentReader;
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
      onKept: (piece) => this.#holdings.kept(piece), onFailed: (error) => this.#fail(error, 'store-failed'),
    } }, { maxUnwrittenBytes: Math.max(MAX_BYTES_UNWRITTEN, MAX_PIECE_BYTES) });
    this.#holdings = new Holdings({ clock, manifest, state: this.#state, tally: this.#tally, keeper: this.#keeper, host: {
      isDone: () => this.#isDone, isOver: () => this.#isOver,
      onHeld: (piece) => this.#onHeld(piece), onCatchingUp: () => this.#board.pump(), onMissing: () => this.#onMissing(), onNoRoom: (error) => this.#fail(error, 'store-failed'),
    } });
    this.#reader = new ContentReader({ clock, manifest, keeper: this.#keeper, host: {
      isHere: (piece) => this.#state.pieces.isHere(piece),
      onWantedChanged: () => this.#wantedChanged(),
      onLost: (piece) => this.#holdings.lost(piece),
    } }, { windowPieces: windowPieces(this.#state), piecesAhead: piecesAhead(this.#state, options.readAheadBytes) });
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
    this.#membership = join?.(this.#holdings.provider, this.#board.swarmEvents);
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
    return figuresOf({ manifest: this.manifest, state: this.#state, tally: this.#tally, board: this.#board }, {
      nowMs: this.#parts.clock.now(), endedAtMs: this.#endedAtMs, sharing: this.#sharing, failure: this.#failure?.message ?? null,
    });
  }

  subscribe(listener: (figures: DownloadFigures) => void): () => void {
    return this.#notifier.subscribe(listener);
  }

  read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array> {
    return this.#reader.read(start, end, options);
  }

  readAhead(runs: readonly ReadAheadRun[]): void {
    this.#reader.readAhead(runs);
  }

  setWants(wants: Wants): void {
    this.#state.wants = wants;
    this.#holdings.forgetEvictions();
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

  /** The store let go of a piece. */
  evicted(piece: number): void {
    this.#holdings.evicted(piece);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ended well: what is here is still served, and read. */
  get #isDone(): boolean {
    return this.#endedAtMs !== undefined && !this.#isOver;
  }

  get #isOver(): boolean {
    return this.#failure !== undefined || this.#closing !== undefined;
  }

  get #hasEnded(): boolean {
    return this.#endedAtMs !== undefined || this.#closing !== undefined;
  }

  readonly #onAbort = (): void => {
    this.#fail(new SwitchError('aborted', 'The download was given up.'), 'stopped');
    void this.close();
  };

  #onHeld(piece: number): void {
    this.#membership?.announceHave(piece);
    if (this.#state.pieces.isComplete) void this.#complete();
  }

  /** What was complete is so no more. */
  #onMissing(): void {
    if (this.#isDone) {
      this.#endedAtMs = undefined;
      this.#patience.start();
    }
    this.#board.pump();
  }

  async #complete(): Promise<void> {
    if (this.#completing || this.#hasEnded) return;
    this.#completing = true;
    try {
      await this.#keeper.complete();
    } catch (error) {
      return this.#fail(asStoreFailure(error), 'store-failed');
    } finally {
      this.#completing = false;
    }
    if (this.#hasEnded || !this.#state.pieces.isComplete) return;
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
    wantedChanged(this.#state, this.#reader.wanted(this.#state.wants === 'what-is-read'));
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
