/** The one thing to do next: download, pause, go on, save. */
import type { JSX } from 'preact';
import type { Video } from '../api/video.ts';
import { Icon, type IconName } from '../parts/icons.tsx';
import { keptNote } from '../state/kept.ts';
import { heldDownload, startDownload } from './downloads.ts';

export function MainActions({ video }: { readonly video: Video }): JSX.Element {
  const { contentId } = video;
  const download = heldDownload(contentId);
  const note = keptNote(contentId);
  const start = (): void => startDownload(contentId, { save: true });
  switch (download?.phase.value) {
    case undefined:
    case 'closed':
      return note !== undefined && note.bytesHeld > 0
        ? <Main icon="download" onClick={start}>{note.bytesHeld >= note.sizeBytes ? 'Save file' : 'Go on downloading'}</Main>
        : <Main icon="download" onClick={start}>Download</Main>;
    case 'opening': return <Main icon="download" isDisabled onClick={start}>Starting</Main>;
    case 'running': return <Main icon="pause" onClick={() => download?.pause()}>Pause</Main>;
    case 'paused': return <Main icon="play" onClick={() => download?.resume()}>Resume</Main>;
    case 'failed': return <Main icon="retry" onClick={start}>Try again</Main>;
    case 'done': return (
      <Main icon="save" isDisabled={download?.isSaving.value ?? false} onClick={() => void download?.save()}>
        {download?.savedAs.value === null ? 'Save file' : 'Save again'}
      </Main>
    );
  }
}

interface MainProps {
  readonly icon: IconName;
  readonly children: string;
  readonly isDisabled?: boolean;
  readonly onClick: () => void;
}

function Main({ icon, children, isDisabled = false, onClick }: MainProps): JSX.Element {
  return <button type="button" class="button primary" disabled={isDisabled} onClick={onClick}><Icon name={icon} /> {children}</button>;
}
