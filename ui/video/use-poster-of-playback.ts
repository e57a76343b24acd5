/** A video that nobody drew a poster for gets one from the first signed-in viewer's own picture. */
import { useEffect } from 'preact/hooks';
import type { Signal } from '@preact/signals';
import type { Video } from '../api/video.ts';
import { signedIn } from '../state/session.ts';
import type { Watching } from './watching.ts';

export function usePosterOfPlayback(video: Signal<Video | null>, watching: Watching, onDrawn: (video: Video) => void): void {
  const lacksPoster = video.value !== null && video.value.posterId === null;
  const player = watching.player.value;
  const mayDraw = signedIn.value === true;
  useEffect(() => {
    if (!lacksPoster || player === null || !mayDraw) return undefined;
    const leaving = new AbortController();
    const draw = async (): Promise<void> => {
      const { posterFromPlayback } = await import('../posters/poster-of-playback.ts');
      const drawn = await posterFromPlayback(watching.contentId, player.nativeEl, leaving.signal);
      if (drawn !== null && !leaving.signal.aborted) onDrawn(drawn);
    };
    // oxlint-disable-next-line no-console -- For who asks why a video has no poster; nobody else need know.
    draw().catch((error: unknown) => console.debug('No poster was drawn from the playback.', error));
    return () => leaving.abort();
  }, [lacksPoster, player, mayDraw]);
}
