/** The one thing to do next to have the file: download, pause, go on, save. */
import type { JSX } from 'preact';
import type { Video } from '../api/video.ts';
import { Icon, type IconName } from '../parts/icons.tsx';
import { keptNote, type KeptNote } from '../state/kept.ts';
import { heldContent, startDownload } from './contents.ts';
import type { Watching } from './watching.ts';

interface MainActionsProps {
  readonly video: Video;
  readonly watching: Watching;
}

export function MainActions({ video, watching }: MainActionsProps): JSX.Element {
  const { contentId } = video;
  const content = heldContent(contentId);
  const note = keptNote(contentId);
  const start = (): void => startDownload(contentId, { save: true });
  switch (content?.phase.value) {
    case undefined:
    case 'closed':
    case 'watched': return <Main icon="download" onClick={start}>{startWords(note)}</Main>;
    case 'opening': return <Main icon="download" isDisabled={!content?.isPlaying.value} onClick={start}>{content?.isPlaying.value === true ? 'Download' : 'Starting'}</Main>;
    case 'running': return <Main icon="pause" onClick={() => content?.pause()}>Pause download</Main>;
    case 'paused': return <Main icon="download" onClick={() => void content?.fetchAll({ save: false })}>Resume download</Main>;
    // As it was opened: who only watched has not asked for a file that stays.
    case 'failed': return <Main icon="retry" onClick={() => (content?.isDownload === true ? start() : watching.start())}>Try again</Main>;
    case 'done': return (
      <Main icon="save" isDisabled={content?.isSaving.value ?? false} onClick={() => void content?.save()}>
        {content?.savedAs.value === null ? 'Save file' : 'Save again'}
      </Main>
    );
  }
}

/** What watching left behind is no download that was broken off. */
function startWords(note: KeptNote | undefined): string {
  if (note === undefined || note.bytesHeld === 0) return 'Download';
  if (note.bytesHeld >= note.sizeBytes) return 'Save file';
  return note.kind === 'watched' ? 'Download' : 'Go on downloading';
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
