/**
 * One content that this browser fetches, plays, keeps or shares while the tab is open. There is one Download of it, whatever is
 * done with it: playing wants what is read, downloading wants everything, and what either brought serves the other.
 */
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Download, DownloadFigures, Engine, Policy, Wants } from '../../engine/index.ts';
import { announce } from '../state/announcer.ts';
import { forgetKept } from '../state/kept.ts';
import { isOffline, status } from '../state/status.ts';
import { contentSentence, type Phase } from '../words/content-words.ts';
import { wordsOf } from '../words/error-words.ts';
import { ContentNote, type Asked } from './content-note.ts';
import { FileSave } from './file-save.ts';
import { KeptPieces } from './kept-pieces.ts';
import { TrafficHistory } from './traffic-history.ts';

const FETCHED_AGAIN = 'Some of what this browser kept was damaged. It is fetched again, and the file is saved when all of it is here.';

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
  /** Why nothing comes any more. */
  readonly failure = signal<string | null>(null);
  /** What the reader asked for and did not get, while all else goes on. */
  readonly trouble = signal<string | null>(null);
  readonly isPlaying = signal(false);
  /** The browser lets the page keep nothing: what is here goes with the tab. */
  readonly isInMemory = signal(false);
  readonly traffic = new TrafficHistory();
  /** For a player, from when it is open until it failed or closed. */
  readonly download: ReadonlySignal<Download | null>;
  readonly sentence = computed(() => contentSentence({
    failure: this.failure.value, figures: this.figures.value, phase: this.phase.value, isPlaying: this.isPlaying.value, isKept: !this.isInMemory.value,
  }, isOffline.value ? null : status.value?.cdn ?? null));

  readonly #engine: Engine;
  readonly #options: HeldContentOptions;
  readonly #pieces = new KeptPieces();
  readonly #file = new FileSave({ pieces: this.#pieces });
  readonly #note: ContentNote;
  readonly #closing = new AbortController();
  readonly #download = signal<Download | null>(null);
  /** The Download that failed or is given up, on its way out of store and swarm. */
  #leaving: Promise<void> = Promise.resolve();
  #wants: Wants;
  #policy: Policy;
  #isSharing: boolean;
  #saveWhenDone: boolean;
  /** Damaged pieces are fetched again for a save once: storage that damages them each time would have it go on for ever. */
  #isFetchedAgain = false;

  constructor(components: { readonly engine: Engine }, options: HeldContentOptions) {
    this.#engine = components.engine;
    this.#options = options;
    this.contentId = options.contentId;
    this.#note = new ContentNote(options.contentId);
    this.#wants = options.wants;
    this.#policy = options.policy;
    this.#isSharing = options.share;
    this.#saveWhenDone = this.#note.saveWhenDone;
    this.download = this.#download;
  }

  /** All of it was asked for, and not only what a player reads. */
  get isDownload(): boolean {
    return this.#wants === 'everything';
  }

  get isSaving(): ReadonlySignal<boolean> {
    return this.#file.isSaving;
  }

  /** The file's name, once it was handed to the browser's downloads. */
  get savedAs(): ReadonlySignal<string | null> {
    return this.#file.savedAs;
  }

  /** `save`: hand the file over when it is complete. Resolves when it is open, or could not be. */
  async start({ save }: { readonly save: boolean }): Promise<void> {
    this.#saveWhenDone ||= save;
    const { signal: closing } = this.#closing;
    const { wants } = this.#options;
    try {
      const manifest = await this.#engine.manifest(this.contentId, { signal: closing });
      const store = this.#pieces.store(wants === 'everything' ? 'kept' : 'watched');
      const download = await this.#engine.open(manifest, { store, policy: this.#policy, share: this.#isSharing, wants, signal: closing });
      this.isInMemory.value = this.#pieces.isInMemory;
      this.phase.value = wants === 'everything' ? 'running' : 'watched';
      this.#download.value = download;
      // The reader may have chosen differently while it was opening.
      download.setSharing(this.#isSharing);
      download.setPolicy(this.#policy);
      download.subscribe((figures) => this.#see(figures));
      this.#see(download.figures());
      this.#writeNote();
      if (this.#wants !== wants) await this.#fetchAll();
    } catch (error) {
      if (!closing.aborted) this.#fail(wordsOf(error));
    }
  }

  #see(figures: DownloadFigures): void {
    if (this.#closing.signal.aborted || this.#download.peek() === null) return;
    const before = this.figures.peek()?.state;
    this.traffic.add(figures.elapsedMs, figures.bytesFrom);
    this.figures.value = figures;
    const isNews = before !== undefined && before !== 'idle' && before !== figures.state;
    if (isNews && !['done', 'idle', 'failed'].includes(figures.state)) announce(this.sentence.peek());
    // After the last change nothing comes that could be noted.
    if (before !== figures.state) this.#writeNote();
    else if (!this.isInMemory.peek()) this.#note.writeSometimes(figures, this.#asked);
    this.#follow(figures);
  }

  /** `Download.finished` settles once; a content may be whole, lose pieces that the browser let go of, and be whole again. */
  #follow({ state, failure }: DownloadFigures): void {
    const phase = this.phase.peek();
    if (state === 'failed') this.#fail(failure ?? 'It did not work, and the reason is not known. Try again.');
    else if (phase === 'running' && state === 'done') void this.#complete();
    else if (phase === 'done' && state !== 'done' && !this.isSaving.peek()) this.#notWhole();
  }

  /** The reader may have removed it in another tab: what is gone is fetched when it is asked for. */
  #notWhole(): void {
    this.#wants = 'what-is-read';
    this.phase.value = 'watched';
    // Not amid what the engine is telling.
    queueMicrotask(() => this.#download.peek()?.setWants(this.#wants));
  }

  get #asked(): Asked {
    const phase = this.phase.peek();
    return { isDownload: this.isDownload, isWanted: phase === 'running' || phase === 'done', saveWhenDone: this.#saveWhenDone };
  }

  #writeNote(): void {
    const figures = this.figures.peek();
    if (figures !== null && !this.#closing.signal.aborted && !this.isInMemory.peek()) this.#note.write(figures, this.#asked);
  }

  #fail(words: string): void {
    this.#giveUp(words);
    this.#letGo();
  }

  #giveUp(words: string): void {
    this.failure.value = words;
    this.phase.value = 'failed';
    announce(words);
  }

  /** Everything is here. */
  async #complete(): Promise<void> {
    this.phase.value = 'done';
    this.#writeNote();
    announce(`${this.figures.peek()?.name ?? 'The video'} is complete and verified.`);
    if (this.#saveWhenDone) await this.save();
  }

  /** From watching, or from a pause, to a download of all of it. Where that cannot be, `trouble` says why. */
  async fetchAll({ save }: { readonly save: boolean }): Promise<void> {
    this.#saveWhenDone ||= save;
    this.#isFetchedAgain = false;
    await this.#fetchAll();
  }

  async #fetchAll(): Promise<void> {
    const wanted = this.#wants;
    this.#wants = 'everything';
    this.trouble.value = null;
    const download = this.#download.peek();
    if (download === null) return;
    try {
      await this.#pieces.keepForGood();
    } catch (error) {
      this.#wants = wanted;
      this.#say(wordsOf(error));
      return;
    }
    // It may have failed, or been closed, meanwhile.
    if (this.#download.peek() !== download) return;
    this.phase.value = 'running';
    download.setWants('everything');
    download.resume();
    this.#writeNote();
    this.#see(download.figures());
  }

  #say(words: string): void {
    this.trouble.value = words;
    announce(words);
  }

  pause(): void {
    this.#wants = 'what-is-read';
    this.phase.value = 'paused';
    // A playback goes on: it fetches what it is about to show, and no more.
    if (this.isPlaying.peek()) this.#download.peek()?.setWants('what-is-read');
    else this.#download.peek()?.pause();
    this.#writeNote();
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

  /** Hands the file to the browser's own downloads. Where that cannot be, `failure` says why. */
  async save(): Promise<void> {
    const name = this.figures.peek()?.name;
    if (name === undefined || this.isSaving.peek()) return;
    this.trouble.value = null;
    try {
      await this.#file.save(name);
    } catch (error) {
      if (!this.#closing.signal.aborted) await this.#notSaved(error);
      return;
    }
    this.#saveWhenDone = false;
    this.#isFetchedAgain = false;
    this.#writeNote();
    announce(`${name} was handed to the browser’s downloads.`);
  }

  /** Putting the file together reads what is kept, and finds what is damaged. */
  async #notSaved(error: unknown): Promise<void> {
    const now = this.#download.peek()?.figures();
    if (now === undefined) return;
    // A player goes on with what it reads. Another try opens the store anew, which then knows what is there.
    if (now.state === 'done' || this.#isFetchedAgain) return this.#giveUp(wordsOf(error));
    this.#saveWhenDone = true;
    this.#isFetchedAgain = true;
    await this.#fetchAll();
    if (this.trouble.peek() === null && this.phase.peek() === 'running') this.#say(FETCHED_AGAIN);
  }

  /** Leaves the swarm; what is kept stays. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.phase.value = 'closed';
    this.#letGo();
    await this.#leaving;
  }

  #letGo(): void {
    const download = this.#download.peek();
    this.#download.value = null;
    // What goes wrong while it closes changes nothing for the reader: it is gone.
    if (download !== null) this.#leaving = download.close().catch((error: unknown) => void wordsOf(error));
  }

  /** Leaves the swarm and throws the pieces away. */
  async discard(): Promise<void> {
    await this.close();
    if (!this.isInMemory.peek()) await KeptPieces.delete(this.contentId);
    forgetKept(this.contentId);
    announce('The kept pieces are removed.');
  }
}
