import type { JSX } from 'preact';
import type { Video } from '../api/video.ts';
import { follow, videoHref } from '../router.ts';
import { keptNote } from '../state/kept.ts';
import { nowMs } from '../state/now.ts';
import { playable } from '../state/playable.ts';
import { cardFacts } from '../words/video-words.ts';
import { Still } from './still.tsx';

export function VideoGrid({ videos }: { readonly videos: readonly Video[] }): JSX.Element {
  return <ul class="grid">{videos.map((video) => <VideoCard key={video.contentId} video={video} />)}</ul>;
}

/** One link, the title first: what a screen reader says of a card begins with its name. */
function VideoCard({ video }: { readonly video: Video }): JSX.Element {
  return (
    <li class="card">
      <h2 class="card-title"><a href={videoHref(video.contentId)} onClick={follow} title={video.title} dir="auto">{video.title}</a></h2>
      <p class="card-facts">
        {cardFacts(video, nowMs.value, keptNote(video.contentId))}
        <span class="visually-hidden">{playable(video).problems.map((problem) => ` ${problem}`)}</span>
      </p>
      <Still video={video} />
    </li>
  );
}
