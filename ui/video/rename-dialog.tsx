import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { ApiError, unreachable } from '../api/api-error.ts';
import { renameVideo } from '../api/client.ts';
import type { Video } from '../api/video.ts';
import { closeDialog, Dialog } from '../parts/dialog.tsx';
import { Problem } from '../parts/problem.tsx';
import { announce } from '../state/announcer.ts';
import { replaceVideo } from '../state/library.ts';

const MAX_TITLE_LENGTH = 200;

interface RenameProps {
  readonly video: Video;
  readonly onRenamed: (video: Video) => void;
  readonly onClose: () => void;
}

export function RenameDialog({ video, onRenamed, onClose }: RenameProps): JSX.Element {
  const title = useSignal(video.title);
  const isAsking = useSignal(false);
  const error = useSignal<ApiError | null>(null);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    isAsking.value = true;
    try {
      const renamed = await renameVideo(video.contentId, title.value.trim());
      replaceVideo(renamed);
      onRenamed(renamed);
      announce(`Renamed to ${renamed.title}.`);
      onClose();
    } catch (failure) {
      error.value = failure instanceof ApiError ? failure : unreachable(failure);
      isAsking.value = false;
    }
  }

  return (
    <Dialog title="Rename" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <label>
          <span>Title</span>
          <input class="field" name="title" required maxLength={MAX_TITLE_LENGTH} autofocus dir="auto" autocomplete="off"
            value={title.value} onInput={(event) => { title.value = event.currentTarget.value; }} />
        </label>
        <p class="muted">Only the title changes. The file’s name, its bytes and its content id stay.</p>
        {error.value === null ? null : <Problem error={error.value} />}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={closeDialog}>Cancel</button>
          <button type="submit" class="button primary" disabled={isAsking.value || title.value.trim() === ''}>Rename</button>
        </div>
      </form>
    </Dialog>
  );
}
