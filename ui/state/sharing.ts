/** Whether this browser gives to others: the reader's choice, and before there is one, what the connection costs. */
import { computed, signal } from '@preact/signals';
import { isShared, meteredReason, onConnectionChange } from '../player/content/metered.ts';
import { rememberedChoice } from './remembered.ts';

/** null on a connection that costs nothing by the byte, or where the browser does not tell. */
export const metered = signal(meteredReason());
onConnectionChange(() => { metered.value = meteredReason(); });

/** The reader asked for as little traffic as can be: nothing is fetched ahead of a press. */
export const isDataSaved = computed(() => metered.value === 'save-data');

const choice = rememberedChoice('sharing', ['by-connection', 'on', 'off'] as const, 'by-connection');

export const isSharing = computed(() => isShared(choice.value, metered.value));
/** Whether it is the reader who decided, and not the connection. */
export const isSharingChosen = computed(() => choice.value !== 'by-connection');

export function chooseSharing(on: boolean): void {
  choice.value = on ? 'on' : 'off';
}
