/** Whether opening a video's page is enough to play it. Off until the reader says so: looking takes no place on the CDN. */
import { computed } from '@preact/signals';
import { rememberedChoice } from './remembered.ts';

const choice = rememberedChoice('autoplay', ['off', 'on'] as const, 'off');

export const playsAtOnce = computed(() => choice.value === 'on');

export function chooseToPlayAtOnce(on: boolean): void {
  choice.value = on ? 'on' : 'off';
}
