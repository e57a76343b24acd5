/** How long the frames of sound codecs last, which most Matroska files leave to the reader. */
import type { SegmentTrack } from './segment-index.ts';

const SAMPLES_PER_FRAME: readonly (readonly [codecId: string, samples: number])[] = [
  ['A_AAC', 1024], ['A_MPEG/L3', 1152], ['A_AC3', 1536], ['A_EAC3', 1536],
];

/** null where it differs from frame to frame. A guess: the times in the file have the last word. */
export function frameSeconds(track: SegmentTrack): number | null {
  if (track.codecId === 'A_OPUS') return 0.02;
  const samples = SAMPLES_PER_FRAME.find(([codecId]) => track.codecId.startsWith(codecId))?.[1];
  return samples === undefined || track.samplingFrequencyHz <= 0 ? null : samples / track.samplingFrequencyHz;
}
