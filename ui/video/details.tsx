/** Everything else there is to know of a video here: history, peers, map, subtitles, choices, and what this browser keeps. */
import type { JSX } from 'preact';
import type { Video } from '../api/video.ts';
import { Choices } from './choices.tsx';
import { heldContent } from './contents.ts';
import { Facts } from './facts.tsx';
import { History } from './history.tsx';
import { KeptSection } from './kept-section.tsx';
import { PeerTable } from './peer-table.tsx';
import { PieceMap } from './piece-map.tsx';
import { SubtitlesSection } from './subtitles-section.tsx';
import type { Watching } from './watching.ts';

interface DetailsProps {
  readonly video: Video;
  readonly watching: Watching;
  readonly onChanged: (video: Video) => void;
}

export function Details({ video, watching, onChanged }: DetailsProps): JSX.Element {
  const figures = heldContent(video.contentId)?.figures.value ?? null;
  return (
    <div class="details">
      {figures === null ? null : (
        <>
          <section><h2>What happened</h2><History figures={figures} /></section>
          <section><h2>Peers</h2><PeerTable figures={figures} /></section>
          <section class="both"><h2>Pieces</h2><PieceMap pieceSources={figures.pieceSources} /></section>
        </>
      )}
      <section><Choices /></section>
      <section><KeptSection contentId={video.contentId} /></section>
      <SubtitlesSection video={video} watching={watching} onChanged={onChanged} />
      <section class="both"><h2>Details</h2><Facts video={video} figures={figures} /></section>
    </div>
  );
}
