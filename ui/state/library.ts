/** The list of videos as it is shown: what was asked is in the page's address, what was answered is here. */
import { computed, effect, signal } from '@preact/signals';
import { DEFAULT_SORT, VIDEO_SORTS, type Video, type VideoSort } from '../api/video.ts';
import { ApiError, unreachable } from '../api/api-error.ts';
import { listVideos } from '../api/client.ts';
import { hrefOf, navigate, parameters, route } from '../router.ts';
import { isOffline } from './status.ts';
import { rememberedChoice } from './remembered.ts';

const PAGE_ITEMS = 48;

export const layout = rememberedChoice('layout', ['grid', 'table'] as const, 'grid');
export const search = computed(() => parameters.value.get('q')?.trim() ?? '');
export const sort = computed<VideoSort>(() => {
  const asked = parameters.value.get('sort');
  return VIDEO_SORTS.find((one) => one === asked) ?? DEFAULT_SORT;
});

/** null before the first answer. */
export const videos = signal<readonly Video[] | null>(null);
export const nextCursor = signal<string | null>(null);
export const isLoading = signal(false);
export const loadError = signal<ApiError | null>(null);

let asking: AbortController | undefined;

/** Asks from the start; what is shown stays until the answer is there. */
export async function reload(): Promise<void> {
  await load(null);
}

export async function loadMore(): Promise<void> {
  if (nextCursor.peek() !== null && !isLoading.peek()) await load(nextCursor.peek());
}

async function load(cursor: string | null): Promise<void> {
  asking?.abort();
  const controller = new AbortController();
  asking = controller;
  isLoading.value = true;
  try {
    const page = await listVideos({ search: search.peek(), sort: sort.peek(), cursor, limit: PAGE_ITEMS }, controller.signal);
    videos.value = cursor === null ? page.items : [...(videos.peek() ?? []), ...page.items];
    nextCursor.value = page.nextCursor;
    loadError.value = null;
  } catch (error) {
    if (controller.signal.aborted) return;
    loadError.value = error instanceof ApiError ? error : unreachable(error);
  }
  isLoading.value = false;
}

export function ask(question: { readonly search?: string; readonly sort?: VideoSort }): void {
  const wanted = new URLSearchParams();
  const text = (question.search ?? search.peek()).trim();
  const order = question.sort ?? sort.peek();
  if (text !== '') wanted.set('q', text);
  if (order !== DEFAULT_SORT) wanted.set('sort', order);
  const query = wanted.size === 0 ? '' : `?${wanted}`;
  navigate(hrefOf(query), { replace: route.peek().page === 'library' });
}

/** A video changed or came under our hands: the list follows without asking again. */
export function replaceVideo(video: Video): void {
  videos.value = videos.peek()?.map((one) => (one.contentId === video.contentId ? video : one)) ?? null;
}

export function dropVideo(contentId: string): void {
  videos.value = videos.peek()?.filter((one) => one.contentId !== contentId) ?? null;
}

/** Loads whenever the library is seen with another question than the last one. */
export function watchLibrary(): void {
  let last: string | undefined;
  effect(() => {
    if (route.value.page !== 'library') return;
    const question = JSON.stringify([search.value, sort.value]);
    if (question === last) return;
    last = question;
    void reload();
  });
  effect(() => {
    // The appliance is back: what did not load is asked again without the reader's help.
    if (!isOffline.value && loadError.peek()?.isUnreachable === true) void reload();
  });
}
