import { test } from 'tap';
import { RecentLog } from '../../../../server/admin/recent-log.ts';

function logLine(msg: string, more: object = {}): string {
  return `${JSON.stringify({ level: 30, time: 1_700_000_000_000, pid: 1, hostname: 'nas', msg, ...more })}\n`;
}

const nowhere = { write: () => true };

test('every line goes on as it is, at once', async (t) => {
  const seen: string[] = [];
  const log = new RecentLog({ write: (line) => seen.push(line) }, { maxLines: 1 });
  const lines = [logLine('one'), 'not of the logger\n', logLine('x'.repeat(100_000))];
  for (const line of lines) log.write(line);
  t.same(seen, lines);
});

test('keeps the newest lines, up to a number', async (t) => {
  const log = new RecentLog(nowhere, { maxLines: 3 });
  t.same(log.after(0, 'trace'), []);
  for (let at = 1; at <= 7; at += 1) log.write(logLine(`line ${at}`));
  t.same(log.after(0, 'trace').map(({ seq, message }) => [seq, message]), [[5, 'line 5'], [6, 'line 6'], [7, 'line 7']]);
  t.equal(log.oldestSeq, 5);
  t.equal(log.lastSeq, 7);
});

test('keeps the newest lines, up to a size', async (t) => {
  const line = logLine('x'.repeat(1000));
  const log = new RecentLog(nowhere, { maxChars: line.length * 4 });
  for (let at = 1; at <= 10; at += 1) log.write(line);
  t.same(log.after(0, 'trace').map(({ seq }) => seq), [7, 8, 9, 10]);
});

test('of warnings and errors more is kept than of the rest', async (t) => {
  const log = new RecentLog(nowhere, { maxLines: 3, maxWarnings: 2 });
  for (const level of [40, 50, 30, 60]) log.write(logLine(`at ${level}`, { level }));
  for (let at = 5; at <= 9; at += 1) log.write(logLine(`request ${at}`));
  t.same(log.after(0, 'trace').map(({ message }) => message), ['at 50', 'at 60', 'request 7', 'request 8', 'request 9']);
  t.equal(log.oldestSeq, 7, 'from where nothing is missing');
  log.write(logLine('at 40 again', { level: 40 }));
  t.same(log.after(4, 'trace').map(({ message }) => message), ['request 8', 'request 9', 'at 40 again'], 'each once');
});

test('a line that would push out all others keeps what tells when and how bad', async (t) => {
  const log = new RecentLog(nowhere);
  log.write(logLine('first'));
  log.write(logLine('y'.repeat(600_000), { level: 50, reqId: 'r1' }));
  const [, long] = log.after(0, 'trace');
  t.equal(log.after(0, 'trace').length, 2);
  t.match(long, { level: 'error', requestId: 'r1', time: '2023-11-14T22:13:20.000Z' });
  t.match(long?.details['shortened'], /has 600\d{3} characters/);
});

test('tells what came after a number, and from a level up', async (t) => {
  const log = new RecentLog(nowhere, { maxLines: 10 });
  for (const level of [10, 20, 30, 40, 50, 60]) log.write(logLine(`at ${level}`, { level }));
  t.same(log.after(4, 'trace').map(({ seq }) => seq), [5, 6]);
  t.same(log.after(6, 'trace'), []);
  t.same(log.after(0, 'warn').map(({ level }) => level), ['warn', 'error', 'fatal']);
  t.same(log.after(99, 'error').map(({ seq }) => seq), [5, 6], 'a number of an earlier process begins anew');
});

test('takes a line apart', async (t) => {
  const log = new RecentLog(nowhere);
  log.write(logLine('request', { reqId: 'abc', status: 200, err: { type: 'Error', message: 'no' } }));
  log.write('Something a library printed\n');
  t.match(log.after(0, 'trace'), [
    { level: 'info', message: 'request', requestId: 'abc', details: { status: 200, err: { message: 'no' } } },
    { level: 'info', message: 'Something a library printed', requestId: null, details: {} },
  ]);
  t.notOk('pid' in (log.after(0, 'trace')[0]?.details ?? {}));
});

test('a secret that an error repeats is hidden', async (t) => {
  const secrets = ['tok"en', 'mongodb://me:pass@db/x', undefined, ''];
  const log = new RecentLog(nowhere, { secrets });
  log.write(logLine('with tok"en', { err: { message: 'connect to mongodb://me:pass@db/x', deep: ['a tok"en'] } }));
  log.write(logLine('another mongodb://root:hunter2@host:27017/db failed'));
  log.write('tok"en by itself\n');
  const text = JSON.stringify(log.after(0, 'trace'));
  t.notMatch(text, /tok\\?"en|pass@|hunter2/);
  t.match(text, /with \[hidden\]/);
  t.match(text, /mongodb:\/\/\[hidden\]@host:27017\/db failed/);
});
