/** What this browser keeps: of this video, of others, how much of it may be left behind by watching, and how to be rid of it. */
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { size, sizeOf } from '../format/numbers.ts';
import { Icon } from '../parts/icons.tsx';
import { follow, videoHref } from '../router.ts';
import { keptBytes, keptNote, keptNotes, type KeptNote } from '../state/kept.ts';
import { chooseWatchedLimit, WATCHED_LIMITS, watchedLimitBytes } from '../state/watched-limit.ts';
import { counted } from '../words/counts.ts';
import { NOTHING_KEPT } from '../words/kept-words.ts';
import { discardKept, discardWatched, heldContent } from './contents.ts';

/** More are behind a button. */
const SHOWN_AT_FIRST = 5;

export function KeptSection({ contentId }: { readonly contentId: string }): JSX.Element {
  const note = keptNote(contentId);
  const content = heldContent(contentId);
  if (content?.isInMemory.value === true) {
    return (
      <>
        <h2>Kept in this browser</h2>
        <p>Nothing. {NOTHING_KEPT} Another window or profile may let it.</p>
      </>
    );
  }
  const isHeld = content !== undefined || (note !== undefined && note.bytesHeld > 0);
  const others = keptNotes.value.filter((one) => one.contentId !== contentId);
  const watchedBytes = keptNotes.value.filter(({ kind }) => kind === 'watched').reduce((sum, { bytesHeld }) => sum + bytesHeld, 0);
  return (
    <>
      <h2>Kept in this browser</h2>
      <p>{note === undefined || note.bytesHeld === 0 ? 'Nothing of this video.' : `${sizeOf(note.bytesHeld, note.sizeBytes)} of this video${note.kind === 'watched' ? ', from watching' : ''}.`}</p>
      {isHeld ? <div><Remove label="Remove the kept pieces" onClick={() => discardKept(contentId)} /></div> : null}
      <p class="muted">
        {keptNotes.value.length === 0 ? 'Nothing of other videos either.' : `${size(keptBytes.value)} in all, of ${counted(keptNotes.value.length, 'video')}.`}
        {' '}Pieces stay when the tab is closed: a replay needs no network, a download goes on, and others can have them.
      </p>
      {others.length === 0 ? null : <Others notes={others} />}
      <label class="limit">
        <span>Keep from watching at most</span>
        <select class="field" value={String(watchedLimitBytes.value)} onChange={(event) => chooseWatchedLimit(Number(event.currentTarget.value))}>
          {WATCHED_LIMITS.map((bytes) => <option key={bytes} value={String(bytes)}>{size(bytes)}</option>)}
        </select>
      </label>
      <p class="muted">What was watched longest ago goes first. Downloads stay until you remove them.</p>
      {watchedBytes === 0 ? null : <div><Remove label={`Clear what was only watched (${size(watchedBytes)})`} onClick={discardWatched} /></div>}
    </>
  );
}

function Others({ notes }: { readonly notes: readonly KeptNote[] }): JSX.Element {
  const isAll = useSignal(false);
  const shown = isAll.value ? notes : notes.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <ul class="kept-list">
        {shown.map((note) => (
          <li key={note.contentId}>
            <a href={videoHref(note.contentId)} onClick={follow} dir="auto">{note.name}</a>
            <span class="muted">{note.kind === 'watched' ? 'watched' : 'downloaded'} · {sizeOf(note.bytesHeld, note.sizeBytes)}</span>
            <button type="button" class="button quiet icon" aria-label={`Remove the kept pieces of ${note.name}`} title="Remove" onClick={() => void discardKept(note.contentId)}><Icon name="trash" /></button>
          </li>
        ))}
      </ul>
      {shown.length === notes.length ? null : <div><button type="button" class="button" onClick={() => { isAll.value = true; }}>Show all {notes.length}</button></div>}
    </>
  );
}

function Remove({ label, onClick }: { readonly label: string; readonly onClick: () => Promise<void> }): JSX.Element {
  const isRemoving = useSignal(false);
  return (
    <button type="button" class="button" disabled={isRemoving.value} onClick={() => {
      isRemoving.value = true;
      void onClick().finally(() => { isRemoving.value = false; });
    }}>
      <Icon name="trash" /> {label}
    </button>
  );
}
