import type { JSX } from 'preact';
import { Icon } from '../parts/icons.tsx';
import { pickFiles } from './pick-files.ts';

export function UploadButton({ isPrimary = false }: { readonly isPrimary?: boolean }): JSX.Element {
  return (
    <button type="button" class={isPrimary ? 'button primary' : 'button'} onClick={pickFiles}>
      <Icon name="upload" /> Upload
    </button>
  );
}
