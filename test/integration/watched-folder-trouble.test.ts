/** What a watched folder does where the system does not go along: no rights, no watches, no room for its index. */
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { FolderLibrary } from '../../server/folder/folder-library.ts';
import type { FolderHooks, FolderOptions } from '../../server/folder/folder-options.ts';
import { eventually } from '../fixtures/http.ts';
import { watchedFolder, type WatchedFolder } from '../fixtures/watched-folder.ts';

const NOBODY = 65_534;
const QUIET: FolderHooks = { isBusy: () => false, shown: () => undefined, hidden: async () => undefined };

interface Messages {
  readonly lines: string[];
  readonly log: ConstructorParameters<typeof FolderLibrary>[0]['log'];
}

function messages(): Messages {
  const lines: string[] = [];
  return { lines, log: { warn: (_details, message) => { lines.push(message); }, info: () => undefined } };
}

/** What node:fs does when the system's limit is reached. */
function watchFolder(): never {
  throw Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), { code: 'ENOSPC' });
}

function options({ dir, dataDir }: WatchedFolder, timings: Partial<FolderOptions> = {}): FolderOptions {
  return { dir, indexDir: join(dataDir, 'folder'), ignore: ['.*'], rescanMs: 3_600_000, hashMbps: 0, settleMs: 50, hintDelayMs: 20, retryMs: 50, ...timings };
}

async function looked(folder: FolderLibrary): Promise<void> {
  const before = folder.figures().lastScanAt;
  folder.rescan();
  await eventually('the folder was looked through', () => folder.figures().lastScanAt !== before);
}

test('what cannot be read is told once and left out, and comes when it can', async (t) => {
  const library = await watchedFolder(t);
  await library.put('good.mp4');
  await library.put('closed/one.mp4');
  await library.put('locked.mp4');
  await mkdir(library.dataDir);
  await Promise.all([library.dataDir, library.dir, join(library.dir, 'closed'), join(library.dir, 'locked.mp4'), join(library.dir, 'good.mp4')].map((path) => chown(path, NOBODY, NOBODY)));
  await chmod(join(library.dir, '..'), 0o755);
  await chmod(join(library.dir, 'closed'), 0);
  await chmod(join(library.dir, 'locked.mp4'), 0);
  // Root may read everything.
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  const { lines, log } = messages();
  const folder = new FolderLibrary({ log }, options(library));
  try {
    folder.start(QUIET);
    await eventually('the good one is there, and the others are told', () => folder.figures().videos === 1 && folder.figures().problems.length === 2);
    t.same(folder.figures().problems.map(({ path }) => path).toSorted(), ['closed', 'locked.mp4']);
    t.match(folder.notices(), [{ code: 'library-unreadable', severity: 'warning', what: /2 places/ }]);
    await looked(folder);
    await looked(folder);
    await eventually('it tried again', () => folder.figures().waiting === 0);
    t.equal(lines.length, 2, 'each once');
    await chmod(join(library.dir, 'closed'), 0o755);
    await chmod(join(library.dir, 'locked.mp4'), 0o644);
    await looked(folder);
    await eventually('all are there', () => folder.figures().videos === 3);
    await looked(folder);
    t.same(folder.notices(), []);
  } finally {
    await folder.stop();
    if (isRoot) process.seteuid?.(0);
  }
});

test('without watches the rescan finds what comes and goes, and that is told once', async (t) => {
  const library = await watchedFolder(t);
  await library.put('a/one.mp4');
  const { lines, log } = messages();
  const folder = new FolderLibrary({ log, watchFolder }, options(library, { rescanMs: 200 }));
  t.teardown(() => folder.stop());
  folder.start(QUIET);
  await eventually('the first is there', () => folder.figures().videos === 1);
  await library.put('b/two.mp4');
  await eventually('the second too', () => folder.figures().videos === 2);
  await rm(join(library.dir, 'a'), { recursive: true });
  await eventually('the first has gone', () => folder.figures().videos === 1);
  t.match(folder.notices(), [{ code: 'library-watch-limited', severity: 'hint' }]);
  t.equal(lines.length, 1);
});

test('a data directory that cannot be written to is told, and tried until it can', async (t) => {
  const library = await watchedFolder(t);
  await library.put('one.mp4');
  await writeFile(library.dataDir, 'a file where the data directory should be');
  const { lines, log } = messages();
  const folder = new FolderLibrary({ log }, options(library));
  t.teardown(() => folder.stop());
  folder.start(QUIET);
  await eventually('it says so', () => folder.notices().some(({ code }) => code === 'library-index-failed'));
  await rm(library.dataDir);
  await eventually('the video is there', () => folder.figures().videos === 1);
  t.same(folder.notices(), []);
  t.equal(lines.length, 1);
});

test('an index that cannot be written in the middle of a walk is told as that, and not as a folder that is gone', async (t) => {
  const library = await watchedFolder(t);
  const indexDir = join(library.dataDir, 'folder');
  const journal = join(indexDir, 'files.jsonl');
  await mkdir(indexDir, { recursive: true });
  // As many as are shown while a walk goes on; each stands under another inode than before, so the journal has to be written.
  const lines = await Promise.all(Array.from({ length: 520 }, async (_, index) => {
    const path = `${index}.mp4`;
    await library.put(path, Buffer.from('x'));
    const { size, mtimeMs } = await stat(join(library.dir, path));
    return JSON.stringify({ path, sizeBytes: size, mtimeMs, inode: 1, contentId: index.toString(16).padStart(64, '0'), absentSinceMs: null });
  }));
  // With these a line more is appended, and the journal not yet made anew.
  const absent = Array.from({ length: 2_000 }, (_, index) =>
    JSON.stringify({ path: `gone-${index}.mp4`, sizeBytes: 1, mtimeMs: index, inode: 2, contentId: index.toString(16).padStart(64, 'f'), absentSinceMs: Date.now() }));
  await writeFile(journal, `${[...lines, ...absent].join('\n')}\n`);
  await Promise.all([library.dataDir, indexDir, journal].map((path) => chown(path, NOBODY, NOBODY)));
  await chmod(join(library.dir, '..'), 0o755);
  await chmod(journal, 0o444);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  const folder = new FolderLibrary(messages(), options(library));
  try {
    folder.start(QUIET);
    await eventually('it says so', () => folder.notices().length > 0);
    t.match(folder.notices(), [{ code: 'library-index-failed' }]);
    t.equal(folder.notices().length, 1);
    await chmod(journal, 0o644);
    await eventually('the folder was looked through', () => folder.figures().lastScanAt !== null && folder.notices().length === 0);
  } finally {
    await folder.stop();
    if (isRoot) process.seteuid?.(0);
  }
});

test('a name that is no UTF-8 is told, and no more once what bore it is gone', async (t) => {
  const library = await watchedFolder(t);
  await library.put('good.mp4');
  await mkdir(join(library.dir, 'sub'));
  const misspelt = Buffer.concat([Buffer.from(join(library.dir, 'sub', 'caf')), Buffer.from([0xe9]), Buffer.from('.mp4')]);
  await writeFile(misspelt, 'x');
  const folder = new FolderLibrary(messages(), options(library));
  t.teardown(() => folder.stop());
  folder.start(QUIET);
  await eventually('the good one is there', () => folder.figures().videos === 1);
  t.match(folder.figures().problems, [{ path: 'sub', reason: /not written in UTF-8/ }]);
  await rm(join(library.dir, 'sub'), { recursive: true });
  await eventually('nothing is left to tell', async () => {
    await looked(folder);
    return folder.figures().problems.length === 0;
  });
});

test('a lost index is made again, and what is known of files long gone is forgotten', async (t) => {
  const library = await watchedFolder(t);
  await library.put('one.mp4');
  await library.put('two.mp4');
  const first = new FolderLibrary(messages(), options(library, { keepAbsentMs: 0 }));
  first.start(QUIET);
  await eventually('both are there', () => first.figures().videos === 2);
  t.equal((await first.videos.entries()).length, 2);
  await rm(join(library.dir, 'two.mp4'));
  await eventually('one has gone', () => first.figures().videos === 1);
  await eventually('it was forgotten', async () => {
    await looked(first);
    return (await first.videos.entries()).length === 1;
  });
  await first.stop();
  await rm(join(library.dataDir, 'folder', 'files.jsonl'));
  await rename(join(library.dir, 'one.mp4'), join(library.dir, 'uno.mp4'));
  const second = new FolderLibrary(messages(), options(library));
  t.teardown(() => second.stop());
  second.start(QUIET);
  await eventually('it is there again', () => second.figures().videos === 1);
  t.match((await second.videos.list({ sort: 'title', limit: 9 })).items, [{ title: 'uno', folderPath: 'uno.mp4' }]);
});

test('beside viewers it hashes slowly, and fast again when they left', async (t) => {
  const library = await watchedFolder(t);
  await library.put('film.mp4', randomBytes(12 * 1024 * 1024));
  let isBusy = true;
  const folder = new FolderLibrary(messages(), options(library));
  t.teardown(() => folder.stop());
  folder.start({ ...QUIET, isBusy: () => isBusy });
  const startedMs = await eventually('it began', () => folder.figures().hashing !== null && performance.now());
  await eventually('it came some way', () => (folder.figures().hashing?.doneBytes ?? 0) >= 2 * 1024 * 1024);
  t.ok(performance.now() - startedMs > 400, 'two MiB took about a second');
  isBusy = false;
  const leftMs = performance.now();
  await eventually('it is there', () => folder.figures().videos === 1);
  t.ok(performance.now() - leftMs < 4_000, 'the rest would have taken five seconds');
});
