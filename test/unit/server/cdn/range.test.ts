import { test } from 'tap';
import { answerRange } from '../../../../server/cdn/range.ts';

const WHOLE = { kind: 'whole' };
const OUTSIDE = { kind: 'unsatisfiable' };
const part = (start: number, end: number) => ({ kind: 'part', start, end });

/** RFC 9110, section 14, on a content of 10,000 bytes as in its examples. */
const TABLE: readonly [header: string | undefined, answer: object][] = [
  [undefined, WHOLE],
  ['bytes=0-499', part(0, 500)],
  ['bytes=500-999', part(500, 1000)],
  ['bytes=-500', part(9500, 10_000)],
  ['bytes=9500-', part(9500, 10_000)],
  ['bytes=0-0', part(0, 1)],
  ['bytes=-1', part(9999, 10_000)],
  ['bytes=9999-', part(9999, 10_000)],
  ['bytes= 0-1 ', part(0, 2)],
  ['BYTES=0-1', part(0, 2)],
  // Longer than the content: what there is.
  ['bytes=0-99999', part(0, 10_000)],
  ['bytes=-99999', part(0, 10_000)],
  ['bytes=0-99999999999999999999999999', part(0, 10_000)],
  // Nothing of it exists.
  ['bytes=10000-', OUTSIDE],
  ['bytes=10000-10001', OUTSIDE],
  ['bytes=99999999999999999999999999-', OUTSIDE],
  ['bytes=-0', OUTSIDE],
  // Not a valid range, or not one we serve: ignored.
  ['bytes=5-2', WHOLE],
  ['bytes=-', WHOLE],
  ['bytes=', WHOLE],
  ['bytes=a-b', WHOLE],
  ['bytes=1.5-3', WHOLE],
  ['bytes=-5-7', WHOLE],
  ['items=0-5', WHOLE],
  ['0-5', WHOLE],
  ['bytes=0-0,-1', WHOLE],
  ['bytes=500-600,601-999', WHOLE],
];

test('answers each range as RFC 9110 says', async (t) => {
  for (const [header, answer] of TABLE) t.same(answerRange(header, 10_000), answer, String(header));
});
