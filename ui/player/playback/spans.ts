/** Stretches of a timeline, as plain values: what a SourceBuffer or a <video> has buffered. */

export interface Span {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

export function spansOf(ranges: TimeRanges): Span[] {
  return Array.from({ length: ranges.length }, (_, index) => ({ startSeconds: ranges.start(index), endSeconds: ranges.end(index) }));
}

/** The span that holds `seconds`, or begins at most `toleranceSeconds` after it. */
export function spanAt(spans: readonly Span[], seconds: number, toleranceSeconds = 0): Span | undefined {
  return spans.find(({ startSeconds, endSeconds }) => startSeconds - toleranceSeconds <= seconds && seconds < endSeconds);
}

export function spanAfter(spans: readonly Span[], seconds: number): Span | undefined {
  return spans.find(({ startSeconds }) => startSeconds > seconds);
}

/** From `seconds` to where the buffer ends, over holes of at most `holeSeconds`. */
export function aheadOf(spans: readonly Span[], seconds: number, holeSeconds: number): number {
  let reached = seconds;
  for (const { startSeconds, endSeconds } of spans) {
    if (endSeconds > reached && startSeconds <= reached + holeSeconds) reached = endSeconds;
  }
  return reached - seconds;
}
