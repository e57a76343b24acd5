/**
 * The Range header (RFC 9110, section 14). One range is served as 206. Several ranges in one request are answered with the
 * whole content, which section 14.2 permits: no client of videos asks for them, and `multipart/byteranges` is a way to make
 * a server do a lot of work.
 */

export type RangeAnswer =
  | { readonly kind: 'whole' }
  /** `start` inclusive, `end` exclusive; never empty. */
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' };

const WHOLE: RangeAnswer = { kind: 'whole' };
const UNSATISFIABLE: RangeAnswer = { kind: 'unsatisfiable' };

/** What to serve of a content of `sizeBytes`. A header that is not understood is ignored, as the RFC demands. */
export function answerRange(header: string | undefined, sizeBytes: number): RangeAnswer {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return WHOLE;
  if (first === '') {
    const suffixBytes = Math.min(Number(last), sizeBytes);
    return suffixBytes === 0 ? UNSATISFIABLE : { kind: 'part', start: sizeBytes - suffixBytes, end: sizeBytes };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return WHOLE;
  if (start >= sizeBytes) return UNSATISFIABLE;
  return { kind: 'part', start, end: last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes) };
}
