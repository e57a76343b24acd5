/** The folder whose videos are shown where they lie: how far the node has got with it. */
import type { JSX } from 'preact';
import type { Overview } from '../api/admin.ts';
import { percent, sizeOf } from '../format/numbers.ts';
import { nowMs } from '../state/now.ts';
import { folderSentence, scanSentence } from '../words/admin-words.ts';

type Folder = NonNullable<Overview['folder']>;

export function WatchedFolder({ folder }: { readonly folder: Folder }): JSX.Element {
  const { hashing, problems } = folder;
  return (
    <>
      <p>{folderSentence(folder)}</p>
      {hashing === null ? null : (
        <div class="hashing">
          <p>Reading <span class="mono">{hashing.path}</span>: {sizeOf(hashing.doneBytes, hashing.sizeBytes)}, {percent(hashing.doneBytes, hashing.sizeBytes)}</p>
          <div class="meter" aria-hidden="true"><span style={{ width: `${(hashing.doneBytes / Math.max(1, hashing.sizeBytes)) * 100}%` }} /></div>
        </div>
      )}
      {problems.length === 0 ? null : (
        <ul class="addresses" aria-label="What cannot be read">{problems.map(({ path, reason }) => <li key={path}><span class="mono">{path}</span> <span class="problem">{reason}</span></li>)}</ul>
      )}
      <p class="muted">{scanSentence(folder, nowMs.value)}</p>
    </>
  );
}
