import { appendFile, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { FolderRecords, type FolderRecord } from '../../../../server/folder/folder-records.ts';

function record(path: string, options: Partial<FolderRecord> = {}): FolderRecord {
  return { path, sizeBytes: 100, mtimeMs: 1.5, inode: 7, contentId: 'a'.repeat(64), absentSinceMs: null, ...options };
}

test('remembers the last that was said of each path, and no more lines than needed', async (t) => {
  const path = join(t.testdir(), 'files.jsonl');
  const records = new FolderRecords({}, { path });
  await records.load();
  records.set(record('gone.mp4'));
  records.delete('gone.mp4');
  for (let round = 0; round < 2_000; round += 1) {
    records.set(record('a.mp4', { mtimeMs: round }));
    if (round % 100 === 0) await records.flush();
  }
  records.set(record('b/ü "x"\n.mp4', { absentSinceMs: 5 }));
  await records.flush();
  t.ok((await readFile(path, 'utf8')).split('\n').length < 1_000);
  const again = new FolderRecords({}, { path });
  await again.load();
  t.same([...again.all()], [record('a.mp4', { mtimeMs: 1_999 }), record('b/ü "x"\n.mp4', { absentSinceMs: 5 })]);
});

test('leaves out a line that a power cut tore, and goes on with the next', async (t) => {
  const path = join(t.testdir(), 'files.jsonl');
  const records = new FolderRecords({}, { path });
  records.set(record('a.mp4'));
  records.set(record('b.mp4'));
  await records.flush();
  const { length } = await readFile(path);
  await truncate(path, length - 20);
  const after = new FolderRecords({}, { path });
  await after.load();
  after.set(record('c.mp4'));
  await after.flush();
  await appendFile(path, 'not json\n{"path":"d.mp4"}\n');
  const again = new FolderRecords({}, { path });
  await again.load();
  t.same([...again.all()].map((one) => one.path), ['a.mp4', 'c.mp4']);
});

test('finds a file again by its looks, and all paths of a content', async (t) => {
  const records = new FolderRecords({}, { path: join(t.testdir(), 'files.jsonl') });
  records.set(record('a.mp4'));
  records.set(record('b.mp4'));
  t.same(records.pathsOf('a'.repeat(64)), ['a.mp4', 'b.mp4']);
  t.equal(records.lookalike({ path: 'c.mp4', sizeBytes: 100, mtimeMs: 1.5, inode: 7 })?.path, 'a.mp4');
  records.delete('a.mp4');
  t.equal(records.lookalike({ path: 'c.mp4', sizeBytes: 100, mtimeMs: 1.5, inode: 7 })?.path, 'b.mp4');
  for (const other of [{ sizeBytes: 101 }, { mtimeMs: 1.6 }, { inode: 8 }]) t.equal(records.lookalike({ path: 'c.mp4', sizeBytes: 100, mtimeMs: 1.5, inode: 7, ...other }), undefined);
  records.delete('b.mp4');
  t.equal(records.hasContent('a'.repeat(64)), false);
});
