/** Where the bytes come from, at a glance: the strip, its legend, one sentence, and the figures that change. */
import type { JSX } from 'preact';
import type { DownloadFigures } from '../../engine/index.ts';
import type { Video } from '../api/video.ts';
import { percent, rate, size, sizeOf } from '../format/numbers.ts';
import { timeLeft } from '../format/times.ts';
import { keptNote } from '../state/kept.ts';
import { NOTHING_KEPT } from '../words/kept-words.ts';
import { heldContent } from './contents.ts';
import type { HeldContent } from './held-content.ts';
import { Legend } from './legend.tsx';
import { SourceStrip } from './source-strip.tsx';
import type { Watching } from './watching.ts';

const NO_PIECES = new Uint8Array(1);

interface FlowProps {
  readonly video: Video;
  readonly watching: Watching;
}

export function Flow({ video, watching }: FlowProps): JSX.Element {
  const content = heldContent(video.contentId);
  const figures = content?.figures.value ?? null;
  const savedAs = content?.savedAs.value ?? null;
  const trouble = content?.trouble.value ?? null;
  return (
    <section class="flow" aria-label="Where the bytes come from">
      <SourceStrip pieceSources={figures?.pieceSources ?? NO_PIECES} piecesHeld={figures?.piecesHeld ?? 0} sizeBytes={figures?.sizeBytes ?? video.sizeBytes}
        durationSeconds={video.media?.durationSeconds ?? watching.figures.value?.durationSeconds ?? null}
        playback={watching.figures.value} rates={figures === null ? null : sourceRates(figures)}
        onClick={() => { watching.areFiguresShown.value = !watching.areFiguresShown.peek(); }} />
      <Legend figures={figures} />
      <p class="sentence">{content === undefined ? restSentence(video.contentId) : content.sentence.value}</p>
      <p class="figures">{figures === null || content === undefined ? null : <Numbers figures={figures} content={content} />}</p>
      {trouble === null ? null : <p class="problem">{trouble}</p>}
      {content?.isInMemory.value === true ? <p class="muted">{NOTHING_KEPT} What plays stays in this tab’s memory, and goes with it.</p> : null}
      {savedAs === null ? null : (
        <p class="muted">Handed to this browser’s downloads as {savedAs}. The pieces stay kept here too, so that they can be shared.</p>
      )}
    </section>
  );
}

/** What each source gives right now, in Mb/s. */
function sourceRates(figures: DownloadFigures): { readonly cdn: number; readonly peer: number; readonly seeder: number } {
  const from = (role: 'viewer' | 'seeder'): number => figures.peers.filter((peer) => peer.role === role).reduce((sum, peer) => sum + peer.receiveMbps, 0);
  const [peer, seeder] = [from('viewer'), from('seeder')];
  return { cdn: figures.state === 'cdn' ? Math.max(0, figures.receiveMbps - peer - seeder) : 0, peer, seeder };
}

function restSentence(contentId: string): string {
  const note = keptNote(contentId);
  if (note === undefined || note.bytesHeld === 0) return 'Not on this device yet. It comes from the CDN, or from other viewers when the CDN is full.';
  if (note.bytesHeld >= note.sizeBytes) return 'This browser keeps all of it from before.';
  return `This browser keeps ${sizeOf(note.bytesHeld, note.sizeBytes)} from before.`;
}

function Numbers({ figures, content }: { readonly figures: DownloadFigures; readonly content: HeldContent }): JSX.Element {
  const phase = content.phase.value;
  const isFetching = figures.state !== 'done' && (phase === 'running' || ((phase === 'watched' || phase === 'paused') && content.isPlaying.value));
  return (
    <>
      <span><strong>{percent(figures.bytesHeld, figures.sizeBytes)}</strong> · {sizeOf(figures.bytesHeld, figures.sizeBytes)}</span>
      {isFetching ? <span><strong>{rate(figures.receiveMbps)}</strong></span> : null}
      {phase === 'running' && figures.remainingMs !== null ? <span>{timeLeft(figures.remainingMs)} left</span> : null}
      {figures.bytesSent > 0 ? <span>{size(figures.bytesSent)} given to others</span> : null}
    </>
  );
}
