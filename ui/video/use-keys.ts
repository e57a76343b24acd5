/** The page's own keys: the figures, and the first play. All others are the player's, which hears them on the whole page. */
import { useEffect } from 'preact/hooks';
import type { Watching } from './watching.ts';

/** Who writes there means letters. */
const TEXT = 'input, select, textarea, [contenteditable], dialog, [role="menu"]';
/** Space presses these. */
const PRESSED_BY_SPACE = 'button, a, summary, label';

export function useKeys(watching: Watching): void {
  useEffect(() => {
    const listening = new AbortController();
    document.addEventListener('keydown', (event) => press(event, watching), { signal: listening.signal });
    return () => listening.abort();
  }, [watching]);
}

function press(event: KeyboardEvent, watching: Watching): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const target = event.target instanceof Element ? event.target : null;
  if (target !== null && target.closest(TEXT) !== null) return;
  const key = event.key.toLowerCase();
  if (key === 'i') {
    watching.areFiguresShown.value = !watching.areFiguresShown.peek();
    return;
  }
  const isPlay = key === 'k' || (key === ' ' && (target === null || target.closest(PRESSED_BY_SPACE) === null));
  if (!isPlay || watching.isWanted.peek() || !watching.isPlayable) return;
  // The page must not scroll by the same press.
  event.preventDefault();
  watching.start();
}
