/** Subtitles of a video as <track> elements: those that the appliance has, and files that the viewer adds. */
import { toWebVtt } from '../../../engine/media/index.ts';
import { subtitlesAddress, type VideoFacts } from '../content/video-facts.ts';
import { languageName } from './audio-tracks.ts';

/** What readers are told of a text that is added. */
export interface SubtitlesDescription {
  /** For people. Default: the file's name, else the language's. */
  readonly label?: string;
  /** BCP 47. */
  readonly language?: string;
}

/** Subtitles of a whole film are 100 KB; what is larger is not read at all. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const ANSWERS_WITHIN_MS = 20_000;

export class SubtitleTracks {
  readonly #video: HTMLVideoElement;
  readonly #tracks = new Set<HTMLTrackElement>();
  /** Addresses of other origins, of tracks that nobody has chosen yet. */
  readonly #elsewhere = new Map<HTMLTrackElement, string>();
  readonly #urls = new Set<string>();
  #clearing = new AbortController();

  constructor({ video }: { readonly video: HTMLVideoElement }) {
    this.#video = video;
    video.textTracks.addEventListener('change', () => this.#fetchChosen());
  }

  /** Listed at once, fetched when one is chosen. */
  offer(appliance: string, { contentId, subtitles }: VideoFacts): void {
    const isElsewhere = new URL(appliance).origin !== location.origin;
    for (const { id, language, label } of subtitles) {
      const address = subtitlesAddress(appliance, contentId, id);
      const element = this.#append({ src: isElsewhere ? null : address, language: language ?? '', label });
      // What a page's policy lets a <track> load is often its own origin only, when it may well ask others for data.
      if (isElsewhere) this.#elsewhere.set(element, address);
    }
  }

  /** SRT, SSA, ASS or WebVTT, as a file or as text. Resolves with its track, which is shown. Throws RangeError, MediaError `unreadable`. */
  async add(file: Blob | string, { label, language }: SubtitlesDescription): Promise<TextTrack> {
    const blob = typeof file === 'string' ? new Blob([file]) : file;
    if (blob.size > MAX_FILE_BYTES) throw new RangeError('This file is larger than any subtitles. Choose an SRT, WebVTT or ASS file.');
    const named = file instanceof File ? file.name : undefined;
    const text = toWebVtt(new Uint8Array(await blob.arrayBuffer()), { ...(named === undefined ? {} : { fileName: named }), mediaType: blob.type });
    const name = label ?? named ?? (language === undefined ? null : languageName(language)) ?? 'Subtitles';
    const { track } = this.#append({ src: this.#urlOf(text), language: language ?? '', label: name });
    for (const other of this.#video.textTracks) if (other.mode === 'showing') other.mode = 'disabled';
    track.mode = 'showing';
    return track;
  }

  clear(): void {
    this.#clearing.abort();
    this.#clearing = new AbortController();
    for (const element of this.#tracks) element.remove();
    for (const url of this.#urls) URL.revokeObjectURL(url);
    this.#tracks.clear();
    this.#elsewhere.clear();
    this.#urls.clear();
  }

  #append({ src, language, label }: { readonly src: string | null; readonly language: string; readonly label: string }): HTMLTrackElement {
    const element = document.createElement('track');
    element.kind = 'subtitles';
    element.srclang = language;
    element.label = label;
    if (src !== null) element.src = src;
    this.#tracks.add(element);
    this.#video.append(element);
    // Chromium turns on tracks that nobody has set yet when another one is shown; only a change counts as set.
    element.track.mode = 'hidden';
    element.track.mode = 'disabled';
    return element;
  }

  #fetchChosen(): void {
    for (const [element, address] of this.#elsewhere) {
      if (element.track.mode === 'disabled') continue;
      this.#elsewhere.delete(element);
      void this.#fetch(element, address);
    }
  }

  async #fetch(element: HTMLTrackElement, address: string): Promise<void> {
    const { signal } = this.#clearing;
    try {
      const response = await fetch(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]) });
      if (!response.ok) throw new Error(`The appliance answered ${response.status}.`);
      const text = await response.text();
      if (!signal.aborted) element.src = this.#urlOf(text);
    } catch {
      // As with a <track> that does not load: it stays empty, and says so; choosing it again tries again.
      if (signal.aborted) return;
      this.#elsewhere.set(element, address);
      element.dispatchEvent(new Event('error'));
    }
  }

  #urlOf(text: string): string {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/vtt' }));
    this.#urls.add(url);
    return url;
  }
}
