/** The title and what can be done, in one row. */
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { contentAddress } from '../api/client.ts';
import type { Video } from '../api/video.ts';
import { fileType } from '../format/file-type.ts';
import { size } from '../format/numbers.ts';
import { age, moment } from '../format/times.ts';
import { Icon } from '../parts/icons.tsx';
import { nowMs } from '../state/now.ts';
import { signedIn } from '../state/session.ts';
import { CopyButton } from './copy-button.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { MainActions } from './main-actions.tsx';
import { RenameDialog } from './rename-dialog.tsx';

interface TitleRowProps {
  readonly video: Video;
  readonly onRenamed: (video: Video) => void;
}

export function TitleRow({ video, onRenamed }: TitleRowProps): JSX.Element {
  const dialog = useSignal<'rename' | 'delete' | null>(null);
  const close = (): void => { dialog.value = null; };
  return (
    <div class="title-row">
      <div>
        <h1 dir="auto">{video.title}</h1>
        <p class="facts">
          <span>{fileType(video)}</span>
          <span>{size(video.sizeBytes)}</span>
          {video.createdAt === '' ? null : <span><time dateTime={video.createdAt} title={moment(video.createdAt)}>added {age(video.createdAt, nowMs.value)}</time></span>}
        </p>
      </div>
      <div class="actions wide"><MainActions video={video} /></div>
      <div class="actions">
        <a class="button" href={contentAddress(video.contentId, { download: true })} download={video.name}
          title="Straight from the appliance. Takes one place on the CDN until it is done."><Icon name="link" /> Direct link</a>
        <CopyButton text={contentAddress(video.contentId, { download: false })} label="Copy link" done="Link copied" />
        {signedIn.value === true ? (
          <>
            <button type="button" class="button icon" aria-label="Rename" title="Rename" onClick={() => { dialog.value = 'rename'; }}><Icon name="pencil" /></button>
            <button type="button" class="button icon danger" aria-label="Delete" title="Delete" onClick={() => { dialog.value = 'delete'; }}><Icon name="trash" /></button>
          </>
        ) : null}
      </div>
      <div class="phone-bar"><MainActions video={video} /></div>
      {dialog.value === 'rename' ? <RenameDialog video={video} onRenamed={onRenamed} onClose={close} /> : null}
      {dialog.value === 'delete' ? <DeleteDialog video={video} onClose={close} /> : null}
    </div>
  );
}
