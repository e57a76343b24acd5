import { test } from 'tap';
import { toProblem } from '../../../../server/plugins/errors.ts';
import { ProblemError } from '../../../../server/problem.ts';
import { StorageError, type StorageErrorCode } from '../../../../server/storage/storage-error.ts';

const ID = 'a'.repeat(64);

test('failures of the storage become problems of their own', async (t) => {
  const table: readonly [code: StorageErrorCode, type: string, status: number][] = [
    ['no-such-video', 'no-such-video', 404], ['no-space', 'no-space', 507], ['unavailable', 'storage-unavailable', 503],
    ['bad-cursor', 'bad-request', 400], ['corrupt', 'internal', 500],
  ];
  for (const [code, type, status] of table) {
    const problem = toProblem(new StorageError(code, 'words', { details: { contentId: ID, neededBytes: 2, freeBytes: 1 } }), 'r');
    t.match(problem.toDocument(), { type: `/problems/${type}`, status }, code);
  }
  t.match(toProblem(new StorageError('no-space', 'words', { details: { neededBytes: 2, freeBytes: 1 } }), 'r').toDocument(), { neededBytes: 2, freeBytes: 1 });
  t.match(toProblem(new StorageError('unavailable', 'words'), 'r').headers, { 'retry-after': /^\d+$/ });
});

test('what failed inside is not told, the request id is', async (t) => {
  const secret = 'mongodb://user:password@host';
  for (const error of [new Error(secret), new TypeError(secret), new StorageError('corrupt', secret), new StorageError('unavailable', secret), secret, undefined]) {
    const document = JSON.stringify(toProblem(error, 'the-request-id').toDocument());
    t.notMatch(document, 'password');
    t.match(document, 'the-request-id');
  }
});

test('a problem goes through as it is', async (t) => {
  const problem = new ProblemError({ type: 'conflict', status: 409, title: 'a', detail: 'b', extensions: { c: 1 } });
  t.equal(toProblem(problem, 'r'), problem);
  t.same(problem.toDocument(), { type: '/problems/conflict', title: 'a', status: 409, detail: 'b', c: 1 });
});
