/** On every page, for who is signed in: what keeps viewers from watching, and the way to what can be done about it. */
import type { JSX } from 'preact';
import { counted } from '../words/counts.ts';
import { follow, hrefOf, route } from '../router.ts';
import { noticesOfConsequence, putNoticesAside } from '../state/notices.ts';
import { Icon } from './icons.tsx';

export function NoticeBanner(): JSX.Element | null {
  const notices = noticesOfConsequence.value;
  const [first] = notices;
  // The admin page begins with all of them.
  if (first === undefined || route.value.page === 'admin') return null;
  const more = notices.length - 1;
  return (
    <div class="banner notice-banner" role="region" aria-label="Notice to the admin">
      <div>
        <p><strong>{first.what}</strong> {first.action}{more === 0 ? '' : ` There ${more === 1 ? 'is' : 'are'} ${counted(more, 'more notice', 'more notices')}.`}</p>
        <a class="button" href={hrefOf('admin')} onClick={follow}>Open the admin page</a>
        <button type="button" class="button quiet icon" aria-label="Put this notice aside until this tab is closed" title="Put aside until this tab is closed"
          onClick={() => {
            putNoticesAside(notices.map(({ code }) => code));
            // The button is gone, and the focus with it.
            document.getElementById('main')?.focus({ preventScroll: true });
          }}><Icon name="close" /></button>
      </div>
    </div>
  );
}
