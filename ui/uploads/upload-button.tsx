import type { JSX } from 'preact';
import { Icon } from '../parts/icons.tsx';
import { pickFiles } from './pick-files.ts';

export function UploadButton({ main = false }: { readonly main?: boolean }): JSX.Element {
  return (
    <button type="button" class={main ? 'button main' : 'button'} onClick={pickFiles}>
      <Icon name="upload" /> Upload
    </button>
  );
}
