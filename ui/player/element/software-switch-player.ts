/**
 * `<software-switch-player src="http://nas:8080/videos/CONTENT-ID" controls>`: a <video> whose bytes come from the CDN and from
 * the swarm. Attributes, properties, methods and events are those of <video>; what is its own is documented at each member.
 *
 * Attributes of its own: `start` (seconds, `1h2m3s`), `noresume` (begins anew on every visit), `nohotkeys`, `sharing` (`on`, `off`).
 * What is not in the document loads nothing; what leaves it closes everything, and what is moved in it goes on.
 */
import type { Download, DownloadFigures } from '../../../engine/index.ts';
import type { Playability } from '../../../engine/media/index.ts';
import { isShared, sharingChoice } from '../content/metered.ts';
import { contentAddress } from '../content/video-address.ts';
import type { PlaybackFigures } from '../playback-figures.ts';
import { AudioTracks, type AudioTrackChoice } from './audio-tracks.ts';
import { ControlsMount } from './controls-mount.ts';
import { Loading } from './loading.ts';
import { MediaSessionLink } from './media-session.ts';
import { Overlay, part } from './overlay.ts';
import { PlaceKeeper } from './place-keeper.ts';
import { PlayerBase } from './player-base.ts';
import type { PlayerError } from './player-error.ts';
import { ReflectedVideo } from './reflected-video.ts';
import { Size } from './size.ts';
import { SubtitleTracks, type SubtitlesDescription } from './subtitles.ts';
import { playerSheet, TEMPLATE } from './template.ts';

const OWN_ATTRIBUTES = ['width', 'height', 'sharing'];
/** Decided here, and never by the <video> in the shadow root. */
const NOT_FORWARDED = ['src', 'controls', 'preload', 'poster', 'width', 'height', 'sharing'];

interface Parts {
  readonly loading: Loading;
  readonly overlay: Overlay;
  readonly subtitles: SubtitleTracks;
  readonly controls: ControlsMount;
  readonly size: Size;
}

/** The element; importing the library defines it as `<software-switch-player>`. */
export class SoftwareSwitchPlayer extends ReflectedVideo {
  static getTemplateHTML(): string {
    return TEMPLATE;
  }

  static override get observedAttributes(): readonly string[] {
    return [...PlayerBase.observedAttributes, ...OWN_ATTRIBUTES];
  }

  readonly #audio = new AudioTracks({ onSelect: (number) => this.#selectAudio(number) });
  readonly #mediaSession = new MediaSessionLink(this);
  readonly #place = new PlaceKeeper(this);
  #parts: Parts | undefined;

  /** An engine's open Download to play instead of `src`, shared with the page, which goes on owning and closing it. */
  get download(): Download | null {
    return this.#shadow().loading.download;
  }

  set download(download: Download | null) {
    this.#shadow().loading.download = download;
  }

  /**
   * Whether verified pieces are given to other viewers, who then see this device's address. Where nobody says, `off` on a connection
   * that is paid by the byte or while the browser saves data, else `on`. A `download` given by the page is the page's to decide:
   * `switchFigures.sharing` has what is so.
   */
  get sharing(): 'on' | 'off' {
    return isShared(sharingChoice(this.getAttribute('sharing'))) ? 'on' : 'off';
  }

  set sharing(choice: 'on' | 'off') {
    this.setAttribute('sharing', choice);
  }

  /** How it plays: buffer, codecs, dropped frames, stalls. null while nothing is open. */
  get figures(): PlaybackFigures | null {
    return this.#shadow().loading.session?.figures() ?? null;
  }

  /** Where the bytes come from. null while nothing is open. */
  get switchFigures(): DownloadFigures | null {
    return this.#shadow().loading.session?.switchFigures() ?? null;
  }

  /** Which tracks play in this browser, and why others do not; null until the file's index is read. */
  get playability(): Playability | null {
    return this.#shadow().loading.session?.playability ?? null;
  }

  /** HTML's AudioTrackList, of the tracks that this browser plays. Empty until the file's index is read (`audiotrackschange`). */
  get audioTracks(): AudioTracks {
    return this.#audio;
  }

  /** The same as plain objects. */
  get audioTrackList(): readonly AudioTrackChoice[] {
    return this.#audio.choices;
  }

  /** Goes on with another sound, by the track's number. RangeError where there is none. */
  selectAudioTrack(number: number): void {
    this.#audio.select(number);
  }

  /** Shows the viewer's own subtitles: SRT, WebVTT, SSA or ASS, as a file or as text. RangeError, MediaError `unreadable`. */
  addSubtitles(file: Blob | string, description: SubtitlesDescription = {}): Promise<TextTrack> {
    return this.#shadow().subtitles.add(file, description);
  }

  /** Shows and announces a short sentence over the picture for a moment. */
  say(sentence: string): void {
    this.#shadow().overlay.flash(sentence);
  }

  /** The element's `title`, else what the appliance calls the video, else the file's name. */
  get videoTitle(): string {
    const { facts, session } = this.#shadow().loading;
    return this.title || (facts?.title ?? session?.switchFigures()?.name ?? '');
  }

  override get nativeEl(): HTMLVideoElement {
    // Attributes are known only after the constructor: the first use makes the shadow root.
    return this.shadowRoot?.querySelector('video') ?? super.nativeEl;
  }

  override get currentSrc(): string {
    const address = this.#shadow().loading.session?.address;
    return address ? contentAddress(address) : '';
  }

  override get currentTime(): number {
    return this.nativeEl.currentTime;
  }

  override set currentTime(seconds: number) {
    if (this.#shadow().loading.session?.playback?.file === undefined) this.#place.wanted = seconds;
    this.nativeEl.currentTime = seconds;
  }

  /** A MediaError with a stable `reason`, and a message for people. */
  override get error(): PlayerError | null {
    return this.#shadow().loading.error;
  }

  override play(): Promise<void> {
    this.#shadow().loading.wantsToPlay = true;
    return this.nativeEl.play();
  }

  override pause(): void {
    this.#shadow().loading.wantsToPlay = false;
    this.nativeEl.pause();
  }

  override load(): void {
    this.#shadow().loading.reload();
  }

  /** So that its keys work without a click. */
  override focus(options?: FocusOptions): void {
    part(this.#root(), 'media-controller', HTMLElement).focus(options);
  }

  override init(): void {
    super.init();
    const root = this.#root();
    root.adoptedStyleSheets = [playerSheet()];
    const overlay = new Overlay({ root, onAgain: () => { this.play().catch(() => undefined); } });
    const subtitles = new SubtitleTracks({ video: this.nativeEl });
    const loading = new Loading({ player: this, audio: this.#audio, place: this.#place, overlay, subtitles });
    this.#parts = { loading, overlay, subtitles, controls: new ControlsMount({ player: this, root }), size: new Size({ root }) };
    root.addEventListener('slotchange', () => this.#takeSources());
    this.#takeSources();
    this.#takeEarly();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { controls, loading } = this.#shadow();
    if (this.hasAttribute('controls')) controls.show();
    loading.schedule();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // What is moved in the document is put back at once.
    queueMicrotask(() => { if (!this.isConnected) this.#leave(); });
  }

  /** `moveBefore`: nothing changes. */
  connectedMoveCallback(): void {}

  override attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    const { controls, loading, size } = this.#shadow();
    if (!NOT_FORWARDED.includes(name)) super.attributeChangedCallback(name, before, now);
    if (name === 'src') loading.reload();
    else if (name === 'preload' || name === 'autoplay') loading.schedule();
    else if (name === 'poster') loading.showPoster();
    else if (name === 'sharing') loading.session?.setSharing(sharingChoice(now));
    else if (name === 'width' || name === 'height') size.set(this.width, this.height);
    else if (name === 'controls' && now === null) controls.hide();
    else if (name === 'controls' && this.isConnected) controls.show();
  }

  override handleEvent(event: Event): void {
    // The playback begins anew where the browser gives up decoding; what cannot be mended comes by its figures.
    if (event.type === 'error' || event.target !== this.nativeEl) return;
    super.handleEvent(event);
    const { loading } = this.#shadow();
    this.#place.onEvent(event.type, loading.session?.contentId ?? null);
    if (event.type === 'playing') this.#mediaSession.take({ title: this.videoTitle, artwork: this.nativeEl.poster || null });
    else this.#mediaSession.update();
    loading.showWaiting();
  }

  #shadow(): Parts {
    if (this.#parts === undefined) void super.nativeEl;
    if (this.#parts === undefined) throw new TypeError('The player has no shadow root.');
    return this.#parts;
  }

  #root(): ShadowRoot {
    if (this.shadowRoot === null) void super.nativeEl;
    if (this.shadowRoot === null) throw new TypeError('The player has no shadow root.');
    return this.shadowRoot;
  }

  #leave(): void {
    const { controls, loading } = this.#shadow();
    const { currentTime } = this.nativeEl;
    controls.hide();
    this.#mediaSession.release();
    loading.unload();
    // Put back later, it goes on from there, as <video> does.
    if (currentTime > 0) this.#place.wanted = currentTime;
  }

  #selectAudio(number: number): void {
    this.#shadow().loading.session?.playback?.selectAudio(number);
    this.dispatchEvent(new CustomEvent('audiotrackschange'));
  }

  /** Set before the element was defined. */
  #takeEarly(): void {
    for (const name of ['download', 'sharing'] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = this[name];
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  }

  /** <source> children name the video when `src` does not; the <video> itself must not load them. */
  #takeSources(): void {
    const sources = [...this.nativeEl.querySelectorAll('source')];
    for (const source of sources) source.remove();
    if (sources.length > 0 && !this.hasAttribute('src')) this.#shadow().loading.schedule();
  }
}
