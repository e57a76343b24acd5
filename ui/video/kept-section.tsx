/** What this browser keeps, of this video and in all, and how to be rid of it. */
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { size, sizeOf } from '../format/numbers.ts';
import { Icon } from '../parts/icons.tsx';
import { keptBytes, keptNote, keptVideos } from '../state/kept.ts';
import { counted } from '../words/counts.ts';
import { discardKept, heldDownload } from './downloads.ts';

export function KeptSection({ contentId }: { readonly contentId: string }): JSX.Element {
  const isRemoving = useSignal(false);
  const note = keptNote(contentId);
  const isHeld = heldDownload(contentId) !== undefined || (note !== undefined && note.bytesHeld > 0);
  return (
    <>
      <h2>Kept in this browser</h2>
      <p>{note === undefined || note.bytesHeld === 0 ? 'Nothing of this video.' : `${sizeOf(note.bytesHeld, note.sizeBytes)} of this video.`}</p>
      <p class="muted">
        {keptVideos.value === 0 ? 'Nothing of other videos either.' : `${size(keptBytes.value)} in all, of ${counted(keptVideos.value, 'video')}.`}
        {' '}Pieces stay when the tab is closed, so that a download goes on and a finished one can be shared or saved again.
      </p>
      {isHeld ? (
        <div>
          <button type="button" class="button" disabled={isRemoving.value} onClick={() => {
            isRemoving.value = true;
            void discardKept(contentId).finally(() => { isRemoving.value = false; });
          }}>
            <Icon name="trash" /> Remove the kept pieces
          </button>
        </div>
      ) : null}
    </>
  );
}
