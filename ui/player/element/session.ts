/**
 * One video being played by one element: its content opened, fed to the <video>, and everything closed again. The element makes
 * one for every `src` or `download`, and closes it before the next.
 */
import type { Download, DownloadFigures, SwitchState } from '../../../engine/index.ts';
import type { SharingChoice } from '../content/metered.ts';
import { openContent, type OpenContent } from '../content/open-content.ts';
import { fetchVideoFacts, type VideoFacts } from '../content/video-facts.ts';
import type { VideoAddress } from '../content/video-address.ts';
import type { PlaybackFigures } from '../playback-figures.ts';
import type { Playability } from '../../../engine/media/index.ts';
import { Playback } from '../playback/index.ts';
import type { SwitchChange } from './player-events.ts';
import { PlayerError } from './player-error.ts';
import { playerErrorFrom } from './player-words.ts';

/** What the element is told, in this order for one session; nothing after `close`. */
export interface SessionListener {
  onFacts(facts: VideoFacts): void;
  onOpened(session: Session): void;
  onFailed(error: PlayerError): void;
  onFigures(figures: PlaybackFigures): void;
  onDownload(figures: DownloadFigures): void;
  onSwitch(change: SwitchChange): void;
}

export interface SessionComponents {
  readonly video: HTMLVideoElement;
  readonly listener: SessionListener;
}

export interface SessionOptions {
  /** null when the page gave only an open download. */
  readonly address: VideoAddress | null;
  /** The page's own, which stays open after this. */
  readonly download: Download | null;
  /** Of what is opened here; the page decides of its own. */
  readonly sharing: SharingChoice;
  /** The session before this one, on its way out: the <video> has one at a time. */
  readonly after: Promise<void>;
  /** Asked when the content id is known. */
  readonly startSeconds: (contentId: string) => number;
}

export class Session {
  readonly #parts: SessionComponents;
  readonly #options: SessionOptions;
  readonly #closing = new AbortController();
  readonly #unsubscribe: (() => void)[] = [];
  #content: OpenContent | undefined;
  #sharing: SharingChoice;
  #download: Download | undefined;
  #playback: Playback | undefined;
  #playability: Playability | null = null;
  #lastState: SwitchState | undefined;
  #closed: Promise<void> | undefined;
  #opening: Promise<void> | undefined;

  constructor(components: SessionComponents, options: SessionOptions) {
    this.#parts = components;
    this.#options = options;
    this.#sharing = options.sharing;
  }

  get address(): VideoAddress | null {
    return this.#options.address;
  }

  get contentId(): string | null {
    return this.#download?.manifest.contentId ?? this.#options.address?.contentId ?? null;
  }

  get playback(): Playback | null {
    return this.#playback ?? null;
  }

  get playability(): Playability | null {
    return this.#playability;
  }

  figures(): PlaybackFigures | null {
    return this.#playback?.figures() ?? null;
  }

  switchFigures(): DownloadFigures | null {
    return this.#download?.figures() ?? null;
  }

  setSharing(choice: SharingChoice): void {
    this.#sharing = choice;
    this.#content?.setSharing(choice);
  }

  /** Tells the listener how it went. */
  open(): void {
    const { listener } = this.#parts;
    this.#opening = this.#open().catch((error: unknown) => {
      if (!this.#closing.signal.aborted) listener.onFailed(playerErrorFrom(error));
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #open(): Promise<void> {
    const { signal } = this.#closing;
    const { address, download: given } = this.#options;
    if (address !== null) this.#askFacts(address, signal);
    await this.#options.after;
    // A <video> that is given its source in the task of a play() takes it for another video, and breaks the play() off.
    await new Promise((resolve) => { setTimeout(resolve, 0); });
    signal.throwIfAborted();
    const download = given ?? await this.#openContent(address, signal);
    signal.throwIfAborted();
    this.#download = download;
    this.#watchDownload(download);
    await this.#play(download, signal);
  }

  async #openContent(address: VideoAddress | null, signal: AbortSignal): Promise<Download> {
    if (address === null) throw new PlayerError('not-an-address', 'There is no video to play.');
    const content = await openContent(address, { signal, sharing: this.#sharing });
    this.#content = content;
    // It may have been changed while it was opening.
    content.setSharing(this.#sharing);
    return content.download;
  }

  async #play(download: Download, signal: AbortSignal): Promise<void> {
    const { video, listener } = this.#parts;
    const playback = new Playback({ video, download }, { startSeconds: this.#options.startSeconds(download.manifest.contentId) });
    this.#playback = playback;
    this.#unsubscribe.push(playback.subscribe((figures) => this.#onFigures(figures)));
    this.#playability = await playback.open(signal);
    signal.throwIfAborted();
    listener.onOpened(this);
  }

  #onFigures(figures: PlaybackFigures): void {
    const { listener } = this.#parts;
    if (this.#playability !== null && figures.failure !== null) {
      listener.onFailed(new PlayerError('broken', `${figures.failure} Try again, or download it instead.`));
    }
    listener.onFigures(figures);
  }

  /** Beside the opening: what it tells is welcome and not needed. */
  #askFacts({ appliance, contentId }: VideoAddress, signal: AbortSignal): void {
    const { listener } = this.#parts;
    const tell = async (): Promise<void> => {
      const facts = await fetchVideoFacts(appliance, contentId, signal);
      if (facts !== null && !signal.aborted) listener.onFacts(facts);
    };
    void tell();
  }

  #watchDownload(download: Download): void {
    const { listener } = this.#parts;
    const tell = (figures: DownloadFigures): void => {
      if (figures.state !== this.#lastState) {
        this.#lastState = figures.state;
        listener.onSwitch({ state: figures.state, reason: figures.switches.at(-1)?.reason ?? null });
      }
      listener.onDownload(figures);
    };
    this.#unsubscribe.push(download.subscribe(tell));
    tell(download.figures());
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    await this.#playback?.close();
    await this.#opening;
    await this.#content?.release();
  }
}
