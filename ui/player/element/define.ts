/** Makes the element known to the page. */
import { SoftwareSwitchPlayer } from './software-switch-player.ts';

declare global {
  interface HTMLElementTagNameMap {
    'software-switch-player': SoftwareSwitchPlayer;
  }
}

const TAG = 'software-switch-player';

/** Under another name too, when a page wants one. Without effect where the name is taken, and where there are no custom elements. */
export function defineSoftwareSwitchPlayer(tagName: string = TAG): void {
  const registry = globalThis.customElements;
  if (registry === undefined || registry.get(tagName) !== undefined) return;
  // A class has one name for good.
  registry.define(tagName, tagName === TAG ? SoftwareSwitchPlayer : class extends SoftwareSwitchPlayer {});
}
