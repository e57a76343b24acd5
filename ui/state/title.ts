/** The tab's title: the page, with progress before it while something is under way. */
import { computed, effect, signal } from '@preact/signals';
import { percent } from '../format/numbers.ts';
import { totalProgress } from '../uploads/upload-queue.ts';

export const pageTitle = signal('Library');
/** 0 to 1 while a download runs; else null. */
export const downloadProgress = signal<number | null>(null);

const title = computed(() => {
  const parts = [`${pageTitle.value} – Software Switch`];
  if (downloadProgress.value !== null) parts.unshift(`↓ ${percent(downloadProgress.value, 1)}`);
  if (totalProgress.value !== null) parts.unshift(`↑ ${percent(totalProgress.value, 1)}`);
  return parts.join(' · ');
});

export function watchTitle(): void {
  effect(() => { document.title = title.value; });
}
