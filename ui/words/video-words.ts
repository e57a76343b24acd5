/** A video's facts in one line. */
import type { Video } from '../api/video.ts';
import { percent, size } from '../format/numbers.ts';
import { age, sinceStart } from '../format/times.ts';

export function cardFacts(video: Video, nowMs: number, kept: { readonly bytesHeld: number; readonly sizeBytes: number } | undefined): string {
  const parts = [size(video.sizeBytes), age(video.createdAt, nowMs)];
  const seconds = video.media?.durationSeconds ?? null;
  if (seconds !== null) parts.unshift(sinceStart(seconds * 1000));
  if (kept !== undefined && kept.bytesHeld > 0) {
    parts.push(kept.bytesHeld >= kept.sizeBytes ? 'kept here' : `${percent(kept.bytesHeld, kept.sizeBytes)} kept here`);
  }
  return parts.join(' · ');
}

export const SORT_WORDS = {
  '-createdAt': 'Newest first',
  createdAt: 'Oldest first',
  title: 'Title, A to Z',
  '-title': 'Title, Z to A',
  '-sizeBytes': 'Largest first',
  sizeBytes: 'Smallest first',
} as const;
