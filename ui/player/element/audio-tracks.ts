/** The file's audio tracks as HTML's AudioTrackList has them, which Chromium and Firefox do not offer themselves. */
import type { AudioTrackInfo } from '../../../engine/media/index.ts';

/** One audio track of the file, for a page's own menu. */
export interface AudioTrackChoice {
  /** The track's number in the file. */
  readonly number: number;
  readonly label: string;
  /** BCP 47 or ISO 639-2; null when the file does not say. */
  readonly language: string | null;
  readonly codec: string | null;
}

/** HTML's AudioTrack, as far as a player needs it. */
export class AudioTrackItem {
  readonly id: string;
  readonly kind: 'main' | 'alternative';
  readonly label: string;
  readonly language: string;
  readonly #list: AudioTracks;
  readonly #number: number;

  constructor(list: AudioTracks, choice: AudioTrackChoice, isDefault: boolean) {
    this.id = String(choice.number);
    this.kind = isDefault ? 'main' : 'alternative';
    this.label = choice.label;
    this.language = choice.language ?? '';
    this.#list = list;
    this.#number = choice.number;
  }

  get enabled(): boolean {
    return this.#list.selected === this.#number;
  }

  /** One plays at a time: another is left by entering this one. */
  set enabled(on: boolean) {
    if (on && !this.enabled) this.#list.select(this.#number);
  }
}

/** Array-like; events `addtrack`, `removetrack`, `change`. */
export class AudioTracks extends EventTarget {
  #choices: readonly AudioTrackChoice[] = [];
  #items: readonly AudioTrackItem[] = [];
  #selected: number | null = null;
  readonly #onSelect: (number: number) => void;

  constructor({ onSelect }: { readonly onSelect: (number: number) => void }) {
    super();
    this.#onSelect = onSelect;
  }

  get choices(): readonly AudioTrackChoice[] {
    return this.#choices;
  }

  /** The number of the track that plays; null while there is none. */
  get selected(): number | null {
    return this.#selected;
  }

  get length(): number {
    return this.#items.length;
  }

  [Symbol.iterator](): Iterator<AudioTrackItem> {
    return this.#items[Symbol.iterator]();
  }

  getTrackById(id: string): AudioTrackItem | null {
    return this.#items.find((item) => item.id === id) ?? null;
  }

  /** RangeError for a number that is none of the tracks. */
  select(number: number): void {
    if (!this.#choices.some((choice) => choice.number === number)) throw new RangeError(`There is no audio track ${number}.`);
    if (number === this.#selected) return;
    this.#selected = number;
    this.#onSelect(number);
    this.dispatchEvent(new Event('change'));
  }

  /** What the file has, and which plays. */
  show(tracks: readonly AudioTrackInfo[], selected: number | null): void {
    const had = this.#items.length > 0;
    this.#choices = tracks.map((track, at) => ({ number: track.number, label: labelOf(track, at), language: track.language, codec: track.codec }));
    this.#selected = selected;
    this.#items = this.#choices.map((choice, at) => new AudioTrackItem(this, choice, tracks[at]?.isDefault === true));
    if (had || this.#items.length > 0) this.dispatchEvent(new Event(this.#items.length > 0 ? 'addtrack' : 'removetrack'));
  }
}

function labelOf(track: AudioTrackInfo, at: number): string {
  const language = track.language === null ? null : languageName(track.language);
  const name = track.label ?? language ?? `Track ${at + 1}`;
  return track.label !== null && language !== null && !track.label.includes(language) ? `${name} (${language})` : name;
}

/** In the reader's language; the tag itself where that is not known. */
export function languageName(tag: string): string | null {
  if (/^(und|zxx|mis|mul)?$/i.test(tag)) return null;
  try {
    return new Intl.DisplayNames(undefined, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
