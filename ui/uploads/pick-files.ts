/** Opens the browser's own file picker; asks for the sign-in first where it is missing. */
import { signedIn, signInWanted } from '../state/session.ts';
import { addFiles } from './upload-queue.ts';

export function pickFiles(): void {
  if (signedIn.peek() !== true) {
    signInWanted.value = true;
    return;
  }
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.addEventListener('change', () => addFiles(input.files ?? []), { once: true });
  input.click();
}
