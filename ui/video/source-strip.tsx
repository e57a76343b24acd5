/** The file from left to right, in the colour of whoever gave each part. Pointing at it names the source. */
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { count, percent } from '../format/numbers.ts';
import { cells, runs } from './piece-runs.ts';
import { SOURCE_LOOKS, sourceAt } from './sources.ts';
import { useCanvas } from './use-canvas.ts';

const HEIGHT = 20;

interface StripProps {
  readonly pieceSources: Uint8Array;
  readonly piecesHeld: number;
}

export function SourceStrip({ pieceSources, piecesHeld }: StripProps): JSX.Element {
  const pointed = useSignal<number | null>(null);
  const canvas = useCanvas((painter, width, height) => {
    painter.fill(0, 0, 0, width, height);
    for (const run of runs(cells(pieceSources, width))) painter.fill(run.source, run.from, 0, run.to - run.from, height);
  }, () => HEIGHT);

  const total = pieceSources.length;
  const share = pointed.value;
  const piece = share === null ? 0 : Math.min(total - 1, Math.floor(share * total));
  return (
    <div class="strip">
      <canvas ref={canvas} role="img" aria-label={`Source strip: ${percent(piecesHeld, total)} of the file is here. The legend below says from whom.`}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          pointed.value = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
        }}
        onPointerLeave={() => { pointed.value = null; }} />
      {share === null || total === 0 ? null : (
        <div class="strip-tip" style={{ left: `clamp(96px, ${share * 100}%, calc(100% - 96px))` }}>
          {SOURCE_LOOKS[sourceAt(pieceSources, piece)].label} · piece {count(piece + 1)} of {count(total)}
        </div>
      )}
    </div>
  );
}
