/** Whether this browser gives to others: the reader's choice, and before there is one, what the connection costs. */
import { computed, signal } from '@preact/signals';
import { rememberedChoice } from './remembered.ts';

/** Network Information API, which Chromium has and others have not. */
interface NetworkInformation extends EventTarget {
  readonly saveData?: boolean;
  readonly type?: string;
}

/** Why sharing starts switched off: the reader asked the browser to save data, or pays for it by the byte. */
export type MeteredReason = 'save-data' | 'cellular';

function networkInformation(): NetworkInformation | undefined {
  return 'connection' in navigator ? navigator.connection as NetworkInformation : undefined;
}

function readReason(): MeteredReason | null {
  const network = networkInformation();
  if (network?.saveData === true) return 'save-data';
  return network?.type === 'cellular' ? 'cellular' : null;
}

/** null on a connection that costs nothing by the byte, or where the browser does not tell. */
export const metered = signal<MeteredReason | null>(readReason());
networkInformation()?.addEventListener('change', () => { metered.value = readReason(); });

/** The reader asked for as little traffic as can be: nothing is fetched ahead of a press. */
export const isDataSaved = computed(() => metered.value === 'save-data');

const choice = rememberedChoice('sharing', ['by-connection', 'on', 'off'] as const, 'by-connection');

export const isSharing = computed(() => (choice.value === 'by-connection' ? metered.value === null : choice.value === 'on'));
/** Whether it is the reader who decided, and not the connection. */
export const isSharingChosen = computed(() => choice.value !== 'by-connection');

export function chooseSharing(on: boolean): void {
  choice.value = on ? 'on' : 'off';
}
