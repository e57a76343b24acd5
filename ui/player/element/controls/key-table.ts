/** What each key does: YouTube's keys, which people know. Pure: a key event's facts in, an action out. */

export type KeyAction =
  | { readonly kind: 'toggle-play' | 'toggle-mute' | 'toggle-fullscreen' | 'toggle-captions' | 'show-keys' }
  | { readonly kind: 'seek-by'; readonly seconds: number }
  | { readonly kind: 'seek-to'; readonly share: number }
  | { readonly kind: 'volume-by'; readonly share: number }
  | { readonly kind: 'speed-by'; readonly steps: 1 | -1 };

/** For the sheet: the keys as they are printed, and what they do. */
export const KEY_ROWS: readonly (readonly [keys: readonly string[], meaning: string])[] = [
  [['Space', 'K'], 'Play or pause'],
  [['J', 'L'], 'Back or forward 10 seconds'],
  [['←', '→'], 'Back or forward 5 seconds'],
  [['0', '…', '9'], 'To the beginning, 10 %, … 90 %'],
  [['Home', 'End'], 'To the beginning or the end'],
  [['↑', '↓'], 'Louder or quieter'],
  [['M'], 'Sound off or on'],
  [['C'], 'Subtitles on or off'],
  [['<', '>'], 'Slower or faster'],
  [['F'], 'Full screen'],
  [['?'], 'This list'],
];

const LONG_STEP_SECONDS = 10;
const STEP_SECONDS = 5;
const VOLUME_STEP = 0.05;

const ACTIONS: Readonly<Record<string, KeyAction>> = {
  ' ': { kind: 'toggle-play' }, k: { kind: 'toggle-play' },
  j: { kind: 'seek-by', seconds: -LONG_STEP_SECONDS }, l: { kind: 'seek-by', seconds: LONG_STEP_SECONDS },
  ArrowLeft: { kind: 'seek-by', seconds: -STEP_SECONDS }, ArrowRight: { kind: 'seek-by', seconds: STEP_SECONDS },
  ArrowUp: { kind: 'volume-by', share: VOLUME_STEP }, ArrowDown: { kind: 'volume-by', share: -VOLUME_STEP },
  Home: { kind: 'seek-to', share: 0 }, End: { kind: 'seek-to', share: 1 },
  m: { kind: 'toggle-mute' }, f: { kind: 'toggle-fullscreen' }, c: { kind: 'toggle-captions' },
  '<': { kind: 'speed-by', steps: -1 }, '>': { kind: 'speed-by', steps: 1 }, '?': { kind: 'show-keys' },
};

/** `inside`: the player has the focus. Keys that scroll a page belong to the page while it has not. */
const ONLY_INSIDE = ['ArrowUp', 'ArrowDown', 'Home', 'End'];

export interface KeyFacts {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

export function actionFor({ key, ctrlKey, altKey, metaKey }: KeyFacts, inside: boolean): KeyAction | null {
  if (ctrlKey || altKey || metaKey || (!inside && ONLY_INSIDE.includes(key))) return null;
  if (/^\d$/.test(key)) return { kind: 'seek-to', share: Number(key) / 10 };
  return ACTIONS[key.length === 1 ? key.toLowerCase() : key] ?? null;
}
