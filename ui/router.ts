/** Which page is shown: a signal over the History API. Three kinds of page need no library. */
import { computed, signal } from '@preact/signals';

export type Route =
  | { readonly page: 'library' }
  | { readonly page: 'video'; readonly contentId: string }
  | { readonly page: 'admin' }
  | { readonly page: 'unknown' };

const base = new URL(document.baseURI).pathname;
const shown = signal(readLocation());

function readLocation(): { readonly path: string; readonly search: string } {
  const { pathname, search } = window.location;
  return { path: pathname.startsWith(base) ? pathname.slice(base.length) : pathname.slice(1), search };
}

export const route = computed<Route>(() => {
  const { path } = shown.value;
  if (path === '' || path === 'index.html') return { page: 'library' };
  if (/^admin\/?$/.test(path)) return { page: 'admin' };
  const contentId = /^videos\/([0-9a-f]{64})\/?$/.exec(path)?.[1];
  return contentId === undefined ? { page: 'unknown' } : { page: 'video', contentId };
});

export const parameters = computed(() => new URLSearchParams(shown.value.search));

/** `path` is relative to the base: '' is the library. */
export function hrefOf(path: string): string {
  return base + path;
}

export function videoHref(contentId: string): string {
  return hrefOf(`videos/${contentId}`);
}

export function navigate(href: string, options: { readonly replace: boolean } = { replace: false }): void {
  if (options.replace) history.replaceState(null, '', href);
  else {
    history.pushState(null, '', href);
    window.scrollTo(0, 0);
  }
  shown.value = readLocation();
}

/** For a link's click: stays in the page, unless the reader asked for a new tab or a download. */
export function follow(event: MouseEvent): void {
  const link = event.currentTarget;
  if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(link.href);
}

window.addEventListener('popstate', () => { shown.value = readLocation(); });
