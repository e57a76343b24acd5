/** Uploads that a reload or a crash cut off: the appliance has a part, and the same file picked again goes on from there. */
import { signal } from '@preact/signals';
import { uploads } from './upload-queue.ts';

/** Where tus-js-client remembers them; read here so that the list page need not load it. */
const TUS_PREFIX = 'tus::';

export interface Unfinished {
  readonly key: string;
  readonly name: string;
  readonly sizeBytes: number;
}

export const unfinished = signal<readonly Unfinished[]>([]);

export function refreshUnfinished(): void {
  const found: Unfinished[] = [];
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(TUS_PREFIX)) continue;
      const entry = JSON.parse(localStorage.getItem(key) ?? '{}') as { size?: number; metadata?: { filename?: string } };
      const name = entry.metadata?.filename;
      if (name === undefined || uploads.peek().some((item) => item.file.name === name && item.file.size === entry.size)) continue;
      found.push({ key, name, sizeBytes: entry.size ?? 0 });
    }
  } catch {
    // Storage is blocked or an entry is not ours: nothing to offer.
  }
  unfinished.value = found;
}

export function forgetUnfinished(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Blocked: nothing is remembered then.
  }
  refreshUnfinished();
}
