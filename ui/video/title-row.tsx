/** The title and what can be done, in one row. */
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { address, contentAddress } from '../api/client.ts';
import type { Video } from '../api/video.ts';
import { codecNames, pictureSize } from '../format/codecs.ts';
import { fileType } from '../format/file-type.ts';
import { momentText } from '../format/moment-link.ts';
import { size } from '../format/numbers.ts';
import { age, moment, sinceStart } from '../format/times.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { nowMs } from '../state/now.ts';
import { signedIn } from '../state/session.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { MainActions } from './main-actions.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import type { Watching } from './watching.ts';

interface TitleRowProps {
  readonly video: Video;
  readonly watching: Watching;
  readonly onRenamed: (video: Video) => void;
}

export function TitleRow({ video, watching, onRenamed }: TitleRowProps): JSX.Element {
  const dialog = useSignal<'rename' | 'delete' | null>(null);
  const close = (): void => { dialog.value = null; };
  const hasMoment = watching.figures.value !== null;
  return (
    <div class="title-row">
      <div>
        <h1 dir="auto">{video.title}</h1>
        <p class="facts">{facts(video).map((fact) => <span key={fact}>{fact}</span>)}
          {video.createdAt === '' ? null : <span><time dateTime={video.createdAt} title={moment(video.createdAt)}>added {age(video.createdAt, nowMs.value)}</time></span>}
        </p>
      </div>
      <div class="actions wide"><MainActions video={video} watching={watching} /></div>
      <div class="actions">
        <CopyButton label={hasMoment ? 'Copy link at this moment' : 'Copy link'} short="Copy link" done="Link copied" refused={(link) => `This browser does not let a page copy. The link is ${link}`} text={() => pageLink(video, hasMoment ? watching.positionSeconds : null)} />
        <button type="button" class="button" aria-pressed={watching.areFiguresShown.value} aria-keyshortcuts="i" title="Where the bytes come from, in figures and charts (I)"
          onClick={() => { watching.areFiguresShown.value = !watching.areFiguresShown.peek(); }}>
          <Icon name="chart" /> Figures
        </button>
        <a class="button icon" href={contentAddress(video.contentId, { download: true })} download={video.name} aria-label="Direct link to the file"
          title="The file straight from the appliance. Takes one place on the CDN until it is done."><Icon name="link" /></a>
        {signedIn.value === true ? (
          <>
            <button type="button" class="button icon" aria-label="Rename" title="Rename" onClick={() => { dialog.value = 'rename'; }}><Icon name="pencil" /></button>
            {video.folderPath === undefined ? <button type="button" class="button icon danger" aria-label="Delete" title="Delete" onClick={() => { dialog.value = 'delete'; }}><Icon name="trash" /></button> : null}
          </>
        ) : null}
      </div>
      <div class="phone-bar"><MainActions video={video} watching={watching} /></div>
      {dialog.value === 'rename' ? <RenameDialog video={video} onRenamed={onRenamed} onClose={close} /> : null}
      {dialog.value === 'delete' ? <DeleteDialog video={video} onClose={close} /> : null}
    </div>
  );
}

function facts(video: Video): string[] {
  const seconds = video.media?.durationSeconds ?? null;
  return [
    seconds === null ? '' : sinceStart(seconds * 1000), size(video.sizeBytes), fileType(video), codecNames(video.media ?? null), pictureSize(video.media ?? null) ?? '',
  ].filter((fact) => fact !== '');
}

/** Of the page, where it plays through the switch; the bytes alone have the direct link. */
function pageLink(video: Video, seconds: number | null): string {
  const query = seconds === null || seconds < 1 ? '' : `?t=${momentText(seconds)}`;
  return address(`videos/${video.contentId}${query}`);
}
