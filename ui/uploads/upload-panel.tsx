/** All uploads of this page, docked at its edge. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { percent } from '../format/numbers.ts';
import { Icon } from '../parts/icons.tsx';
import { signedIn } from '../state/session.ts';
import { counted, sentenceCase } from '../words/counts.ts';
import { pickFiles } from './pick-files.ts';
import { forgetUnfinished, refreshUnfinished, unfinished } from './unfinished.ts';
import { UploadRow } from './upload-row.tsx';
import { clearFinished, openUploads, panelOpen, totalProgress, uploads } from './upload-queue.ts';

export function UploadPanel(): JSX.Element | null {
  const items = uploads.value;
  useEffect(refreshUnfinished, [items]);
  const cut = signedIn.value === true ? unfinished.value : [];
  if (items.length === 0 && cut.length === 0) return null;
  const open = openUploads.value.length;
  const progress = totalProgress.value;
  const failed = items.filter((item) => item.state.value === 'failed').length;
  return (
    <section class="uploads" aria-label="Uploads">
      <div class="uploads-head">
        <h2>{headline({ open, failed, total: items.length, cut: cut.length, progress })}</h2>
        {items.length > open ? <button type="button" class="button quiet" onClick={clearFinished}>Clear</button> : null}
        <button type="button" class="button quiet icon" aria-expanded={panelOpen.value} aria-label={panelOpen.value ? 'Fold the uploads' : 'Unfold the uploads'}
          onClick={() => { panelOpen.value = !panelOpen.value; }}>
          <Icon name={panelOpen.value ? 'down' : 'up'} />
        </button>
      </div>
      {progress === null ? null : <div class="meter"><span style={{ width: `${progress * 100}%` }} /></div>}
      {panelOpen.value ? (
        <ul class="uploads-list">
          {items.map((item) => <UploadRow key={item.key} item={item} />)}
          {cut.map((one) => (
            <li class="upload" key={one.key}>
              <div class="upload-text">
                <p class="upload-name" title={one.name}>{one.name}</p>
                <p class="upload-line">Cut off earlier. Pick the same file again and it goes on from where it was.</p>
              </div>
              <div class="upload-actions">
                <button type="button" class="button quiet" onClick={pickFiles}>Pick</button>
                <button type="button" class="button quiet icon" aria-label={`Forget ${one.name}`} onClick={() => forgetUnfinished(one.key)}><Icon name="close" /></button>
              </div>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function headline(state: { open: number; failed: number; total: number; cut: number; progress: number | null }): string {
  if (state.open > 0) return `Uploading ${counted(state.open, 'file')}${state.progress === null ? '' : ` · ${percent(state.progress, 1)}`}`;
  if (state.failed > 0) return sentenceCase(`${counted(state.failed, 'file')} not uploaded`);
  if (state.total > 0) return sentenceCase(`${counted(state.total, 'file')} uploaded`);
  return sentenceCase(counted(state.cut, 'unfinished upload'));
}
