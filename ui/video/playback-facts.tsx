/** What the player says of itself, in words. */
import type { JSX } from 'preact';
import type { PlaybackFigures } from '../player/playback-figures.ts';
import { codecWithString } from '../format/codecs.ts';
import { count, milliseconds, size } from '../format/numbers.ts';
import { sinceStart } from '../format/times.ts';
import { counted, sentenceCase } from '../words/counts.ts';
import { Pair } from './facts.tsx';

const seconds = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function PlaybackFacts({ figures }: { readonly figures: PlaybackFigures }): JSX.Element {
  return (
    <dl class="pairs playback">
      <Pair name="Picture">{figures.videoCodec === null ? 'None' : codecWithString(figures.videoCodec)}{figures.width === 0 ? '' : `, ${figures.width}\u00A0×\u00A0${figures.height}`}</Pair>
      <Pair name="Sound">{figures.audioCodec === null ? 'None' : codecWithString(figures.audioCodec)}</Pair>
      <Pair name="Position">{sinceStart(figures.positionSeconds * 1000)}{figures.durationSeconds === null ? '' : ` of ${sinceStart(figures.durationSeconds * 1000)}`}</Pair>
      <Pair name="Buffer ahead">{seconds.format(figures.bufferAheadSeconds)} s</Pair>
      <Pair name="Dropped frames">{count(figures.framesDropped)} of {count(figures.framesTotal)}</Pair>
      <Pair name="First frame">{figures.firstFrameMs === null ? 'Not yet' : `after ${milliseconds(figures.firstFrameMs)}`}</Pair>
      <Pair name="Last seek">{figures.lastSeekMs === null ? 'None' : milliseconds(figures.lastSeekMs)}</Pair>
      <Pair name="Stalls">{stallWords(figures)}</Pair>
      <Pair name="Index">{sentenceCase(counted(figures.indexReads, 'read'))}, {size(figures.indexBytes)}</Pair>
    </dl>
  );
}

function stallWords({ stalls }: PlaybackFigures): string {
  if (stalls.length === 0) return 'None';
  const lastedMs = stalls.reduce((sum, stall) => sum + (stall.lastedMs ?? 0), 0);
  const now = stalls.at(-1)?.lastedMs === null ? '; one lasts' : '';
  return `${count(stalls.length)}, ${seconds.format(lastedMs / 1000)} s in all${now}`;
}
