/**
 * What the element plays: it begins a session when one is wanted, shows how it goes, and closes it before the next. The element
 * itself is only the surface.
 */
import type { Download } from '../../../engine/index.ts';
import { sharingChoice } from '../content/metered.ts';
import { parseVideoAddress, type VideoAddress } from '../content/video-address.ts';
import { posterAddress, type VideoFacts } from '../content/video-facts.ts';
import type { AudioTracks } from './audio-tracks.ts';
import type { Overlay } from './overlay.ts';
import type { PlaceKeeper } from './place-keeper.ts';
import type { PlayerBase } from './player-base.ts';
import { PlayerError } from './player-error.ts';
import { NOT_AN_ADDRESS, waitingSentence } from './player-words.ts';
import { resolvedAddress } from './reflected-video.ts';
import { Session, type SessionListener } from './session.ts';
import type { SubtitleTracks } from './subtitles.ts';

const HAVE_FUTURE_DATA = 3;
/** A sentence takes longer to read than what a key did. */
const PROBLEM_MS = 8_000;

export interface LoadingComponents {
  readonly player: PlayerBase;
  readonly audio: AudioTracks;
  readonly place: PlaceKeeper;
  readonly overlay: Overlay;
  readonly subtitles: SubtitleTracks;
}

export class Loading {
  readonly #parts: LoadingComponents;
  #session: Session | undefined;
  /** What is being closed; nothing new is attached to the <video> before it is. */
  #closing: Promise<void> = Promise.resolve();
  #download: Download | null = null;
  #facts: VideoFacts | null = null;
  #error: PlayerError | null = null;
  #wantsToPlay = false;
  #isScheduled = false;

  constructor(components: LoadingComponents) {
    this.#parts = components;
  }

  get session(): Session | null {
    return this.#session ?? null;
  }

  get error(): PlayerError | null {
    return this.#error;
  }

  get facts(): VideoFacts | null {
    return this.#facts;
  }

  get download(): Download | null {
    return this.#download;
  }

  set download(download: Download | null) {
    if (download === this.#download) return;
    this.#download = download;
    this.reload();
  }

  set wantsToPlay(wants: boolean) {
    this.#wantsToPlay = wants;
    if (!wants) return;
    if (this.#error !== null) this.unload();
    this.#wantsToPlay = true;
    this.#begin();
  }

  reload(): void {
    this.unload();
    this.schedule();
  }

  /** After all attributes and properties that are set together. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      const { player } = this.#parts;
      if (player.preload !== 'none' || player.autoplay || this.#wantsToPlay) this.#begin();
    });
  }

  unload(): void {
    const { audio, overlay, place, subtitles } = this.#parts;
    const session = this.#session;
    this.#session = undefined;
    this.#error = null;
    this.#facts = null;
    place.leave(session?.contentId ?? null);
    audio.show([], null);
    overlay.clear();
    subtitles.clear();
    this.showPoster();
    if (session === undefined) return;
    this.#wantsToPlay = false;
    this.#letGo(session);
  }

  /** The page's own, else the appliance's. */
  showPoster(): void {
    const { player } = this.#parts;
    const address = this.#session?.address;
    const kept = this.#facts !== null && address ? posterAddress(address.appliance, this.#facts) : null;
    const poster = resolvedAddress(player.getAttribute('poster') ?? kept, player.baseURI);
    if (poster === '') player.nativeEl.removeAttribute('poster');
    else if (player.nativeEl.poster !== poster) player.nativeEl.poster = poster;
  }

  /** In words only while a reader really waits for a picture. */
  showWaiting(): void {
    const { autoplay, paused, seeking, readyState } = this.#parts.player.nativeEl;
    const figures = this.#session?.switchFigures() ?? null;
    // What is to play by itself is paused until it can.
    const waits = (!paused || seeking || autoplay) && readyState < HAVE_FUTURE_DATA;
    this.#parts.overlay.stand(waits && figures !== null ? waitingSentence(figures) : '');
  }

  #begin(): void {
    const { player, place } = this.#parts;
    if (this.#session !== undefined || this.#error !== null || !player.isConnected) return;
    const said = player.getAttribute('src') ?? player.querySelector(':scope > source')?.getAttribute('src') ?? null;
    const address = said === null ? null : parseVideoAddress(said, player.baseURI);
    if (address === null && this.#download === null) {
      if (said !== null) this.#fail(new PlayerError('not-an-address', `“${said}” ${NOT_AN_ADDRESS}`));
      return;
    }
    const session: Session = new Session({ video: player.nativeEl, listener: this.#listenerFor(() => session) }, {
      address, download: this.#download, after: this.#closing, sharing: sharingChoice(player.getAttribute('sharing')),
      startSeconds: (contentId) => place.startFor(contentId, address?.startSeconds ?? null),
    });
    this.#session = session;
    session.open();
  }

  /** Of a session that was left nothing is heard. */
  #listenerFor(session: () => Session): SessionListener {
    const { player } = this.#parts;
    const ifCurrent = <T>(act: (value: T) => void) => (value: T): void => {
      if (this.#session === session()) act(value);
    };
    return {
      onFacts: ifCurrent((facts) => this.#learn(facts)),
      onOpened: ifCurrent((opened) => this.#opened(opened)),
      onFailed: ifCurrent((error) => this.#fail(error)),
      onFigures: ifCurrent((detail) => player.dispatchEvent(new CustomEvent('figureschange', { detail }))),
      onDownload: ifCurrent(() => this.showWaiting()),
      onSwitch: ifCurrent((detail) => player.dispatchEvent(new CustomEvent('switchchange', { detail }))),
    };
  }

  #learn(facts: VideoFacts): void {
    this.#facts = facts;
    const address: VideoAddress | null = this.#session?.address ?? null;
    if (address !== null) this.#parts.subtitles.offer(address.appliance, facts);
    this.showPoster();
  }

  #opened({ playability, playback }: Session): void {
    const { audio, overlay, player } = this.#parts;
    const playable = new Set(playability?.audioTracks ?? []);
    const tracks = playback?.file?.info.tracks.filter((track) => track.kind === 'audio').filter(({ number }) => playable.has(number)) ?? [];
    audio.show(tracks, playback?.audioTrack() ?? null);
    player.dispatchEvent(new CustomEvent('audiotrackschange'));
    if (playability === null || playability.problems.length === 0) return;
    const problems = playability.problems.join(' ');
    if (playability.videoTrack === null) overlay.showNoPicture(`${problems} Download it instead to see it.`);
    else overlay.flash(problems, PROBLEM_MS);
  }

  #fail(error: PlayerError): void {
    if (this.#error !== null) return;
    this.#error = error;
    if (this.#session !== undefined) this.#letGo(this.#session);
    this.#parts.overlay.showError(error);
    this.#parts.player.dispatchEvent(new Event('error'));
  }

  #letGo(session: Session): void {
    const before = this.#closing;
    this.#closing = Promise.all([before, session.close()]).then(() => undefined, () => undefined);
  }
}
