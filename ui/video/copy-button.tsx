/** Copies a text; on plain http, where there is no clipboard interface, by the old way through a selection. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Icon } from '../parts/icons.tsx';
import { announce } from '../state/announcer.ts';

const SHOWN_MS = 2_000;

export function CopyButton({ text, label, done }: { readonly text: string; readonly label: string; readonly done: string }): JSX.Element {
  const isCopied = useSignal(false);
  useEffect(() => {
    if (!isCopied.value) return undefined;
    const timer = setTimeout(() => { isCopied.value = false; }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied.value, isCopied]);
  async function press(): Promise<void> {
    isCopied.value = await copy(text);
    announce(isCopied.value ? done : `This browser does not let a page copy. The link is ${text}`);
  }
  return (
    <button type="button" class="button" onClick={() => void press()}>
      <Icon name={isCopied.value ? 'check' : 'copy'} /> {isCopied.value ? done : label}
    </button>
  );
}

async function copy(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard !== undefined) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused: the old way may still be allowed.
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('readonly', '');
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const worked = document.execCommand('copy');
  area.remove();
  return worked;
}
