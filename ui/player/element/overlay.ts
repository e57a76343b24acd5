/** The words over the picture: an error with what to do, and short notes that come and go. */
import type { PlayerError } from './player-error.ts';

/** Long enough to be read, short enough not to be in the way. */
const NOTE_MS = 1_500;

export class Overlay {
  readonly #message: HTMLElement;
  readonly #words: HTMLElement;
  readonly #again: HTMLButtonElement;
  readonly #note: HTMLElement;
  #standing = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ root, onAgain }: { readonly root: ShadowRoot; readonly onAgain: () => void }) {
    this.#message = part(root, '.over', HTMLElement);
    this.#words = part(root, '.words', HTMLElement);
    this.#again = part(root, '.again', HTMLButtonElement);
    this.#note = part(root, '.note', HTMLElement);
    this.#again.addEventListener('click', onAgain);
  }

  /** Covers the picture, which there is none of; null takes it away. */
  showError(error: PlayerError | null): void {
    this.#message.hidden = error === null;
    this.#message.dataset['kind'] = 'error';
    this.#again.hidden = error?.isWorthAnotherTry !== true;
    this.#words.textContent = error?.message ?? '';
    if (error !== null) this.stand('');
  }

  /** Only the sound plays, and why: where the picture would be, with the controls left free. */
  showNoPicture(sentence: string): void {
    this.#message.hidden = false;
    this.#message.dataset['kind'] = 'no-picture';
    this.#again.hidden = true;
    this.#words.textContent = sentence;
  }

  /** Stays until it is replaced; empty for none. */
  stand(text: string): void {
    if (text === this.#standing) return;
    this.#standing = text;
    if (this.#timer === undefined) this.#note.textContent = text;
  }

  /** Shows and announces for a moment what a key or a gesture did. */
  flash(text: string, forMs: number = NOTE_MS): void {
    clearTimeout(this.#timer);
    this.#note.textContent = text;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#note.textContent = this.#standing;
    }, forMs);
  }

  /** Nothing is said any more. */
  clear(): void {
    this.showError(null);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#standing = '';
    this.#note.textContent = '';
  }
}

/** What the template has. */
export function part<T extends Element>(root: ParentNode, selector: string, type: abstract new () => T): T {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new TypeError(`The player's template has no ${selector}.`);
  return found;
}
