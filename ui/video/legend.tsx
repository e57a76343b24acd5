/** Names the colours and says how much came from each. */
import type { JSX } from 'preact';
import type { DownloadFigures } from '../../engine/index.ts';
import { size } from '../format/numbers.ts';
import { SHOWN_SOURCES, SOURCE_LOOKS } from './sources.ts';

export function Legend({ figures }: { readonly figures: DownloadFigures | null }): JSX.Element {
  const bytes = {
    cdn: figures?.bytesFrom.cdn ?? 0,
    peer: figures?.bytesFrom.peers ?? 0,
    seeder: figures?.bytesFrom.seeder ?? 0,
    stored: figures?.bytesResumed ?? 0,
  };
  return (
    <ul class="legend" aria-label="Bytes by source">
      {SHOWN_SOURCES.filter((source) => source !== 'stored' || bytes.stored > 0).map((source) => (
        <li key={source} class={bytes[source] === 0 ? 'none' : ''} data-source={source} data-bytes={bytes[source]}>
          <span class={`swatch ${source}`} style={{ '--swatch': `var(${SOURCE_LOOKS[source].variable})` }} aria-hidden="true" />
          {SOURCE_LOOKS[source].label} {size(bytes[source])}
        </li>
      ))}
    </ul>
  );
}
