/** An upload's state in words. */
import { rate, size, sizeOf } from '../format/numbers.ts';
import { timeLeft } from '../format/times.ts';

export function uploadingWords(upload: { sentBytes: number; sizeBytes: number; mbps: number | null; remainingMs: number | null }): string {
  const parts = [sizeOf(upload.sentBytes, upload.sizeBytes)];
  if (upload.mbps !== null) parts.push(rate(upload.mbps));
  if (upload.remainingMs !== null) parts.push(`${timeLeft(upload.remainingMs)} left`);
  return parts.join(' · ');
}

export function pausedWords(upload: { sentBytes: number; sizeBytes: number }): string {
  return `Paused at ${sizeOf(upload.sentBytes, upload.sizeBytes)}. What was sent is kept.`;
}

export function queuedWords(sizeBytes: number): string {
  return `${size(sizeBytes)} · waits for its turn`;
}
