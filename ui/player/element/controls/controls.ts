/** media-chrome's controls around the picture, with keys, gestures and the sheet of keys. Loaded when `controls` is asked for. */
import type { ControlsComponents } from '../controls-mount.ts';
import { CONTROLS, CONTROLS_STYLE } from './controls-template.ts';
import { KeyActions } from './key-actions.ts';
import { KeySheet } from './key-sheet.ts';
import { Keys } from './keys.ts';
import { createMediaStore, MediaController, type MediaStore } from './media-chrome.ts';
import { TouchSeek } from './touch-seek.ts';

const HIDE_AFTER_SECONDS = 3;
const NEVER = -1;

export class Controls {
  readonly #root: ShadowRoot;
  readonly #controller: MediaController;
  readonly #sheet: CSSStyleSheet;
  readonly #closing = new AbortController();
  readonly #parts: readonly { close(): void }[];

  constructor({ player, root }: ControlsComponents) {
    const controller = root.querySelector('media-controller');
    if (!(controller instanceof MediaController)) throw new TypeError('media-controller is not what it was when this was written.');
    this.#root = root;
    this.#controller = controller;
    this.#sheet = new CSSStyleSheet();
    this.#sheet.replaceSync(CONTROLS_STYLE);
    root.adoptedStyleSheets.push(this.#sheet);
    controller.insertAdjacentHTML('beforeend', CONTROLS);
    controller.removeAttribute('gesturesdisabled');
    controller.setAttribute('autohide', String(HIDE_AFTER_SECONDS));
    controller.fullscreenElement = player;
    controller.mediaStore = storeFor(player);
    controller.addEventListener('toggle', () => this.#onMenu(), { signal: this.#closing.signal });
    const keySheet = new KeySheet({ root });
    const actions = new KeyActions({
      player, showKeys: () => keySheet.toggle(), request: (type) => controller.dispatchEvent(new CustomEvent(type, { composed: true, bubbles: true })),
    });
    this.#parts = [keySheet, new Keys({ player, actions }), new TouchSeek({ surface: controller, actions })];
  }

  close(): void {
    this.#closing.abort();
    for (const part of this.#parts) part.close();
    for (const control of this.#controller.querySelectorAll(':scope > [data-controls]')) control.remove();
    this.#controller.setAttribute('gesturesdisabled', '');
    this.#root.adoptedStyleSheets = this.#root.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
  }

  /** Who reads a menu must not lose it. */
  #onMenu(): void {
    const isOpen = this.#controller.querySelector('[role=menu]:not([hidden])') !== null;
    this.#controller.setAttribute('autohide', String(isOpen ? NEVER : HIDE_AFTER_SECONDS));
    if (isOpen) this.#controller.removeAttribute('userinactive');
  }
}

/**
 * The controls drive the element and not the <video> inside it, which has no `src` before play with preload=none, and no audio
 * tracks; so the controller's own finding of it is ignored.
 */
function storeFor(player: HTMLVideoElement): MediaStore {
  const store = createMediaStore({
    media: player, fullscreenElement: player, documentElement: player.ownerDocument,
    options: { noVolumePref: true, noMutedPref: true, noSubtitlesLangPref: true, defaultStreamType: 'on-demand' },
  });
  return { ...store, dispatch: (action) => { if (action.type !== 'mediaelementchangerequest') store.dispatch(action); } };
}
