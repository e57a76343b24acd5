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

export class SubtitleTracks {
  readonly #video: HTMLVideoElement;
  readonly #tracks = new Map<HTMLTrackElement, string | null>();

  constructor({ video }: { readonly video: HTMLVideoElement }) {
    this.#video = video;
  }

  /** Listed at once, fetched by the browser when one is chosen. */
  offer(appliance: string, { contentId, subtitles }: VideoFacts): void {
    // The pictures come from a blob: address, which this does not touch; without it a <track> of another origin stays empty.
    if (new URL(appliance).origin !== location.origin && !this.#video.hasAttribute('crossorigin')) this.#video.crossOrigin = 'anonymous';
    for (const { id, language, label } of subtitles) {
      this.#append({ src: subtitlesAddress(appliance, contentId, id), language: language ?? '', label }, null);
    }
  }

  /** SRT, SSA, ASS or WebVTT, as a file or as text. Resolves with its track, which is shown. Throws RangeError, MediaError `unreadable`. */
  async add(file: Blob | string, { label, language }: SubtitlesDescription): Promise<TextTrack> {
    const blob = typeof file === 'string' ? new Blob([file]) : file;
    if (blob.size > MAX_FILE_BYTES) throw new RangeError('This file is larger than any subtitles. Choose an SRT, WebVTT or ASS file.');
    const named = file instanceof File ? file.name : undefined;
    const text = toWebVtt(new Uint8Array(await blob.arrayBuffer()), { ...(named === undefined ? {} : { fileName: named }), mediaType: blob.type });
    const url = URL.createObjectURL(new Blob([text], { type: 'text/vtt' }));
    const name = label ?? named ?? (language === undefined ? null : languageName(language)) ?? 'Subtitles';
    const { track } = this.#append({ src: url, language: language ?? '', label: name }, url);
    for (const other of this.#video.textTracks) if (other.mode === 'showing') other.mode = 'disabled';
    track.mode = 'showing';
    return track;
  }

  clear(): void {
    for (const [element, url] of this.#tracks) {
      element.remove();
      if (url !== null) URL.revokeObjectURL(url);
    }
    this.#tracks.clear();
  }

  #append({ src, language, label }: { readonly src: string; readonly language: string; readonly label: string }, url: string | null): HTMLTrackElement {
    const element = document.createElement('track');
    element.kind = 'subtitles';
    element.srclang = language;
    element.label = label;
    element.src = src;
    this.#tracks.set(element, url);
    this.#video.append(element);
    // Chromium turns on tracks that nobody has set yet when another one is shown; only a change counts as set.
    element.track.mode = 'hidden';
    element.track.mode = 'disabled';
    return element;
  }
}
