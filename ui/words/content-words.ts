/** The one sentence about a content that is open here, whatever is done with it. */
import type { DownloadFigures } from '../../engine/index.ts';
import { stateSentence, watchSentence, type CdnLoad } from './switch-words.ts';

/** `watched`: open for playing and sharing, and nobody asked for all of it. `running` to `done` are a download's. */
export type Phase = 'opening' | 'watched' | 'running' | 'paused' | 'done' | 'failed' | 'closed';

interface Held {
  readonly phase: Phase;
  /** null before it is open. */
  readonly figures: DownloadFigures | null;
  readonly failure: string | null;
  readonly isPlaying: boolean;
  readonly isKept: boolean;
}

export function contentSentence({ phase, figures, failure, isPlaying, isKept }: Held, cdn: CdnLoad | null): string {
  if (failure !== null) return failure;
  if (figures === null) return 'Asking for the manifest.';
  if (phase === 'paused' && !isPlaying) return 'Paused. What came so far is kept.';
  return phase === 'watched' || phase === 'paused' ? watchSentence(figures, cdn, { isPlaying, isKept }) : stateSentence(figures, cdn);
}
