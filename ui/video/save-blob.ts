/** Hands a Blob to the browser's downloads. Works on plain http, where there is no file system access. */

/** The address must outlive the copy the browser makes, which starts at the click and may wait for a question to the reader. */
const ADDRESS_LIFE_MS = 10 * 60_000;

export function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), ADDRESS_LIFE_MS);
}
