import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { ApiError, unreachable } from '../api/api-error.ts';
import { deleteVideo } from '../api/client.ts';
import type { Video } from '../api/video.ts';
import { size } from '../format/numbers.ts';
import { closeDialog, Dialog } from '../parts/dialog.tsx';
import { Problem } from '../parts/problem.tsx';
import { hrefOf, navigate } from '../router.ts';
import { announce } from '../state/announcer.ts';
import { dropVideo } from '../state/library.ts';

export function DeleteDialog({ video, onClose }: { readonly video: Video; readonly onClose: () => void }): JSX.Element {
  const isAsking = useSignal(false);
  const error = useSignal<ApiError | null>(null);

  async function remove(): Promise<void> {
    isAsking.value = true;
    try {
      await deleteVideo(video.contentId);
      dropVideo(video.contentId);
      onClose();
      navigate(hrefOf(''));
      announce(`${video.title} is deleted.`);
    } catch (failure) {
      error.value = failure instanceof ApiError ? failure : unreachable(failure);
      isAsking.value = false;
    }
  }

  return (
    <Dialog title="Delete this video?" onClose={onClose}>
      <p><strong dir="auto">{video.title}</strong></p>
      <p class="muted">
        Its {size(video.sizeBytes)} are removed from this appliance for good. Copies that viewers keep in their browsers stay with them.
      </p>
      {error.value === null ? null : <Problem error={error.value} />}
      <div class="dialog-actions">
        <button type="button" class="button" autofocus onClick={closeDialog}>Keep it</button>
        <button type="button" class="button danger primary" disabled={isAsking.value} onClick={() => void remove()}>Delete</button>
      </div>
    </Dialog>
  );
}
