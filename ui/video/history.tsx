import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import type { DownloadFigures } from '../../engine/index.ts';
import { count } from '../format/numbers.ts';
import { sinceStart } from '../format/times.ts';
import { historySentence, newsOf } from '../words/switch-words.ts';

/** A viewer that shares one slot with others switches often: the rest of a long history is behind a button. */
const SHOWN_AT_FIRST = 6;

/** Newest last would scroll away; the newest is first. */
export function History({ figures }: { readonly figures: DownloadFigures }): JSX.Element {
  const isAll = useSignal(false);
  const records = newsOf(figures.switches).toReversed();
  const hidden = isAll.value ? 0 : Math.max(0, records.length - SHOWN_AT_FIRST);
  if (records.length === 0) return <p class="muted">Nothing yet.</p>;
  return (
    <>
      <ol class="history" reversed start={records.length}>
        {records.slice(0, records.length - hidden).map((record, at) => (
          <li key={records.length - at} data-reason={record.reason} data-to={record.to}>
            <time title="Since the download began">{sinceStart(record.atMs)}</time>
            <span>{historySentence(record)}</span>
          </li>
        ))}
      </ol>
      {hidden === 0 ? null : (
        <div><button type="button" class="button" onClick={() => { isAll.value = true; }}>Show {count(hidden)} earlier</button></div>
      )}
    </>
  );
}
