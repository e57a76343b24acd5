import { test } from 'tap';
import { Hints } from '../../../../server/folder/hints.ts';
import { SettlingFiles } from '../../../../server/folder/settling.ts';
import type { FolderFile } from '../../../../server/folder/folder-file.ts';

function look(path: string, sizeBytes: number, mtimeMs = 1): FolderFile {
  return { path, sizeBytes, mtimeMs, inode: 1 };
}

test('a file is due once it was seen the same for long enough, and each change begins anew', async (t) => {
  const settling = new SettlingFiles({}, { settleMs: 100 });
  settling.seen(look('copied.mp4', 1), 0);
  settling.seen(look('still.mp4', 5), 10);
  t.equal(settling.nextDueMs(), 100);
  settling.seen(look('copied.mp4', 2), 90);
  settling.seen(look('still.mp4', 5), 95);
  t.same(settling.takeDue(105, 10), []);
  t.same(settling.takeDue(110, 10), [look('still.mp4', 5)]);
  settling.seen(look('copied.mp4', 2, 2), 180);
  t.equal(settling.nextDueMs(), 280, 'also when only its time changed');
  t.same(settling.takeDue(280, 10), [look('copied.mp4', 2, 2)]);
  t.equal(settling.nextDueMs(), Infinity);
});

test('hints are gathered, and too many of them mean the whole folder', async (t) => {
  const hints = new Hints({}, { delayMs: 50 });
  t.equal(hints.dueMs, Infinity);
  for (let at = 0; at < 1_000; at += 1) hints.add('one.mp4', at);
  t.equal(hints.dueMs, 50, 'a file that is written to all the time is looked at nevertheless');
  t.same(hints.take(), ['one.mp4']);
  for (let at = 0; at < 1_000; at += 1) hints.add(`${at}.mp4`, 0);
  t.same(hints.take(), ['']);
  t.equal(hints.dueMs, Infinity);
});
