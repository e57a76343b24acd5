/** Adds a file of subtitles, or gives those that are there another name or language. */
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { ApiError, unreachable } from '../api/api-error.ts';
import { addSubtitles, changeSubtitles } from '../api/client.ts';
import type { Subtitles, Video } from '../api/video.ts';
import { languageName } from '../format/languages.ts';
import { closeDialog, Dialog } from '../parts/dialog.tsx';
import { Problem } from '../parts/problem.tsx';
import { announce } from '../state/announcer.ts';
import { languageFromName } from './subtitles-drop.ts';

const MAX_LABEL_LENGTH = 100;
/** Offered while typing; any other code is taken too. */
const OFFERED = ['ar', 'cs', 'da', 'de', 'el', 'en', 'es', 'fi', 'fr', 'he', 'hi', 'hu', 'it', 'ja', 'ko', 'nl', 'no', 'pl', 'pt', 'ro', 'ru', 'sv', 'tr', 'uk', 'vi', 'zh'];

interface SubtitlesDialogProps {
  readonly video: Video;
  /** Dropped; null lets the reader pick one. */
  readonly file: File | null;
  /** To be changed; null adds. */
  readonly edited: Subtitles | null;
  readonly onChanged: (video: Video) => void;
  readonly onAdded: (file: File, names: { readonly label: string; readonly language: string | null }) => void;
  readonly onClose: () => void;
}

export function SubtitlesDialog({ video, file, edited, onChanged, onAdded, onClose }: SubtitlesDialogProps): JSX.Element {
  const chosen = useSignal<File | null>(file);
  const language = useSignal(edited?.language ?? languageFromName(file?.name ?? ''));
  const label = useSignal(edited?.label ?? '');
  const isAsking = useSignal(false);
  const error = useSignal<ApiError | null>(null);
  const listId = useId();
  const isReady = edited === null ? chosen.value !== null : label.value.trim() !== '';

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    isAsking.value = true;
    const facts = { language: language.value.trim() || null, label: label.value.trim() || suggested() };
    try {
      if (edited !== null) onChanged(await changeSubtitles(video.contentId, edited.id, facts));
      else if (chosen.value !== null) {
        onChanged(await addSubtitles(video.contentId, chosen.value, facts));
        onAdded(chosen.value, facts);
      }
      announce(edited === null ? `${facts.label} is added.` : `The subtitles are called ${facts.label} now.`);
      onClose();
    } catch (failure) {
      error.value = failure instanceof ApiError ? failure : unreachable(failure);
      isAsking.value = false;
    }
  }

  /** The language's name, else the file's. */
  function suggested(): string {
    const code = language.value.trim();
    if (code !== '') return languageName(code);
    return chosen.value?.name.replace(/\.[^.]+$/, '').slice(0, MAX_LABEL_LENGTH) || 'Subtitles';
  }

  return (
    <Dialog title={edited === null ? 'Add subtitles' : 'Rename the subtitles'} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        {edited !== null ? null : file !== null ? <p><strong dir="auto">{file.name}</strong></p> : (
          <label>
            <span>File</span>
            <input class="field file" type="file" name="file" required accept=".srt,.vtt,.ass,.ssa" onChange={(event) => {
              chosen.value = event.currentTarget.files?.[0] ?? null;
              if (language.value === '') language.value = languageFromName(chosen.value?.name ?? '');
            }} />
          </label>
        )}
        <label>
          <span>Language</span>
          <input class="field" name="language" list={listId} placeholder="en, de, pt-BR" autocomplete="off" spellcheck={false} maxLength={35}
            pattern="[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*" title="A language code, such as en, de or pt-BR"
            value={language.value} onInput={(event) => { language.value = event.currentTarget.value; }} />
          <datalist id={listId}>{OFFERED.map((code) => <option key={code} value={code}>{languageName(code)}</option>)}</datalist>
        </label>
        <label>
          <span>Name in the menu</span>
          <input class="field" name="label" dir="auto" autocomplete="off" maxLength={MAX_LABEL_LENGTH} placeholder={edited === null ? suggested() : ''}
            value={label.value} onInput={(event) => { label.value = event.currentTarget.value; }} />
        </label>
        <p class="muted">{edited === null ? 'SRT, WebVTT and ASS are taken. The appliance keeps them as WebVTT, for every viewer of this video.' : 'Only the name and the language change.'}</p>
        {error.value === null ? null : <Problem error={error.value} />}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={closeDialog}>Cancel</button>
          <button type="submit" class="button primary" disabled={isAsking.value || !isReady}>{edited === null ? 'Add' : 'Rename'}</button>
        </div>
      </form>
    </Dialog>
  );
}
