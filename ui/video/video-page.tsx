/** One video: what it is, how to have it, and where every byte of it comes from. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import '../styles/video.css';
import { ApiError, unreachable } from '../api/api-error.ts';
import { getVideo } from '../api/client.ts';
import type { Video } from '../api/video.ts';
import { Icon } from '../parts/icons.tsx';
import { Problem } from '../parts/problem.tsx';
import { follow, hrefOf } from '../router.ts';
import { keptNote } from '../state/kept.ts';
import { videos } from '../state/library.ts';
import { pageTitle } from '../state/title.ts';
import { Details } from './details.tsx';
import { heldDownload, refreshKept, startDownload } from './downloads.ts';
import { Flow } from './flow.tsx';
import { Stage } from './stage.tsx';
import { TitleRow } from './title-row.tsx';

export function VideoPage({ contentId }: { readonly contentId: string }): JSX.Element {
  const video = useSignal<Video | null>(videos.peek()?.find((one) => one.contentId === contentId) ?? null);
  const error = useSignal<ApiError | null>(null);

  useEffect(() => {
    const leaving = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        video.value = await getVideo(contentId, leaving.signal);
      } catch (failure) {
        if (!leaving.signal.aborted) error.value = failure instanceof ApiError ? failure : unreachable(failure);
      }
    };
    void ask();
    const goOn = async (): Promise<void> => {
      // Storage may be blocked; then there is nothing to go on from.
      await refreshKept().catch(() => undefined);
      // What ran when the page was left goes on by itself; what was paused waits for the reader.
      const note = keptNote(contentId);
      if (note?.isWanted === true && !leaving.signal.aborted && heldDownload(contentId) === undefined) startDownload(contentId, { save: note.saveWhenDone });
    };
    void goOn();
    return () => leaving.abort();
  }, [contentId, video, error]);

  const shown = video.value ?? fromFigures(contentId);
  const title = shown?.title;
  useEffect(() => { if (title !== undefined) pageTitle.value = title; }, [title]);

  if (shown === null) return error.value === null ? <div class="video"><Crumb /></div> : <Missing error={error.value} />;
  return (
    <article class="video">
      <Crumb />
      <Stage video={shown} />
      <TitleRow video={shown} onRenamed={(renamed) => { video.value = renamed; }} />
      <Flow contentId={contentId} />
      <Details video={shown} />
    </article>
  );
}

/** With the appliance gone, a download that runs, or its note, still knows the video's name and size. */
function fromFigures(contentId: string): Video | null {
  const known = heldDownload(contentId)?.figures.value ?? keptNote(contentId);
  if (known === null || known === undefined) return null;
  return {
    contentId, name: known.name, title: known.name, sizeBytes: known.sizeBytes, createdAt: '',
    mediaType: 'mediaType' in known ? known.mediaType : '',
    pieceLengthBytes: 'pieceLengthBytes' in known ? known.pieceLengthBytes : 0,
    media: null, mediaState: 'unreadable', posterId: null, subtitles: [],
  };
}

function Crumb(): JSX.Element {
  return <a class="crumb" href={hrefOf('')} onClick={follow}><Icon name="back" size={16} /> Library</a>;
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
