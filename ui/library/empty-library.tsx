/** Nothing to list, and what to do about it. */
import type { JSX } from 'preact';
import { Icon, Mark } from '../parts/icons.tsx';
import { ask, search } from '../state/library.ts';
import { signedIn, signInWanted } from '../state/session.ts';
import { pickFiles } from '../uploads/pick-files.ts';

export function EmptyLibrary(): JSX.Element {
  if (signedIn.value !== true) {
    return (
      <div class="whole">
        <Mark />
        <h1>This library is empty</h1>
        <p>
          If it is yours, sign in and put the first video here. The appliance printed its admin token in its log when it
          first started: look for “admin token” there.
        </p>
        <div class="row"><button type="button" class="button primary" onClick={() => { signInWanted.value = true; }}><Icon name="key" /> Sign in</button></div>
      </div>
    );
  }
  return (
    <div class="whole drop">
      <Icon name="upload" size={40} />
      <h1>Drop your first videos here</h1>
      <p>
        Several at once is fine. An upload that is cut off goes on where it was, and the same file sent twice is stored once.
        From a terminal, <code class="mono">curl -T</code> works too.
      </p>
      <div class="row"><button type="button" class="button primary" onClick={pickFiles}>Choose files</button></div>
    </div>
  );
}

export function NothingFound(): JSX.Element {
  return (
    <div class="whole">
      <h1>Nothing is called “{search.value}”</h1>
      <p>The search looks for these letters anywhere in a title or a file name. Try fewer of them.</p>
      <div class="row"><button type="button" class="button" onClick={() => ask({ search: '' })}>Show all videos</button></div>
    </div>
  );
}
