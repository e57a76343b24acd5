/** What a screen reader is told without being asked: changes of state, never numbers. */
import { signal } from '@preact/signals';

export const announcement = signal('');

export function announce(sentence: string): void {
  // The same sentence twice is told twice only if the text changes: a trailing no-break space is not read aloud.
  announcement.value = announcement.value === sentence ? `${sentence}\u00A0` : sentence;
}
