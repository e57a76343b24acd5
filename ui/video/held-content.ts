/**
 * One content that this browser fetches, plays, keeps or shares while the tab is open. There is one Download of it, whatever is
 * done with it: playing wants what is read, downloading wants everything, and what either brought serves the other.
 */
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { SwitchError, type Download, type DownloadFigures, type Engine, type Policy, type Wants } from '../../engine/index.ts';
import { announce } from '../state/announcer.ts';
import { forgetKept, keptNote, noteKept, type KeptKind } from '../state/kept.ts';
import { isOffline, status } from '../state/status.ts';
import { stateSentence, watchSentence } from '../words/switch-words.ts';
import { KeptPieces } from './kept-pieces.ts';
import { saveBlob } from './save-blob.ts';
import { TrafficHistory } from './traffic-history.ts';

/** `watched`: open for playing and sharing, and nobody asked for all of it. `running` to `done` are a download's. */
export type Phase = 'opening' | 'watched' | 'running' | 'paused' | 'done' | 'failed' | 'closed';

/** The note of what is kept is written at most this often: it is small, but it is written synchronously. */
const NOTE_INTERVAL_MS = 1_000;

export interface HeldContentOptions {
  readonly contentId: string;
  readonly policy: Policy;
  readonly share: boolean;
  readonly wants: Wants;
}

export class HeldContent {
  readonly contentId: string;
  readonly figures: Signal<DownloadFigures | null> = signal(null);
  readonly phase: Signal<Phase> = signal('opening');
  readonly failure = signal<string | null>(null);
  readonly isSaving = signal(false);
  readonly savedAs = signal<string | null>(null);
  readonly isPlaying = signal(false);
  readonly traffic = new TrafficHistory();
  /** For a player, from when it is open until it failed or closed. */
  readonly download: ReadonlySignal<Download | null>;
  readonly sentence = computed(() => {
    if (this.failure.value !== null) return this.failure.value;
    const figures = this.figures.value;
    if (figures === null) return 'Asking for the manifest.';
    const cdn = isOffline.value ? null : status.value?.cdn ?? null;
    if (this.phase.value === 'paused' && !this.isPlaying.value) return 'Paused. What came so far is kept.';
    return this.phase.value === 'watched' || this.phase.value === 'paused'
      ? watchSentence(figures, cdn, { isPlaying: this.isPlaying.value })
      : stateSentence(figures, cdn);
  });

  readonly #engine: Engine;
  readonly #options: HeldContentOptions;
  readonly #pieces = new KeptPieces();
  readonly #closing = new AbortController();
  readonly #download = signal<Download | null>(null);
  #wants: Wants;
  #policy: Policy;
  #isSharing: boolean;
  /** Hand the file over when it is complete; asked before there was a note to write it in. */
  #saveWhenDone = false;
  #notedAtMs = 0;

  constructor(components: { readonly engine: Engine }, options: HeldContentOptions) {
    this.#engine = components.engine;
    this.#options = options;
    this.contentId = options.contentId;
    this.#wants = options.wants;
    this.#policy = options.policy;
    this.#isSharing = options.share;
    this.download = this.#download;
  }

  /** `save`: hand the file over when it is complete. Resolves when everything is here, or it failed. */
  async start(options: { readonly save: boolean }): Promise<void> {
    this.#saveWhenDone ||= options.save;
    try {
      const { signal: closing } = this.#closing;
      const manifest = await this.#engine.manifest(this.contentId, { signal: closing });
      const store = this.#pieces.store(this.#kind());
      const download = await this.#engine.open(manifest, { store, policy: this.#policy, share: this.#isSharing, wants: this.#options.wants, signal: closing });
      // The reader may have chosen differently while it was opening.
      if (this.#wants !== this.#options.wants) {
        await this.#pieces.keepForGood();
        download.setWants(this.#wants);
      }
      download.setSharing(this.#isSharing);
      download.setPolicy(this.#policy);
      this.phase.value = this.#wants === 'everything' ? 'running' : 'watched';
      this.#see(download.figures(), { save: this.#saveWhenDone || undefined, force: true });
      this.#download.value = download;
      download.subscribe((figures) => this.#see(figures, { save: undefined, force: false }));
      await download.finished;
      this.#see(download.figures(), { save: undefined, force: true });
      await this.#complete();
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#fail(error);
    }
  }

  #kind(): KeptKind {
    return this.#wants === 'everything' || keptNote(this.contentId)?.kind === 'kept' ? 'kept' : 'watched';
  }

  #see(figures: DownloadFigures, options: { readonly save: boolean | undefined; readonly force: boolean }): void {
    const before = this.figures.peek();
    this.traffic.add(figures.elapsedMs, figures.bytesFrom);
    this.figures.value = figures;
    const isNews = before !== null && before.state !== figures.state && figures.state !== 'done' && figures.state !== 'idle';
    if (isNews && before.state !== 'idle') announce(this.sentence.peek());
    const nowMs = performance.now();
    if (!options.force && nowMs - this.#notedAtMs < NOTE_INTERVAL_MS) return;
    this.#notedAtMs = nowMs;
    this.#note({ save: options.save });
  }

  #note(change: { readonly save?: boolean | undefined }): void {
    const figures = this.figures.peek();
    if (figures === null || this.#closing.signal.aborted) return;
    const phase = this.phase.peek();
    noteKept({
      contentId: this.contentId,
      name: figures.name,
      bytesHeld: figures.bytesHeld,
      sizeBytes: figures.sizeBytes,
      kind: this.#kind(),
      isWanted: phase === 'running' || phase === 'done',
      saveWhenDone: change.save ?? keptNote(this.contentId)?.saveWhenDone ?? false,
    });
  }

  #fail(error: unknown): void {
    // oxlint-disable-next-line no-console -- Not foreseen: whoever looks into it finds where it comes from.
    if (!(error instanceof SwitchError)) console.error(error);
    this.failure.value = error instanceof SwitchError ? error.message : 'Something in the page failed. Load the page again; what came so far is kept.';
    this.phase.value = 'failed';
    announce(this.failure.value);
  }

  /** Everything is here: a download is done, and a watched one stays as it is. */
  async #complete(): Promise<void> {
    if (this.phase.peek() !== 'running') return;
    this.phase.value = 'done';
    this.#note({});
    announce(`${this.figures.peek()?.name ?? 'The video'} is complete and verified.`);
    if (keptNote(this.contentId)?.saveWhenDone === true) await this.save();
  }

  get #isWhole(): boolean {
    const figures = this.figures.peek();
    return figures !== null && figures.piecesHeld === figures.piecesTotal;
  }

  /** From watching, or from a pause, to a download of all of it. */
  async fetchAll(options: { readonly save: boolean }): Promise<void> {
    this.#wants = 'everything';
    this.#saveWhenDone ||= options.save;
    const download = this.#download.peek();
    if (download === null) return;
    await this.#pieces.keepForGood();
    this.phase.value = 'running';
    download.setWants('everything');
    download.resume();
    this.#note({ save: options.save || undefined });
    if (this.#isWhole) await this.#complete();
  }

  pause(): void {
    this.#wants = 'what-is-read';
    this.phase.value = 'paused';
    // A playback goes on: it fetches what it is about to show, and no more.
    if (this.isPlaying.peek()) this.#download.peek()?.setWants('what-is-read');
    else this.#download.peek()?.pause();
    this.#note({});
    announce('Paused.');
  }

  /** A player reads from it now. */
  play(): void {
    if (this.isPlaying.peek()) return;
    this.isPlaying.value = true;
    if (this.phase.peek() !== 'paused') return;
    this.#download.peek()?.setWants('what-is-read');
    this.#download.peek()?.resume();
  }

  /** The player is gone: nothing more is fetched for it. What is held is shared as before. */
  stopPlaying(): void {
    if (!this.isPlaying.peek()) return;
    this.isPlaying.value = false;
    if (this.phase.peek() === 'watched' || this.phase.peek() === 'paused') this.#download.peek()?.readAhead([]);
  }

  setPolicy(policy: Policy): void {
    this.#policy = policy;
    this.#download.peek()?.setPolicy(policy);
  }

  setSharing(on: boolean): void {
    this.#isSharing = on;
    this.#download.peek()?.setSharing(on);
  }

  /** Builds one Blob of the kept pieces and hands it to the browser's own downloads. */
  async save(): Promise<void> {
    const figures = this.figures.peek();
    if (figures === null || this.isSaving.peek()) return;
    this.isSaving.value = true;
    try {
      saveBlob(await this.#pieces.toBlob(), figures.name);
      this.savedAs.value = figures.name;
      this.#note({ save: false });
      announce(`${figures.name} was handed to the browser’s downloads.`);
    } catch (error) {
      this.#fail(error);
    }
    this.isSaving.value = false;
  }

  /** Leaves the swarm; what is kept stays. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.phase.value = 'closed';
    const download = this.#download.peek();
    this.#download.value = null;
    await download?.close();
  }

  /** Leaves the swarm and throws the pieces away. */
  async discard(): Promise<void> {
    await this.close();
    await KeptPieces.delete(this.contentId);
    forgetKept(this.contentId);
    announce('The kept pieces are removed.');
  }
}
