/** The picture: the poster with a play button, then the player in its place. Nothing but the poster is fetched before a press. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { Video } from '../api/video.ts';
import { posterAddress } from '../api/client.ts';
import { stillStyle } from '../library/still.tsx';
import { Icon } from '../parts/icons.tsx';
import { playable } from '../state/playable.ts';
import { isDataSaved } from '../state/sharing.ts';
import { signedIn, signInWanted } from '../state/session.ts';
import { MainActions } from './main-actions.tsx';
import { loadPlayer } from './player-element.ts';
import { PlayerHost } from './player-host.tsx';
import { droppedSubtitles, isSubtitlesFile } from './subtitles-drop.ts';
import type { Watching } from './watching.ts';

interface StageProps {
  readonly video: Video;
  readonly watching: Watching;
}

export function Stage({ video, watching }: StageProps): JSX.Element {
  const failed = useSignal(false);
  const { plays, problems } = playable(video);
  useEffect(() => {
    // The code, not the video: it is here by the time that somebody has read the title.
    if (plays && !isDataSaved.peek()) loadPlayer().catch(() => undefined);
  }, [plays]);

  watching.isPlayable = plays;
  const lost = watching.lost.value;

  if (watching.isWanted.value && !failed.value && lost === null) {
    return (
      <div class="stage playing" onDrop={takeSubtitles}>
        <PlayerHost video={video} watching={watching} onFailed={() => { failed.value = true; }} />
      </div>
    );
  }
  const poster = posterAddress(video);
  return (
    <div class="stage" onDrop={takeSubtitles} style={poster === null ? stillStyle(video.contentId) : {}}>
      {poster === null ? null : <img class="stage-poster" src={poster} alt="" decoding="async" />}
      {plays ? (
        <button type="button" class="play" aria-label={`Play ${video.title}`} onClick={() => { failed.value = false; watching.start(); }}>
          <Icon name="play" size={32} />
        </button>
      ) : null}
      {problems.length === 0 || failed.value || lost !== null ? null : <Problems problems={problems} video={video} watching={watching} plays={plays} />}
      {failed.value ? <p class="stage-note" role="alert">The player did not load: the appliance did not answer. Press play to try again.</p> : null}
      {watching.isWanted.value && lost !== null ? <p class="stage-note" role="alert">{lost}</p> : null}
    </div>
  );
}

/** Said before anybody tries, with what can be done instead. */
function Problems({ video, watching, plays, problems }: StageProps & { readonly plays: boolean; readonly problems: readonly string[] }): JSX.Element {
  return (
    <div class="stage-note unplayable">
      <p>{problems.join(' ')}{plays ? '' : ' Another player on this device may know it.'}</p>
      {plays ? null : <MainActions video={video} watching={watching} />}
    </div>
  );
}

/** Anything else dropped here is an upload, as everywhere on the page. */
function takeSubtitles(event: DragEvent): void {
  const file = [...event.dataTransfer?.files ?? []].find(isSubtitlesFile);
  if (file === undefined) return;
  event.preventDefault();
  if (signedIn.peek() === true) droppedSubtitles.value = file;
  else signInWanted.value = true;
}
