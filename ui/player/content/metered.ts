/** Whether this browser gives to others: what somebody chose, and where nobody did, what the connection costs. */

/** Network Information API, which Chromium has and others have not. */
interface NetworkInformation extends EventTarget {
  readonly saveData?: boolean;
  readonly type?: string;
}

/** Why sharing starts switched off: the reader asked the browser to save data, or pays for it by the byte. */
export type MeteredReason = 'save-data' | 'cellular';

/** `by-connection`: on where it costs nothing by the byte, or the browser does not tell. */
export type SharingChoice = 'by-connection' | 'on' | 'off';

/** From an attribute: anything but `on` and `off` leaves it to the connection. */
export function sharingChoice(text: string | null): SharingChoice {
  const said = text?.trim().toLowerCase();
  return said === 'on' || said === 'off' ? said : 'by-connection';
}

function networkInformation(): NetworkInformation | undefined {
  return 'connection' in navigator ? navigator.connection as NetworkInformation : undefined;
}

/** null on a connection that costs nothing by the byte, or where the browser does not tell. */
export function meteredReason(): MeteredReason | null {
  const network = networkInformation();
  if (network?.saveData === true) return 'save-data';
  return network?.type === 'cellular' ? 'cellular' : null;
}

export function isShared(choice: SharingChoice, metered: MeteredReason | null = meteredReason()): boolean {
  return choice === 'by-connection' ? metered === null : choice === 'on';
}

/** Calls `listener` when the device changes to another connection. Returns what ends that. */
export function onConnectionChange(listener: () => void): () => void {
  const network = networkInformation();
  network?.addEventListener('change', listener);
  return () => network?.removeEventListener('change', listener);
}
