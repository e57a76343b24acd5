/** What surrounds every page: bar, banner, drop zone, dialogs, uploads, and the voice for screen readers. */
import type { ComponentChildren, JSX } from 'preact';
import { announcement } from '../state/announcer.ts';
import { signInWanted } from '../state/session.ts';
import { videos } from '../state/library.ts';
import { isOffline } from '../state/status.ts';
import { route } from '../router.ts';
import { DropZone } from '../uploads/drop-zone.tsx';
import { UploadPanel } from '../uploads/upload-panel.tsx';
import { NoticeBanner } from './notice-banner.tsx';
import { SignInDialog } from './sign-in.tsx';
import { StatusPanel } from './status-pill.tsx';
import { TopBar } from './top-bar.tsx';

export function Frame({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <>
      <button type="button" class="skip button" onClick={() => document.getElementById('main')?.focus()}>Skip to the content</button>
      <TopBar />
      {isOffline.value && !(route.value.page === 'library' && videos.value === null) ? <OfflineBanner /> : null}
      <NoticeBanner />
      <main class="main" id="main" tabindex={-1}>{children}</main>
      <UploadPanel />
      <StatusPanel />
      <DropZone />
      {signInWanted.value ? <SignInDialog /> : null}
      <div class="visually-hidden" role="status">{announcement.value}</div>
    </>
  );
}

function OfflineBanner(): JSX.Element {
  return (
    <div class="banner" role="status">
      <p>
        <strong>The appliance does not answer.</strong>{' '}
        {route.value.page === 'video'
          ? 'A download goes on from the viewers it is already connected to, and what this browser keeps can still be saved. Uploads and changes wait.'
          : 'What is shown here is from before. Downloads go on from other viewers; uploads pause and go on by themselves. This page asks again every few seconds.'}
      </p>
    </div>
  );
}
