/** The disk as a bar: what the videos take, what else lies there, what is free, and what of it stays in reserve. */
import type { JSX } from 'preact';
import type { Overview } from '../api/admin.ts';
import { percent, size } from '../format/numbers.ts';
import { diskSentence, placeSentence } from '../words/admin-words.ts';

type Storage = Overview['storage'];

export function Disk({ storage }: { readonly storage: Storage }): JSX.Element {
  const parts = partsOf(storage);
  return (
    <>
      <p>{diskSentence(storage)}</p>
      {parts === null ? null : <Gauge parts={parts} totalBytes={storage.totalBytes ?? 0} />}
      <p class="muted place">{placeSentence(storage)}</p>
    </>
  );
}

interface Part {
  readonly name: 'videos' | 'other' | 'free' | 'reserved';
  readonly label: string;
  readonly bytes: number;
}

/** null where the size of the disk cannot be known. */
function partsOf({ totalBytes, freeBytes, videosBytes, reservedBytes }: Storage): readonly Part[] | null {
  if (totalBytes === null || freeBytes === null || totalBytes <= 0) return null;
  const taken = Math.max(0, totalBytes - freeBytes);
  const videos = Math.min(videosBytes ?? 0, taken);
  const reserved = Math.min(reservedBytes, freeBytes);
  return [
    { name: 'videos', label: 'Videos', bytes: videos },
    { name: 'other', label: 'Other files on this disk', bytes: taken - videos },
    { name: 'free', label: 'Free for uploads', bytes: freeBytes - reserved },
    ...(reserved === 0 ? [] : [{ name: 'reserved', label: 'Kept free', bytes: reserved } as const]),
  ];
}

function Gauge({ parts, totalBytes }: { readonly parts: readonly Part[]; readonly totalBytes: number }): JSX.Element {
  return (
    <figure class="gauge">
      <div aria-hidden="true">{parts.map(({ name, bytes }) => <span key={name} class={name} style={{ flexGrow: bytes / totalBytes }} />)}</div>
      <ul aria-label="The disk">
        {parts.map(({ name, label, bytes }) => (
          <li key={name}><span class={`key ${name}`} aria-hidden="true" />{label} <strong>{size(bytes)}</strong> <span class="muted">{percent(bytes, totalBytes)}</span></li>
        ))}
      </ul>
    </figure>
  );
}
