/** Asks for the admin token. */
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { ApiError, unreachable } from '../api/api-error.ts';
import { signIn, signInWanted } from '../state/session.ts';
import { pump } from '../uploads/upload-queue.ts';
import { closeDialog, Dialog } from './dialog.tsx';
import { Problem } from './problem.tsx';

export function SignInDialog(): JSX.Element {
  const token = useSignal('');
  const isAsking = useSignal(false);
  const error = useSignal<ApiError | null>(null);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    isAsking.value = true;
    error.value = null;
    try {
      await signIn(token.value.trim());
      if (form instanceof HTMLFormElement) form.closest('dialog')?.close();
      pump();
    } catch (failure) {
      error.value = failure instanceof ApiError ? failure : unreachable(failure);
    }
    isAsking.value = false;
  }

  return (
    <Dialog title="Sign in" onClose={() => { signInWanted.value = false; }}>
      <form onSubmit={(event) => void submit(event)}>
        <p class="muted">
          Watching and downloading need no sign-in. Uploading, renaming and deleting do: the appliance printed its admin token
          in its log at the first start.
        </p>
        <label>
          <span>Admin token</span>
          <input class="field" type="password" name="token" autocomplete="current-password" required autofocus
            value={token.value} onInput={(event) => { token.value = event.currentTarget.value; }} />
        </label>
        {error.value === null ? null : <Problem error={error.value} />}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={closeDialog}>Cancel</button>
          <button type="submit" class="button primary" disabled={isAsking.value}>Sign in</button>
        </div>
      </form>
    </Dialog>
  );
}
