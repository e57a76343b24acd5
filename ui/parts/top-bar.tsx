/** The bar on top: name, search, state of the appliance, and what one can do everywhere. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { follow, hrefOf, route } from '../router.ts';
import { ask, search } from '../state/library.ts';
import { noticesOfConsequence } from '../state/notices.ts';
import { signedIn, signInWanted, signOut } from '../state/session.ts';
import { theme, toggleTheme } from '../state/theme.ts';
import { Icon, Mark } from './icons.tsx';
import { StatusPill } from './status-pill.tsx';
import { UploadButton } from '../uploads/upload-button.tsx';

const SEARCH_DELAY_MS = 200;

export function TopBar(): JSX.Element {
  return (
    <header class="bar">
      <div class="bar-inner">
        <a class="brand" href={hrefOf('')} onClick={follow} aria-label="Software Switch, library"><Mark /><span>Software Switch</span></a>
        <SearchField />
        <div class="bar-end">
          <StatusPill />
          <span class="label-wide"><UploadButton /></span>
          <AdminLink />
          <ThemeButton />
          <SessionButton />
        </div>
      </div>
    </header>
  );
}

function SearchField(): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address may change by a link or the back button; never under the reader's own typing.
  const asked = search.value;
  useEffect(() => {
    if (field.current !== null && document.activeElement !== field.current) field.current.value = asked;
  }, [asked]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const send = (): void => {
    clearTimeout(timer.current);
    ask({ search: field.current?.value ?? '' });
  };
  return (
    <form class="search" role="search" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <Icon name="search" size={16} />
      <input class="field" type="search" ref={field} defaultValue={asked} placeholder="Search" aria-label="Search the library"
        enterkeyhint="search" autocomplete="off" spellcheck={false}
        onInput={() => { clearTimeout(timer.current); timer.current = setTimeout(send, SEARCH_DELAY_MS); }} />
    </form>
  );
}

function AdminLink(): JSX.Element | null {
  if (signedIn.value !== true) return null;
  const isMarked = noticesOfConsequence.value.length > 0;
  return (
    <a class="button quiet icon admin-link" href={hrefOf('admin')} onClick={follow} aria-current={route.value.page === 'admin' ? 'page' : undefined}
      aria-label={isMarked ? 'Admin page, with notices' : 'Admin page'} title="Admin page">
      <Icon name="admin" />{isMarked ? <i aria-hidden="true" /> : null}
    </a>
  );
}

function ThemeButton(): JSX.Element {
  // Read so that the button follows the choice; the icon shown is decided by the theme seen (styles).
  const isDark = theme.value === 'dark' || (theme.value === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  const label = isDark ? 'Use the light theme' : 'Use the dark theme';
  return (
    <button type="button" class="button quiet icon" aria-label={label} title={label} onClick={toggleTheme}>
      <Icon name={isDark ? 'sun' : 'moon'} />
    </button>
  );
}

function SessionButton(): JSX.Element | null {
  const isLeaving = useSignal(false);
  if (signedIn.value === null) return null;
  if (!signedIn.value) {
    return (
      <button type="button" class="button" aria-label="Sign in" onClick={() => { signInWanted.value = true; }}>
        <Icon name="key" /><span class="label-wide">Sign in</span>
      </button>
    );
  }
  return (
    <button type="button" class="button quiet icon" aria-label="Sign out" title="Sign out" disabled={isLeaving.value}
      onClick={() => {
        isLeaving.value = true;
        // Offline: the button comes back, and the banner says why.
        signOut().catch(() => undefined).finally(() => { isLeaving.value = false; });
      }}>
      <Icon name="signOut" />
    </button>
  );
}
