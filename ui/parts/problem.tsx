/** Why something was refused: what happened, to which thing, what to do; and the request's id, to find it in the log. */
import type { JSX } from 'preact';
import type { ApiError } from '../api/api-error.ts';

export function Problem({ error }: { readonly error: ApiError }): JSX.Element {
  return (
    <div role="alert">
      <p class="problem">{error.message}</p>
      {error.requestId === null ? null : <p class="problem-id">Request <span class="mono">{error.requestId}</span></p>}
    </div>
  );
}
