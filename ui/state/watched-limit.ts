/** How much of what was only watched this browser may keep. */
import { computed } from '@preact/signals';
import { rememberedChoice } from './remembered.ts';

const CHOICES = ['500000000', '2000000000', '8000000000', '32000000000'] as const;

/** In bytes, the smallest first. */
export const WATCHED_LIMITS: readonly number[] = CHOICES.map(Number);

/** Two gigabytes hold an evening's film, and are below what browsers grant on a small device. */
const choice = rememberedChoice('watched-limit', CHOICES, '2000000000');

export const watchedLimitBytes = computed(() => Number(choice.value));

export function chooseWatchedLimit(bytes: number): void {
  const chosen = CHOICES.find((one) => Number(one) === bytes);
  if (chosen !== undefined) choice.value = chosen;
}
