/** Brings the controls when they are wanted, and only then: a bare element loads none of them. */
import type { Controls } from './controls/controls.ts';
import { part } from './overlay.ts';
import type { SoftwareSwitchPlayer } from './software-switch-player.ts';

export interface ControlsComponents {
  readonly player: SoftwareSwitchPlayer;
  readonly root: ShadowRoot;
}

export class ControlsMount {
  readonly #parts: ControlsComponents;
  #wanted = false;
  #controls: Controls | undefined;
  #loading = false;

  constructor(components: ControlsComponents) {
    this.#parts = components;
  }

  show(): void {
    this.#wanted = true;
    // As <video controls>: reached by the tab key, so that its keys work.
    this.#stage().tabIndex = 0;
    if (this.#loading || this.#controls !== undefined) return;
    this.#loading = true;
    void this.#load();
  }

  hide(): void {
    this.#wanted = false;
    this.#controls?.close();
    this.#controls = undefined;
    this.#stage().removeAttribute('tabindex');
  }

  #stage(): HTMLElement {
    return part(this.#parts.root, 'media-controller', HTMLElement);
  }

  async #load(): Promise<void> {
    try {
      const { Controls } = await import('./controls/controls.ts');
      if (this.#wanted) this.#controls = new Controls(this.#parts);
    } catch {
      // Not reachable right now: the browser's own controls are better than none.
      if (this.#wanted) this.#parts.player.nativeEl.controls = true;
    } finally {
      this.#loading = false;
    }
  }
}
