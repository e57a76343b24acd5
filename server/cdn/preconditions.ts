/** Conditional requests (RFC 9110, section 13) on a resource whose strong ETag never changes. */

interface ConditionalHeaders {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
  readonly 'if-range'?: string | string[] | undefined;
}

export type Precondition = 'go-on' | 'not-modified' | 'failed';

/** `etag` with its quotes. In the order of section 13.2.2; there is no Last-Modified, so dates are not looked at. */
export function checkPreconditions(headers: ConditionalHeaders, etag: string): Precondition {
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined && !lists(ifMatch, (tag) => tag === etag)) return 'failed';
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && lists(ifNoneMatch, (tag) => tag.replace(/^W\//, '') === etag)) return 'not-modified';
  return 'go-on';
}

/** Whether a Range header counts: If-Range must be absent or exactly our strong tag. */
export function rangeCounts(headers: ConditionalHeaders, etag: string): boolean {
  const ifRange = headers['if-range'];
  return ifRange === undefined || (typeof ifRange === 'string' && ifRange.trim() === etag);
}

/** Commas inside a quoted tag do not matter here: ours has none, so such a tag cannot be equal to it. */
function lists(header: string, matches: (tag: string) => boolean): boolean {
  return header.split(',').some((part) => part.trim() === '*' || matches(part.trim()));
}
