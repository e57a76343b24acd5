/** One video: the picture, how to have it, and where every byte of it comes from. */
import type { FunctionComponent, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import '../styles/video.css';
import '../styles/figures.css';
import { ApiError, unreachable } from '../api/api-error.ts';
import { getVideo } from '../api/client.ts';
import type { Video } from '../api/video.ts';
import { parseMoment } from '../player/content/moment.ts';
import { Icon } from '../parts/icons.tsx';
import { Later } from '../parts/later.tsx';
import { Problem } from '../parts/problem.tsx';
import { follow, hrefOf, parameters } from '../router.ts';
import { playsAtOnce } from '../state/autoplay.ts';
import { keptNote } from '../state/kept.ts';
import { replaceVideo, videos } from '../state/library.ts';
import { pageTitle } from '../state/title.ts';
import { playable } from '../state/playable.ts';
import { Details } from './details.tsx';
import { heldContent, refreshKept, startDownload } from './contents.ts';
import { Flow } from './flow.tsx';
import { useKeys } from './use-keys.ts';
import { usePosterOfPlayback } from './use-poster-of-playback.ts';
import { Stage } from './stage.tsx';
import { TitleRow } from './title-row.tsx';
import { Watching } from './watching.ts';

const loadFigures = async (): Promise<FunctionComponent<{ watching: Watching }>> => (await import('./figures-panel.tsx')).FiguresPanel;

export function VideoPage({ contentId }: { readonly contentId: string }): JSX.Element {
  const video = useSignal<Video | null>(videos.peek()?.find((one) => one.contentId === contentId) ?? null);
  const error = useSignal<ApiError | null>(null);
  const watching = useSignal(newVisit(contentId)).value;
  const change = (changed: Video): void => {
    video.value = changed;
    replaceVideo(changed);
  };

  useEffect(() => {
    const leaving = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        video.value = await getVideo(contentId, leaving.signal);
      } catch (failure) {
        if (!leaving.signal.aborted) error.value = failure instanceof ApiError ? failure : unreachable(failure);
      }
      const wantsToPlay = watching.startSeconds !== null || playsAtOnce.peek();
      const known = video.peek();
      if (wantsToPlay && !leaving.signal.aborted && known !== null && playable(known).plays) watching.start();
    };
    void ask();
    const goOn = async (): Promise<void> => {
      // Storage may be blocked; then there is nothing to go on from.
      await refreshKept().catch(() => undefined);
      // What ran when the page was left goes on by itself; what was paused waits for the reader.
      const note = keptNote(contentId);
      if (note?.isWanted === true && !leaving.signal.aborted && heldContent(contentId) === undefined) startDownload(contentId, { save: note.saveWhenDone });
    };
    void goOn();
    return () => {
      leaving.abort();
      watching.leave();
    };
  }, [contentId, video, error, watching]);
  useKeys(watching);
  usePosterOfPlayback(video, watching, change);

  const shown = video.value ?? fromFigures(contentId);
  const title = shown?.title;
  useEffect(() => { if (title !== undefined) pageTitle.value = title; }, [title]);

  if (shown === null) return error.value === null ? <div class="video"><Crumb /></div> : <Missing error={error.value} />;
  return (
    <article class="video">
      <Crumb />
      <div class="watch">
        <Stage video={shown} watching={watching} />
        {watching.areFiguresShown.value ? <Later load={loadFigures} props={{ watching }} failed={<FiguresMissing />} /> : null}
      </div>
      <TitleRow video={shown} watching={watching} onRenamed={change} />
      <Flow video={shown} watching={watching} />
      <Details video={shown} watching={watching} onChanged={change} />
    </article>
  );
}

function newVisit(contentId: string): Watching {
  return new Watching(contentId, { startSeconds: parseMoment(parameters.peek().get('t') ?? '') });
}

/** With the appliance gone, a download that runs, or its note, still knows the video's name and size. */
function fromFigures(contentId: string): Video | null {
  const known = heldContent(contentId)?.figures.value ?? keptNote(contentId);
  if (known === null || known === undefined) return null;
  return {
    contentId, name: known.name, title: known.name, sizeBytes: known.sizeBytes, createdAt: '',
    mediaType: 'mediaType' in known ? known.mediaType : '',
    pieceLengthBytes: 'pieceLengthBytes' in known ? known.pieceLengthBytes : 0,
    media: null, mediaState: 'pending', posterId: null, subtitles: [],
  };
}

function Crumb(): JSX.Element {
  return <a class="crumb" href={hrefOf('')} onClick={follow}><Icon name="back" size={16} /> Library</a>;
}

function FiguresMissing(): JSX.Element {
  return <section class="figures-panel"><p>The figures did not load: the appliance did not answer. Close them and try again.</p></section>;
}

function Missing({ error }: { readonly error: ApiError }): JSX.Element {
  return (
    <div class="whole">
      <h1>{error.type === 'no-such-video' ? 'This video is not in the library' : 'The video did not load'}</h1>
      <Problem error={error} />
      <a class="button primary" href={hrefOf('')} onClick={follow}>Go to the library</a>
    </div>
  );
}
