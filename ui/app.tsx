/** Which page stands in the frame. */
import type { FunctionComponent, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { LibraryPage } from './library/library-page.tsx';
import { Frame } from './parts/frame.tsx';
import { Later } from './parts/later.tsx';
import { follow, hrefOf, route } from './router.ts';
import { search } from './state/library.ts';
import { pageTitle } from './state/title.ts';

export function App(): JSX.Element {
  return <Frame><Page /></Frame>;
}

/** The engine comes with the video's page, and not before: the list stays light. */
const loadVideoPage = async (): Promise<FunctionComponent<{ contentId: string }>> => (await import('./video/video-page.tsx')).VideoPage;

const loadAdminPage = async (): Promise<FunctionComponent> => (await import('./admin/admin-page.tsx')).AdminPage;

function Page(): JSX.Element {
  const shown = route.value;
  useEffect(() => {
    if (shown.page === 'library') pageTitle.value = search.value === '' ? 'Library' : search.value;
    if (shown.page === 'unknown') pageTitle.value = 'Nothing here';
  }, [shown, search.value]);
  const isFirst = useRef(true);
  useEffect(() => {
    // The link that was followed is gone, and the focus with it: the keyboard goes on at the new page's top.
    if (!isFirst.current && document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [shown]);
  if (shown.page === 'library') return <LibraryPage />;
  if (shown.page === 'admin') return <Later load={loadAdminPage} props={{}} />;
  if (shown.page === 'video') return <Later key={shown.contentId} load={loadVideoPage} props={{ contentId: shown.contentId }} />;
  return (
    <div class="whole">
      <h1>There is nothing at this address</h1>
      <p>A video’s address ends in its content id, which is 64 characters long. Check that none were lost.</p>
      <a class="button primary" href={hrefOf('')} onClick={follow}>Go to the library</a>
    </div>
  );
}
