/** Files dropped anywhere on the page are uploads. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Icon } from '../parts/icons.tsx';
import { signedIn } from '../state/session.ts';
import { addFiles } from './upload-queue.ts';

export function DropZone(): JSX.Element | null {
  const depth = useSignal(0);
  useEffect(() => {
    const listening = new AbortController();
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const on = (type: 'dragenter' | 'dragleave' | 'dragover' | 'drop', listener: (event: DragEvent) => void): void => {
      document.addEventListener(type, (event) => { if (carriesFiles(event)) listener(event); }, { signal: listening.signal });
    };
    on('dragenter', () => { depth.value += 1; });
    on('dragleave', () => { depth.value = Math.max(0, depth.value - 1); });
    on('dragover', (event) => event.preventDefault());
    on('drop', (event) => {
      depth.value = 0;
      // Somebody nearer had a use for them: subtitles, on the picture.
      if (event.defaultPrevented) return;
      event.preventDefault();
      addFiles(event.dataTransfer?.files ?? []);
    });
    return () => listening.abort();
  }, [depth]);
  if (depth.value === 0) return null;
  return (
    <div class="drop-veil">
      <div>
        <Icon name="upload" size={40} />
        {signedIn.value === true ? 'Drop to upload to this appliance' : 'Drop to upload; you will be asked to sign in'}
      </div>
    </div>
  );
}
