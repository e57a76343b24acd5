import type { JSX } from 'preact';
import type { Video, VideoSort } from '../api/video.ts';
import { codecNames } from '../format/codecs.ts';
import { fileType } from '../format/file-type.ts';
import { size } from '../format/numbers.ts';
import { age, moment, sinceStart } from '../format/times.ts';
import { follow, videoHref } from '../router.ts';
import { ask, sort } from '../state/library.ts';
import { nowMs } from '../state/now.ts';
import { playable } from '../state/playable.ts';

export function VideoTable({ videos }: { readonly videos: readonly Video[] }): JSX.Element {
  return (
    <table class="table">
      <thead>
        <tr>
          <SortHead field="title" first="title">Title</SortHead>
          <th class="number wide" scope="col">Duration</th>
          <th class="wide" scope="col">Type</th>
          <th class="wide" scope="col">Codecs</th>
          <SortHead field="sizeBytes" first="-sizeBytes" kind="number">Size</SortHead>
          <SortHead field="createdAt" first="-createdAt" kind="wide">Added</SortHead>
        </tr>
      </thead>
      <tbody>
        {videos.map((video) => (
          <tr key={video.contentId}>
            <td>
              <a href={videoHref(video.contentId)} onClick={follow} dir="auto">{video.title}</a>
              <Unplayable video={video} />
            </td>
            <td class="number wide">{durationWords(video)}</td>
            <td class="plain wide">{fileType(video)}</td>
            <td class="plain wide">{codecNames(video.media ?? null) || '–'}</td>
            <td class="number">{size(video.sizeBytes)}</td>
            <td class="plain wide"><time dateTime={video.createdAt} title={moment(video.createdAt)}>{age(video.createdAt, nowMs.value)}</time></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Unplayable({ video }: { readonly video: Video }): JSX.Element | null {
  const { badge, problems } = playable(video);
  return badge === null ? null : <span class="tag" title={problems.join(' ')}>{badge}</span>;
}

function durationWords({ media }: Video): string {
  const seconds = media?.durationSeconds ?? null;
  return seconds === null ? '–' : sinceStart(seconds * 1000);
}

interface SortHeadProps {
  readonly field: 'title' | 'sizeBytes' | 'createdAt';
  /** The order a first press asks for. */
  readonly first: VideoSort;
  readonly kind?: 'number' | 'wide';
  readonly children: string;
}

function SortHead({ field, first, kind, children }: SortHeadProps): JSX.Element {
  const isSorted = sort.value === field || sort.value === `-${field}`;
  const order = sort.value.startsWith('-') ? 'descending' : 'ascending';
  const other: VideoSort = sort.value === field ? `-${field}` : field;
  return (
    <th class={kind ?? ''} scope="col" aria-sort={isSorted ? order : 'none'}>
      <button type="button" class="sort" onClick={() => ask({ sort: isSorted ? other : first })}>
        {children}{isSorted ? <span aria-hidden="true">{order === 'ascending' ? ' ↑' : ' ↓'}</span> : null}
      </button>
    </th>
  );
}
