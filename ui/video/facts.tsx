import type { ComponentChildren, JSX } from 'preact';
import type { DownloadFigures } from '../../engine/index.ts';
import type { Video } from '../api/video.ts';
import { count, size } from '../format/numbers.ts';
import { SIGNALLING_WORDS } from '../words/switch-words.ts';

export function Facts({ video, figures }: { readonly video: Video; readonly figures: DownloadFigures | null }): JSX.Element {
  return (
    <dl class="pairs">
      <Pair name="File name">{video.name}</Pair>
      <Pair name="Content id"><span class="mono">{video.contentId}</span></Pair>
      {figures === null ? null : (
        <>
          <Pair name="Pieces">{count(figures.piecesHeld)} of {count(figures.piecesTotal)}, {size(figures.pieceLengthBytes)} each</Pair>
          <Pair name="Hash failures">{figures.hashFailures === 0 ? 'None' : `${count(figures.hashFailures)}: thrown away, and the peer dropped`}</Pair>
          <Pair name="Wasted">{size(figures.wastedBytes)}</Pair>
          <Pair name="Given to others">{size(figures.bytesSent)}</Pair>
          <Pair name="Signalling">{SIGNALLING_WORDS[figures.signalling]}</Pair>
        </>
      )}
    </dl>
  );
}

function Pair({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return <><dt>{name}</dt><dd>{children}</dd></>;
}
