/** The list of keys, as a real dialog: focus stays in it, Esc closes it, and the focus goes back to where it was. */
import { KEY_ROWS } from './key-table.ts';

export class KeySheet {
  readonly #dialog: HTMLDialogElement;

  constructor({ root }: { readonly root: ShadowRoot }) {
    this.#dialog = document.createElement('dialog');
    this.#dialog.className = 'keys';
    this.#dialog.part.add('keys');
    this.#dialog.setAttribute('aria-labelledby', 'keys-title');
    this.#dialog.append(title(), table(), pageKeys(), closeButton(this.#dialog));
    this.#dialog.addEventListener('click', (event) => { if (event.target === this.#dialog) this.#dialog.close(); });
    root.append(this.#dialog);
  }

  toggle(): void {
    if (this.#dialog.open) this.#dialog.close();
    else this.#dialog.showModal();
  }

  close(): void {
    this.#dialog.remove();
  }
}

function title(): HTMLElement {
  const heading = document.createElement('h2');
  heading.id = 'keys-title';
  heading.textContent = 'Keys';
  return heading;
}

function table(): HTMLElement {
  const list = document.createElement('dl');
  for (const [keys, meaning] of KEY_ROWS) {
    const term = document.createElement('dt');
    for (const key of keys) {
      const cap = document.createElement(key === '…' ? 'span' : 'kbd');
      cap.textContent = key;
      term.append(cap, ' ');
    }
    const definition = document.createElement('dd');
    definition.textContent = meaning;
    list.append(term, definition);
  }
  return list;
}

/** The keys of the page around the player, which says them itself. */
function pageKeys(): HTMLSlotElement {
  const slot = document.createElement('slot');
  slot.name = 'keys';
  return slot;
}

function closeButton(dialog: HTMLDialogElement): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Close';
  button.addEventListener('click', () => dialog.close());
  return button;
}
