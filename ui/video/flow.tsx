/** Where the bytes come from, at a glance: one sentence, the strip, its legend, and the figures that change. */
import type { JSX } from 'preact';
import type { DownloadFigures } from '../../engine/index.ts';
import { percent, rate, size, sizeOf } from '../format/numbers.ts';
import { timeLeft } from '../format/times.ts';
import { keptNote } from '../state/kept.ts';
import { heldDownload } from './downloads.ts';
import { Legend } from './legend.tsx';
import { SourceStrip } from './source-strip.tsx';

const NO_PIECES = new Uint8Array(1);

export function Flow({ contentId }: { readonly contentId: string }): JSX.Element {
  const download = heldDownload(contentId);
  const figures = download?.figures.value ?? null;
  const savedAs = download?.savedAs.value ?? null;
  return (
    <section class="flow" aria-label="Where the bytes come from">
      <p class="sentence">{download === undefined ? restSentence(contentId) : download.sentence.value}</p>
      <SourceStrip pieceSources={figures?.pieceSources ?? NO_PIECES} piecesHeld={figures?.piecesHeld ?? 0} />
      <Legend figures={figures} />
      <p class="figures">{figures === null || download === undefined ? null : <Numbers figures={figures} isRunning={download.phase.value === 'running'} />}</p>
      {savedAs === null ? null : (
        <p class="muted">Handed to this browser’s downloads as {savedAs}. The pieces stay kept here too, so that they can be shared.</p>
      )}
    </section>
  );
}

function restSentence(contentId: string): string {
  const note = keptNote(contentId);
  if (note === undefined || note.bytesHeld === 0) return 'Not on this device yet. Download takes it from the CDN, or from other viewers when the CDN is full.';
  if (note.bytesHeld >= note.sizeBytes) return 'This browser keeps all of it from before.';
  return `This browser keeps ${sizeOf(note.bytesHeld, note.sizeBytes)} from before.`;
}

function Numbers({ figures, isRunning }: { readonly figures: DownloadFigures; readonly isRunning: boolean }): JSX.Element {
  return (
    <>
      <span><strong>{percent(figures.bytesHeld, figures.sizeBytes)}</strong> · {sizeOf(figures.bytesHeld, figures.sizeBytes)}</span>
      {isRunning ? <span><strong>{rate(figures.receiveMbps)}</strong></span> : null}
      {isRunning && figures.remainingMs !== null ? <span>{timeLeft(figures.remainingMs)} left</span> : null}
      {figures.bytesSent > 0 ? <span>{size(figures.bytesSent)} given to others</span> : null}
    </>
  );
}
