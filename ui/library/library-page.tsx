/** The library: everything the appliance has, found and ordered. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { VIDEO_SORTS, type VideoSort } from '../api/video.ts';
import { Icon } from '../parts/icons.tsx';
import { Problem } from '../parts/problem.tsx';
import { ask, isLoading, layout, loadError, loadMore, nextCursor, reload, search, sort, videos } from '../state/library.ts';
import { signedIn } from '../state/session.ts';
import { UploadButton } from '../uploads/upload-button.tsx';
import { SORT_WORDS } from '../words/video-words.ts';
import { EmptyLibrary, NothingFound } from './empty-library.tsx';
import { Skeleton } from './skeleton.tsx';
import { VideoGrid } from './video-grid.tsx';
import { VideoTable } from './video-table.tsx';

export function LibraryPage(): JSX.Element {
  const shown = videos.value;
  const error = loadError.value;
  if (shown === null) return error === null ? <div class="list"><ListHead /><Skeleton /></div> : <NotLoaded />;
  if (shown.length === 0) {
    if (search.value !== '') return <NothingFound />;
    return <EmptyLibrary />;
  }
  return (
    <div class="list" aria-busy={isLoading.value}>
      <ListHead />
      {layout.value === 'grid' ? <VideoGrid videos={shown} /> : <VideoTable videos={shown} />}
      {error === null ? null : (
        <div class="notice more-error">
          <Problem error={error} />
          <button type="button" class="button" onClick={() => void reload()}><Icon name="retry" /> Try again</button>
        </div>
      )}
      {nextCursor.value === null || error !== null ? null : <ShowMore key={nextCursor.value} />}
      {signedIn.value === true ? <div class="phone-bar"><UploadButton isPrimary /></div> : null}
    </div>
  );
}

function ListHead(): JSX.Element {
  const title = search.value === '' ? 'Library' : `Results for “${search.value}”`;
  return (
    <div class="list-head">
      <h1>{title}</h1>
      <select class="field" aria-label="Order" value={sort.value} onChange={(event) => ask({ sort: event.currentTarget.value as VideoSort })}>
        {VIDEO_SORTS.map((one) => <option key={one} value={one}>{SORT_WORDS[one]}</option>)}
      </select>
      <div class="toggle" role="group" aria-label="Layout">
        <button type="button" class="button icon" aria-pressed={layout.value === 'grid'} aria-label="Grid" title="Grid" onClick={() => { layout.value = 'grid'; }}><Icon name="grid" /></button>
        <button type="button" class="button icon" aria-pressed={layout.value === 'table'} aria-label="Table" title="Table" onClick={() => { layout.value = 'table'; }}><Icon name="list" /></button>
      </div>
    </div>
  );
}

/** A button that presses itself when it comes near; the keyboard can press it too. */
function ShowMore(): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (button.current === null) return undefined;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) void loadMore();
    }, { rootMargin: '400px' });
    observer.observe(button.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div class="more">
      <button type="button" class="button" ref={button} disabled={isLoading.value} onClick={() => void loadMore()}>
        {isLoading.value ? 'Loading more' : 'Show more'}
      </button>
    </div>
  );
}

function NotLoaded(): JSX.Element | null {
  const error = loadError.value;
  if (error === null) return null;
  return (
    <div class="whole">
      <h1>{error.isUnreachable ? 'The library cannot be shown' : 'The library did not load'}</h1>
      <Problem error={error} />
      <button type="button" class="button primary" disabled={isLoading.value} onClick={() => void reload()}><Icon name="retry" /> Try again</button>
    </div>
  );
}
