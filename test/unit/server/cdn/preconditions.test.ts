import { test } from 'tap';
import { checkPreconditions, rangeCounts } from '../../../../server/cdn/preconditions.ts';

const ETAG = '"abc"';

test('preconditions against a strong ETag', async (t) => {
  t.equal(checkPreconditions({}, ETAG), 'go-on');
  t.equal(checkPreconditions({ 'if-none-match': '"abc"' }, ETAG), 'not-modified');
  t.equal(checkPreconditions({ 'if-none-match': 'W/"abc"' }, ETAG), 'not-modified', 'compares weakly');
  t.equal(checkPreconditions({ 'if-none-match': '"x", "abc"' }, ETAG), 'not-modified');
  t.equal(checkPreconditions({ 'if-none-match': '*' }, ETAG), 'not-modified');
  t.equal(checkPreconditions({ 'if-none-match': '"x"' }, ETAG), 'go-on');
  t.equal(checkPreconditions({ 'if-match': '"abc"' }, ETAG), 'go-on');
  t.equal(checkPreconditions({ 'if-match': '*' }, ETAG), 'go-on');
  t.equal(checkPreconditions({ 'if-match': 'W/"abc"' }, ETAG), 'failed', 'compares strongly');
  t.equal(checkPreconditions({ 'if-match': '"x"', 'if-none-match': '"abc"' }, ETAG), 'failed', 'If-Match comes first');
});

test('a range counts without If-Range or with exactly the tag', async (t) => {
  t.equal(rangeCounts({}, ETAG), true);
  t.equal(rangeCounts({ 'if-range': '"abc"' }, ETAG), true);
  t.equal(rangeCounts({ 'if-range': '"x"' }, ETAG), false);
  t.equal(rangeCounts({ 'if-range': 'W/"abc"' }, ETAG), false, 'a weak tag never counts');
  t.equal(rangeCounts({ 'if-range': 'Sat, 29 Oct 1994 19:43:31 GMT' }, ETAG), false, 'there is no date to compare');
});
