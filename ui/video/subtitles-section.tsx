/** The subtitles that can be chosen while playing; who is signed in adds, renames and deletes them. */
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { ApiError, unreachable } from '../api/api-error.ts';
import { deleteSubtitles, subtitlesAddress } from '../api/client.ts';
import type { Subtitles, Video } from '../api/video.ts';
import { languageName } from '../format/languages.ts';
import { Icon } from '../parts/icons.tsx';
import { Problem } from '../parts/problem.tsx';
import { announce } from '../state/announcer.ts';
import { signedIn } from '../state/session.ts';
import { SubtitlesDialog } from './subtitles-dialog.tsx';
import { droppedSubtitles } from './subtitles-drop.ts';
import type { Watching } from './watching.ts';

interface SubtitlesSectionProps {
  readonly video: Video;
  readonly watching: Watching;
  readonly onChanged: (video: Video) => void;
}

export function SubtitlesSection({ video, watching, onChanged }: SubtitlesSectionProps): JSX.Element | null {
  const isAdding = useSignal(false);
  const edited = useSignal<Subtitles | null>(null);
  const error = useSignal<ApiError | null>(null);
  const mayChange = signedIn.value === true;
  const all = video.subtitles ?? [];
  const dropped = droppedSubtitles.value;
  if (all.length === 0 && !mayChange) return null;

  async function remove(one: Subtitles): Promise<void> {
    try {
      onChanged(await deleteSubtitles(video.contentId, one.id));
      error.value = null;
      announce(`${one.label} is deleted.`);
    } catch (failure) {
      error.value = failure instanceof ApiError ? failure : unreachable(failure);
    }
  }
  /** In the player that runs, too, which asked for the list when it began. */
  function show(file: File, names: { readonly label: string; readonly language: string | null }): void {
    const description = names.language === null ? { label: names.label } : { label: names.label, language: names.language };
    watching.player.peek()?.addSubtitles(file, description).catch(() => undefined);
  }
  function close(): void {
    isAdding.value = false;
    edited.value = null;
    droppedSubtitles.value = null;
  }

  return (
    <section class="both">
      <h2>Subtitles</h2>
      {all.length === 0 ? <p class="muted">None. A file in SRT, WebVTT or ASS can be added here, or dropped on the picture.</p> : (
        <ul class="subtitles-list">
          {all.map((one) => (
            <li key={one.id}>
              <span dir="auto">{one.label} <span class="muted">{facts(one)}</span></span>
              <a class="button quiet icon" href={subtitlesAddress(video.contentId, one.id)} download={`${video.title}.${one.language ?? one.label}.vtt`} aria-label={`Save ${one.label} as WebVTT`} title="Save as WebVTT"><Icon name="save" /></a>
              {mayChange ? (
                <>
                  <button type="button" class="button quiet icon" aria-label={`Rename ${one.label}`} title="Rename" onClick={() => { edited.value = one; }}><Icon name="pencil" /></button>
                  <button type="button" class="button quiet icon danger" aria-label={`Delete ${one.label}`} title="Delete" onClick={() => void remove(one)}><Icon name="trash" /></button>
                </>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {error.value === null ? null : <Problem error={error.value} />}
      {mayChange ? <div><button type="button" class="button" onClick={() => { isAdding.value = true; }}><Icon name="captions" /> Add subtitles</button></div> : null}
      {(isAdding.value || dropped !== null || edited.value !== null) && mayChange
        ? <SubtitlesDialog video={video} file={dropped} edited={edited.value} onChanged={onChanged} onAdded={show} onClose={close} />
        : null}
    </section>
  );
}

function facts({ language, label, origin }: Subtitles): string {
  const name = language === null ? '' : languageName(language);
  return [name === label ? '' : name, origin === 'embedded' ? 'from the file' : 'added here'].filter((part) => part !== '').join(' · ');
}
