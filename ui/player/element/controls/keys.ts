/** Keys while the player, or nothing of the page in particular, has the focus. Of several players the last one used has them. */
import type { SoftwareSwitchPlayer } from '../software-switch-player.ts';
import { isTaken } from './key-focus.ts';
import { actionFor } from './key-table.ts';
import type { KeyActions } from './key-actions.ts';

/** Players that have keys, the last one used last. */
const players: SoftwareSwitchPlayer[] = [];

function use(player: SoftwareSwitchPlayer): void {
  const at = players.indexOf(player);
  if (at >= 0) players.splice(at, 1);
  players.push(player);
}

export class Keys {
  readonly #player: SoftwareSwitchPlayer;
  readonly #actions: KeyActions;
  readonly #closing = new AbortController();

  constructor({ player, actions }: { readonly player: SoftwareSwitchPlayer; readonly actions: KeyActions }) {
    this.#player = player;
    this.#actions = actions;
    const { signal } = this.#closing;
    players.unshift(player);
    for (const event of ['play', 'focusin', 'pointerdown'] as const) player.addEventListener(event, () => use(player), { signal });
    player.ownerDocument.addEventListener('keydown', (event) => this.#onKey(event), { signal });
  }

  close(): void {
    this.#closing.abort();
    players.splice(players.indexOf(this.#player), 1);
  }

  #onKey(event: KeyboardEvent): void {
    const path = event.composedPath();
    const inside = path.includes(this.#player);
    if (event.defaultPrevented || this.#player.hasAttribute('nohotkeys') || isTaken(path, event.key)) return;
    if (!inside && (players.at(-1) !== this.#player || players.some((other) => path.includes(other)))) return;
    const action = actionFor(event, inside);
    if (action === null) return;
    event.preventDefault();
    // Held down, a switch would flicker.
    if (event.repeat && action.kind.startsWith('toggle')) return;
    this.#actions.do(action);
  }
}
