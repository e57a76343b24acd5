/** Small things this browser remembers between visits. Storage may be blocked: then they last as long as the page. */
import { effect, signal, type Signal } from '@preact/signals';

const PREFIX = 'switch.';

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // Blocked or full: the value lives in its signal.
  }
}

/** A signal that starts with what was remembered, if that is still one of `choices`. */
export function rememberedChoice<T extends string>(key: string, choices: readonly T[], fallback: T): Signal<T> {
  const before = recall(key);
  const choice = signal(choices.find((one) => one === before) ?? fallback);
  effect(() => remember(key, choice.value === fallback ? null : choice.value));
  return choice;
}
