/** For the curious: the picture and its buffer, who gives how much, every piece, every peer, every switch. Loaded when it is first opened. */
import type { FunctionComponent, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { count } from '../format/numbers.ts';
import { Icon } from '../parts/icons.tsx';
import { heldContent } from './contents.ts';
import { Pair } from './facts.tsx';
import { History } from './history.tsx';
import { Legend } from './legend.tsx';
import { PeerTable } from './peer-table.tsx';
import { PieceMap } from './piece-map.tsx';
import { PlaybackFacts } from './playback-facts.tsx';
import { TrafficChart } from './traffic-chart.tsx';
import { TrafficTable } from './traffic-table.tsx';
import type { Watching } from './watching.ts';

export const FiguresPanel: FunctionComponent<{ watching: Watching }> = ({ watching }): JSX.Element => {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone it opens below what was pressed.
    panel.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const content = heldContent(watching.contentId);
  const figures = content?.figures.value ?? null;
  const playback = watching.figures.value;
  return (
    <section class="figures-panel" aria-label="Figures" ref={panel}>
      <div class="figures-head">
        <h2>Figures</h2>
        <button type="button" class="button quiet icon" aria-label="Close the figures" title="Close (I)" onClick={() => { watching.areFiguresShown.value = false; }}><Icon name="close" /></button>
      </div>
      {content === undefined || figures === null ? <p class="muted">Nothing is open yet: play or download the video, and its figures appear here.</p> : (
        <>
          <section>
            <h3>From whom, in Mb/s</h3>
            <TrafficChart history={content.traffic} figures={figures} />
            <Legend figures={figures} />
            <details class="as-table"><summary>The same as a table</summary><TrafficTable history={content.traffic} /></details>
          </section>
          {playback === null ? null : <section><h3>Playback</h3><PlaybackFacts figures={playback} /></section>}
          <section><h3>Pieces</h3><PieceMap pieceSources={figures.pieceSources} /></section>
          <section><h3>Peers</h3><PeerTable figures={figures} /></section>
          <section>
            <h3>Switches</h3>
            <History figures={figures} />
            <dl class="pairs"><Pair name="Hash failures">{figures.hashFailures === 0 ? 'None' : `${count(figures.hashFailures)}: thrown away, and the peer dropped`}</Pair></dl>
          </section>
        </>
      )}
    </section>
  );
};
