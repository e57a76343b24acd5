import { ERRORS } from '@tus/server';
import { test } from 'tap';
import { fromTus, tooLarge } from '../../../../server/ingest/problems.ts';

test('asking after an upload that is being put into the library is answered with 423, which clients try again', async (t) => {
  t.match(fromTus(ERRORS.ERR_LOCK_TIMEOUT, {}), { status: 423, type: 'conflict', headers: { 'retry-after': /^\d+$/ } });
});

test('what the library refuses becomes a problem in words, and its own failures stay what they are', async (t) => {
  t.match(fromTus(ERRORS.INVALID_OFFSET, {}), { status: 409, message: /HEAD/ });
  t.match(fromTus(ERRORS.FILE_NO_LONGER_EXISTS, {}), { status: 410, type: 'upload-expired' });
  t.equal(fromTus(ERRORS.UNKNOWN_ERROR, {}), ERRORS.UNKNOWN_ERROR);
  const ours = tooLarge(5);
  t.equal(fromTus(ours, {}), ours);
});
