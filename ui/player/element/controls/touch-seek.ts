/** Two taps on the left or right of the picture go back or forward; with a mouse two clicks mean the full screen. */
import type { KeyActions } from './key-actions.ts';

const SECOND_TAP_WITHIN_MS = 300;
/** In the middle two taps are just two taps. */
const SIDE_SHARE = 0.35;
const SECONDS = 10;

export class TouchSeek {
  readonly #closing = new AbortController();
  readonly #actions: KeyActions;
  readonly #surface: HTMLElement;
  #lastSide: 'left' | 'right' | null = null;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor({ surface, actions }: { readonly surface: HTMLElement; readonly actions: KeyActions }) {
    this.#actions = actions;
    this.#surface = surface;
    const { signal } = this.#closing;
    surface.addEventListener('pointerup', (event) => { if (event.pointerType === 'touch') this.#onTap(event); }, { signal });
    surface.addEventListener('dblclick', (event) => {
      if (this.#isPicture(event) && !isTouch(event)) actions.do({ kind: 'toggle-fullscreen' });
    }, { signal });
  }

  close(): void {
    this.#closing.abort();
  }

  #onTap(event: PointerEvent): void {
    const side = this.#isPicture(event) ? this.#sideOf(event) : null;
    const isSecond = side !== null && side === this.#lastSide && event.timeStamp - this.#lastAtMs < SECOND_TAP_WITHIN_MS;
    this.#lastSide = side;
    // A third tap goes on where the second did.
    this.#lastAtMs = event.timeStamp;
    if (isSecond) this.#actions.do({ kind: 'seek-by', seconds: side === 'left' ? -SECONDS : SECONDS });
  }

  #sideOf({ clientX }: PointerEvent): 'left' | 'right' | null {
    const { left, width } = this.#surface.getBoundingClientRect();
    const share = (clientX - left) / width;
    if (share < SIDE_SHARE) return 'left';
    return share > 1 - SIDE_SHARE ? 'right' : null;
  }

  /** Not a control. */
  #isPicture(event: Event): boolean {
    const target = event.composedPath()[0];
    return target === this.#surface || target instanceof HTMLVideoElement;
  }
}

function isTouch(event: MouseEvent): boolean {
  return event instanceof PointerEvent && event.pointerType === 'touch';
}
