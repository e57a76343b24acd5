/** One video that this browser fetches, keeps or shares while the tab is open. */
import { computed, signal, type Signal } from '@preact/signals';
import { IndexedDbPieceStore, SwitchError, type Download, type DownloadFigures, type Engine, type Policy } from '../../engine/index.ts';
import { announce } from '../state/announcer.ts';
import { forgetKept, keptNote, noteKept } from '../state/kept.ts';
import { isOffline, status } from '../state/status.ts';
import { stateSentence } from '../words/switch-words.ts';
import { saveBlob } from './save-blob.ts';

export type Phase = 'opening' | 'running' | 'paused' | 'done' | 'failed' | 'closed';

/** The note of what is kept is written at most this often: it is small, but it is written synchronously. */
const NOTE_INTERVAL_MS = 1_000;

export class HeldDownload {
  readonly contentId: string;
  readonly figures: Signal<DownloadFigures | null> = signal(null);
  readonly phase: Signal<Phase> = signal('opening');
  readonly failure = signal<string | null>(null);
  readonly isSaving = signal(false);
  readonly savedAs = signal<string | null>(null);
  readonly sentence = computed(() => {
    if (this.phase.value === 'paused') return 'Paused. What came so far is kept.';
    if (this.failure.value !== null) return this.failure.value;
    const figures = this.figures.value;
    if (figures === null) return 'Asking for the manifest.';
    return stateSentence(figures, isOffline.value ? null : status.value?.cdn ?? null);
  });

  readonly #engine: Engine;
  readonly #store = new IndexedDbPieceStore();
  readonly #closing = new AbortController();
  #download: Download | undefined;
  #policy: Policy;
  #notedAtMs = 0;

  constructor(components: { readonly engine: Engine }, options: { readonly contentId: string; readonly policy: Policy }) {
    this.#engine = components.engine;
    this.contentId = options.contentId;
    this.#policy = options.policy;
  }

  /** `save`: the reader wants the file; `share`: others may have it from us. */
  async start(options: { readonly save: boolean; readonly share: boolean }): Promise<void> {
    try {
      const { signal: closing } = this.#closing;
      const manifest = await this.#engine.manifest(this.contentId, { signal: closing });
      const download = await this.#engine.open(manifest, { store: this.#store, policy: this.#policy, share: options.share, signal: closing });
      this.#download = download;
      this.phase.value = 'running';
      this.#see(download.figures(), { save: options.save, force: true });
      download.subscribe((figures) => this.#see(figures, { save: undefined, force: false }));
      await download.finished;
      this.phase.value = 'done';
      this.#see(download.figures(), { save: undefined, force: true });
      announce(`${manifest.name} is complete and verified.`);
      if (keptNote(this.contentId)?.saveWhenDone === true) await this.save();
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#fail(error);
    }
  }

  #see(figures: DownloadFigures, options: { readonly save: boolean | undefined; readonly force: boolean }): void {
    const before = this.figures.peek();
    this.figures.value = figures;
    if (before !== null && before.state !== figures.state && figures.state !== 'done') announce(this.sentence.peek());
    const nowMs = performance.now();
    if (!options.force && nowMs - this.#notedAtMs < NOTE_INTERVAL_MS) return;
    this.#notedAtMs = nowMs;
    this.#note({ save: options.save });
  }

  #note(change: { readonly save?: boolean | undefined; readonly isWanted?: boolean }): void {
    const figures = this.figures.peek();
    if (figures === null || this.#closing.signal.aborted) return;
    const before = keptNote(this.contentId);
    noteKept({
      contentId: this.contentId,
      name: figures.name,
      bytesHeld: figures.bytesHeld,
      sizeBytes: figures.sizeBytes,
      isWanted: change.isWanted ?? this.phase.peek() !== 'paused',
      saveWhenDone: change.save ?? before?.saveWhenDone ?? false,
    });
  }

  #fail(error: unknown): void {
    this.failure.value = error instanceof SwitchError ? error.message : 'Something in the page failed. Load the page again; what came so far is kept.';
    this.phase.value = 'failed';
    announce(this.failure.value);
  }

  pause(): void {
    this.#download?.pause();
    this.phase.value = 'paused';
    this.#note({ isWanted: false });
    announce('Paused.');
  }

  resume(): void {
    this.#download?.resume();
    this.phase.value = 'running';
    this.#note({ isWanted: true });
  }

  setPolicy(policy: Policy): void {
    this.#policy = policy;
    this.#download?.setPolicy(policy);
  }

  setSharing(on: boolean): void {
    this.#download?.setSharing(on);
  }

  /** Builds one Blob of the kept pieces and hands it to the browser's own downloads. */
  async save(): Promise<void> {
    const figures = this.figures.peek();
    if (figures === null || this.isSaving.peek()) return;
    this.isSaving.value = true;
    try {
      saveBlob(await this.#store.toBlob(), figures.name);
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
    await this.#download?.close();
  }

  /** Leaves the swarm and throws the pieces away. */
  async discard(): Promise<void> {
    await this.close();
    await IndexedDbPieceStore.delete(this.contentId);
    forgetKept(this.contentId);
    announce('The kept pieces are removed.');
  }
}
