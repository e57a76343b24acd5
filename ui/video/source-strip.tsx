/**
 * The file from left to right, in the colour of whoever gave each part, with the playhead and the end of the buffer on it.
 * Pointing at it names the source, the time and the rate; a press shows the figures.
 */
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import type { PlaybackFigures } from '../player/playback-figures.ts';
import { count, percent, rate } from '../format/numbers.ts';
import { sinceStart } from '../format/times.ts';
import { cells, runs } from './piece-runs.ts';
import { SOURCE_LOOKS, sourceAt } from './sources.ts';
import { useCanvas } from './use-canvas.ts';

const HEIGHT = 20;

interface StripProps {
  readonly pieceSources: Uint8Array;
  readonly piecesHeld: number;
  readonly sizeBytes: number;
  readonly durationSeconds: number | null;
  readonly playback: PlaybackFigures | null;
  /** Mb/s right now; null while nothing is open. */
  readonly rates: { readonly cdn: number; readonly peer: number; readonly seeder: number } | null;
  readonly onClick: () => void;
}

export function SourceStrip(props: StripProps): JSX.Element {
  const { pieceSources, piecesHeld, playback, sizeBytes } = props;
  const pointed = useSignal<number | null>(null);
  const canvas = useCanvas((painter, width, height) => {
    painter.fill(0, 0, 0, width, height);
    for (const run of runs(cells(pieceSources, width))) painter.fill(run.source, run.from, 0, run.to - run.from, height);
  }, () => HEIGHT);

  const total = pieceSources.length;
  const share = pointed.value;
  return (
    <div class="strip">
      <canvas ref={canvas} role="img" aria-label={`Source strip: ${percent(piecesHeld, total)} of the file is here. The legend below says from whom.`}
        onClick={props.onClick}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          pointed.value = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
        }}
        onPointerLeave={() => { pointed.value = null; }} />
      {playback === null || sizeBytes === 0 ? null : <Marks playback={playback} sizeBytes={sizeBytes} />}
      {share === null || total === 0 ? null : (
        <div class="strip-tip" style={{ left: `clamp(136px, ${share * 100}%, calc(100% - 136px))` }}>{tip(props, share)}</div>
      )}
    </div>
  );
}

function Marks({ playback, sizeBytes }: { readonly playback: PlaybackFigures; readonly sizeBytes: number }): JSX.Element {
  const at = (byte: number): number => Math.max(0, Math.min(100, (byte / sizeBytes) * 100));
  const head = at(playback.playheadByte);
  const buffered = Math.max(head, at(playback.bufferedToByte));
  return (
    <>
      <i class="strip-buffer" style={{ left: `${head}%`, width: `${buffered - head}%` }} data-to={playback.bufferedToByte} aria-hidden="true" />
      <i class="strip-head" style={{ left: `${head}%` }} data-byte={playback.playheadByte} aria-hidden="true" />
    </>
  );
}

/** The time is that of an even spread of bytes, which no file has exactly: it says so. */
function tip({ pieceSources, durationSeconds, rates }: StripProps, share: number): string {
  const total = pieceSources.length;
  const piece = Math.min(total - 1, Math.floor(share * total));
  const source = sourceAt(pieceSources, piece);
  const parts: string[] = [SOURCE_LOOKS[source].label];
  const mbps = source === 'cdn' || source === 'peer' || source === 'seeder' ? rates?.[source] ?? 0 : 0;
  if (mbps >= 0.05) parts.push(`now ${rate(mbps)}`);
  if (durationSeconds !== null) parts.push(`about ${sinceStart(share * durationSeconds * 1000)}`);
  if (total > 1) parts.push(`piece ${count(piece + 1)} of ${count(total)}`);
  return parts.join(' · ');
}
