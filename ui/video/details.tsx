/** Everything else there is to know of a download: history, peers, map, choices, and what this browser keeps. */
import type { JSX } from 'preact';
import type { Video } from '../api/video.ts';
import { Choices } from './choices.tsx';
import { heldDownload } from './downloads.ts';
import { Facts } from './facts.tsx';
import { History } from './history.tsx';
import { KeptSection } from './kept-section.tsx';
import { PeerTable } from './peer-table.tsx';
import { PieceMap } from './piece-map.tsx';

export function Details({ video }: { readonly video: Video }): JSX.Element {
  const download = heldDownload(video.contentId);
  const figures = download?.figures.value ?? null;
  return (
    <div class="details">
      {figures === null ? null : (
        <>
          <section><h2>What happened</h2><History figures={figures} /></section>
          <section><h2>Peers</h2><PeerTable figures={figures} /></section>
          <section class="both"><h2>Pieces</h2><PieceMap pieceSources={figures.pieceSources} /></section>
        </>
      )}
      <section><Choices figures={figures} /></section>
      <section><KeptSection contentId={video.contentId} /></section>
      <section class="both"><h2>Details</h2><Facts video={video} figures={figures} /></section>
    </div>
  );
}
