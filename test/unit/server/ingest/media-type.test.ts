import { test } from 'tap';
import { mediaTypeFor } from '../../../../server/ingest/media-type.ts';

test('a declared media type is kept, without its parameters', async (t) => {
  t.equal(mediaTypeFor('a', 'video/x-something'), 'video/x-something');
  t.equal(mediaTypeFor('a.mkv', 'Video/MP4; codecs="avc1"'), 'video/mp4');
});

test('a type that says nothing is guessed from the name', async (t) => {
  for (const declared of [undefined, '', 'application/octet-stream', 'application/x-www-form-urlencoded', 'nonsense']) {
    t.equal(mediaTypeFor('Film.MKV', declared), 'video/x-matroska');
    t.equal(mediaTypeFor('film', declared), 'application/octet-stream');
  }
});

test('a type that would run in the page is never kept', async (t) => {
  for (const declared of ['text/html', 'image/svg+xml', 'application/javascript', 'application/xhtml+xml', 'text/xml']) {
    t.equal(mediaTypeFor('film.html', declared), 'application/octet-stream', declared);
  }
});
