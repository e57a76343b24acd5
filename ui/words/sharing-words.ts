/** Sharing in words: what is given, to whom, what they see, and why it may be off. */
import type { MeteredReason } from '../player/content/metered.ts';
import { rate } from '../format/numbers.ts';

const WHY_OFF: Readonly<Record<MeteredReason, string>> = {
  'save-data': 'Off, because this browser is set to save data. You may switch it on.',
  cellular: 'Off, because this device is on a mobile connection, which may be paid by the byte. You may switch it on.',
};

interface Sharing {
  readonly isOn: boolean;
  readonly isChosen: boolean;
  readonly metered: MeteredReason | null;
  readonly hiddenMbps: number;
}

export function sharingSentence({ isOn, isChosen, metered, hiddenMbps }: Sharing): string {
  if (isOn) {
    return `While this tab is open; with at most ${rate(hiddenMbps)} while it is hidden. They reach this device directly, so they see its address.`;
  }
  if (!isChosen && metered !== null) return WHY_OFF[metered];
  return 'Off: this browser takes from others and gives nothing.';
}
