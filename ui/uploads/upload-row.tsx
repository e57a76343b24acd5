/** One file in the panel: how far, how fast, what can be done, and why it failed. */
import type { JSX } from 'preact';
import type { ApiError } from '../api/api-error.ts';
import { percent, size } from '../format/numbers.ts';
import { Icon, type IconName } from '../parts/icons.tsx';
import { follow, videoHref } from '../router.ts';
import { pausedWords, queuedWords, uploadingWords } from '../words/upload-words.ts';
import type { UploadItem } from './upload-item.ts';
import { pause, remove, resume } from './upload-queue.ts';

export function UploadRow({ item }: { readonly item: UploadItem }): JSX.Element {
  const state = item.state.value;
  const name = item.file.name;
  const result = item.result.value;
  const problem = item.problem.value;
  const sent = item.sentBytes.value;
  return (
    <li class="upload">
      <div class="upload-text">
        <p class="upload-name" title={name}>
          {result === null ? name : <a href={videoHref(result.contentId)} onClick={follow}>{name}</a>}
        </p>
        {state === 'done' || state === 'failed' ? null : (
          <div class="meter" role="progressbar" aria-label={`Upload of ${name}`} aria-valuemin={0} aria-valuemax={100}
            aria-valuenow={Math.floor((sent / Math.max(1, item.file.size)) * 100)} aria-valuetext={percent(sent, item.file.size)}>
            <span style={{ width: `${(sent / Math.max(1, item.file.size)) * 100}%` }} />
          </div>
        )}
        <p class={state === 'failed' ? 'upload-line problem' : 'upload-line'}>{line(item)}</p>
        {(problem?.requestId ?? null) === null ? null : <p class="upload-line">Request <span class="mono">{problem?.requestId}</span></p>}
      </div>
      <div class="upload-actions">
        {state === 'uploading' || state === 'queued' ? <Action icon="pause" label={`Pause ${name}`} onClick={() => void pause(item)} /> : null}
        {state === 'paused' ? <Action icon="play" label={`Resume ${name}`} onClick={() => resume(item)} /> : null}
        {state === 'failed' && !isFinal(problem) ? <Action icon="retry" label={`Try ${name} again`} onClick={() => resume(item)} /> : null}
        <Action icon="close" label={state === 'done' ? `Take ${name} off this list` : `Cancel ${name}`} onClick={() => void remove(item)} />
      </div>
    </li>
  );
}

/** Sending the same file again would be refused again. */
function isFinal(problem: ApiError | null): boolean {
  return problem?.type === 'empty-file' || problem?.type === 'too-large';
}

function line(item: UploadItem): string {
  const sizeBytes = item.file.size;
  const sentBytes = item.sentBytes.value;
  switch (item.state.value) {
    case 'queued': return queuedWords(sizeBytes);
    case 'uploading': return uploadingWords({ sentBytes, sizeBytes, mbps: item.mbps.value, remainingMs: item.remainingMs.value });
    case 'checking': return `${size(sizeBytes)} sent. The appliance is checking and storing it.`;
    case 'paused': return pausedWords({ sentBytes, sizeBytes });
    case 'failed': return item.problem.value?.message ?? 'It was not uploaded.';
    case 'done': return item.result.value?.alreadyStored === true
      ? `${size(sizeBytes)} · was in the library already; nothing was stored again`
      : `${size(sizeBytes)} · in the library`;
  }
}

function Action({ icon, label, onClick }: { readonly icon: IconName; readonly label: string; readonly onClick: () => void }): JSX.Element {
  return <button type="button" class="button quiet icon" aria-label={label} title={label} onClick={onClick}><Icon name={icon} /></button>;
}
