import type { JSX } from 'preact';
import type { DownloadFigures } from '../../engine/index.ts';
import { sinceStart } from '../format/times.ts';
import { historySentence } from '../words/switch-words.ts';

/** Newest last would scroll away; the newest is first. */
export function History({ figures }: { readonly figures: DownloadFigures }): JSX.Element {
  if (figures.switches.length === 0) return <p class="muted">Nothing yet.</p>;
  return (
    <ol class="history" reversed>
      {figures.switches.toReversed().map((record, at) => (
        <li key={figures.switches.length - at} data-reason={record.reason} data-to={record.to}>
          <time title="Since the download began">{sinceStart(record.atMs)}</time>
          <span>{historySentence(record)}</span>
        </li>
      ))}
    </ol>
  );
}
