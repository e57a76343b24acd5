/** Copies a text; on plain http, where there is no clipboard interface, by the old way through a selection. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Icon } from './icons.tsx';
import { announce } from '../state/announcer.ts';

const SHOWN_MS = 2_000;

interface CopyButtonProps {
  /** Asked for at the press: a moment passes. */
  readonly text: () => string;
  readonly label: string;
  /** The label's first words, where there is no room for all. */
  readonly short: string;
  readonly done: string;
  /** What is said where the browser does not let a page copy. */
  readonly refused: (text: string) => string;
}

export function CopyButton({ text, label, short, done, refused }: CopyButtonProps): JSX.Element {
  const isCopied = useSignal(false);
  useEffect(() => {
    if (!isCopied.value) return undefined;
    const timer = setTimeout(() => { isCopied.value = false; }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied.value, isCopied]);
  async function press(): Promise<void> {
    const copied = text();
    isCopied.value = await copy(copied);
    announce(isCopied.value ? done : refused(copied));
  }
  return (
    <button type="button" class="button" onClick={() => void press()}>
      <Icon name={isCopied.value ? 'check' : 'copy'} /> {isCopied.value ? done : <span>{short}<span class="label-rest">{label.slice(short.length)}</span></span>}
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
