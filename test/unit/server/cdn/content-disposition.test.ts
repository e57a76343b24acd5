import * as fc from 'fast-check';
import { test } from 'tap';
import { contentDisposition } from '../../../../server/cdn/content-disposition.ts';

test('names are sent in ASCII, and in UTF-8 where that loses something', async (t) => {
  t.equal(contentDisposition('inline', 'a film.mp4'), 'inline; filename="a film.mp4"');
  t.equal(contentDisposition('attachment', 'Zürich €.mp4'), "attachment; filename=\"Z_rich _.mp4\"; filename*=UTF-8''Z%C3%BCrich%20%E2%82%AC.mp4");
  t.equal(contentDisposition('inline', '100% "real".mp4'), "inline; filename=\"100_ _real_.mp4\"; filename*=UTF-8''100%25%20%22real%22.mp4");
  t.equal(contentDisposition('inline', "it's (1)*🎬.mp4"), "inline; filename=\"it's (1)*_.mp4\"; filename*=UTF-8''it%27s%20%281%29%2A%F0%9F%8E%AC.mp4");
});

test('no name leads out of the folder it is saved to', async (t) => {
  t.equal(contentDisposition('inline', '../../etc/passwd'), 'inline; filename=".._.._etc_passwd"');
  t.equal(contentDisposition('inline', 'C:\\x.mp4'), 'inline; filename="C:_x.mp4"');
  for (const name of ['', '..', '.', '\r\n', ' ']) t.equal(contentDisposition('inline', name), 'inline; filename="video"');
});

test('no name injects a header or breaks out of its quotes', async (t) => {
  const valid = /^inline; filename="[ !#$&-[\]-~]+"(; filename\*=UTF-8''[\w!#$&+.^`|~%-]+)?$/;
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('\r', '\n', '"', '\\', ';', '\ud800', 'é', 'a') })), (name) => {
    const header = contentDisposition('inline', name);
    return valid.test(header);
  }));
  t.pass();
});
