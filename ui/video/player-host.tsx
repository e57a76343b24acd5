/** Holds the player while it is wanted: gives it the page's download, and hears what it says. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { effect } from '@preact/signals';
import type { Video } from '../api/video.ts';
import { giveDownload, loadPlayer, makePlayer, type PlayerElement } from './player-element.ts';
import type { Watching } from './watching.ts';

interface PlayerHostProps {
  readonly video: Video;
  readonly watching: Watching;
  /** The player's code did not come. */
  readonly onFailed: () => void;
}

export function PlayerHost({ video, watching, onFailed }: PlayerHostProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  // One player a visit: a new title or poster is no reason to begin again.
  const first = useRef({ video, onFailed });
  useEffect(() => {
    const shown = new AbortController();
    let player: PlayerElement | undefined;
    const show = async (): Promise<void> => {
      try {
        await loadPlayer();
      } catch {
        if (!shown.signal.aborted) first.current.onFailed();
        return;
      }
      if (shown.signal.aborted || host.current === null) return;
      player = makePlayer(first.current.video, { startSeconds: watching.startSeconds });
      attach(player, watching, shown.signal);
      host.current.append(player);
      watching.player.value = player;
      player.focus({ preventScroll: true });
    };
    void show();
    return () => {
      shown.abort();
      player?.remove();
    };
  }, [watching]);
  return <div class="player-host" ref={host} aria-busy={watching.player.value === null} />;
}

/** Wires a player to its visit until the signal. */
function attach(player: PlayerElement, watching: Watching, signal: AbortSignal): void {
  player.addEventListener('figureschange', () => { watching.figures.value = player.figures; }, { signal });
  const stop = effect(() => {
    const download = watching.download.value;
    if (download !== null) giveDownload(player, watching.contentId, download);
  });
  signal.addEventListener('abort', stop, { once: true });
}
