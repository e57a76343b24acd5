/** Videos that are on the disk already: how they come into the library, stay true, and go. */
import { randomBytes } from 'node:crypto';
import { appendFile, lstat, open, readdir, rename, rm, symlink, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { createEngine, manifestFromJson, MemoryPieceStore, type Manifest } from '../../engine/index.ts';
import type { Video } from '../../server/storage/video-store.ts';
import { putVideo, type RunningAppliance } from '../fixtures/appliance.ts';
import { eventually, fetchWhole, open as openUrl } from '../fixtures/http.ts';
import { mongoDatabase } from '../fixtures/mongo.ts';
import { startFolderNode, watchedFolder } from '../fixtures/watched-folder.ts';

const MIB = 1024 * 1024;

async function manifestOf({ url }: RunningAppliance, video: Video | undefined): Promise<Manifest> {
  return manifestFromJson(await (await fetch(`${url}/api/videos/${video?.contentId}/manifest`)).json());
}

test('a file appears where it lies once it stops changing, and is served by ranges', async (t) => {
  const library = await watchedFolder(t);
  const node = await startFolderNode(t, library, {}, { settleMs: 400 });
  await node.untilTitles();
  const path = join(library.dir, 'Films', 'A film.mp4');
  const parts = [await library.put('Films/A film.mp4', randomBytes(MIB))];
  for (let round = 0; round < 8; round += 1) {
    const part = randomBytes(100_000);
    await appendFile(path, part);
    parts.push(part);
    await eventually('the part was seen', () => node.folder.figures().waiting === 1);
    t.equal(node.folder.figures().hashedBytes, 0, 'what is still being copied is not read');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const bytes = Buffer.concat(parts);
  const [video] = await node.untilTitles('A film');
  t.match(video, { name: 'A film.mp4', mediaType: 'video/mp4', sizeBytes: bytes.length, folderPath: 'Films/A film.mp4' });
  t.equal(node.folder.figures().hashedBytes, bytes.length, 'read once');
  const url = `${node.url}/videos/${video?.contentId}/content`;
  t.ok((await fetchWhole(url)).body.equals(bytes));
  const part = await fetchWhole(url, { headers: { range: 'bytes=1000000-1200000' } });
  t.equal(part.status, 206);
  t.ok(part.body.equals(bytes.subarray(1_000_000, 1_200_001)));
  t.same(await readdir(join(library.dataDir, 'videos')), [], 'nothing was copied');
  const status = await (await fetch(`${node.url}/api/status`)).json() as { storage: unknown };
  t.match(status.storage, { usedBytes: 0, folderBytes: bytes.length });
  t.match(node.folder.figures(), { dir: library.dir, videos: 1, sizeBytes: bytes.length, waiting: 0, hashing: null, problems: [] });
  t.same(node.folder.notices(), []);
});

test('a viewer whom the CDN refuses gets a file of the folder from the seeder', async (t) => {
  const library = await watchedFolder(t);
  const bytes = await library.put('film.mp4', randomBytes(700_000));
  const node = await startFolderNode(t, library, { seeder: true, cdnMaxStreams: 0 });
  const [video] = await node.untilTitles('film');
  const engine = createEngine({ appliances: [node.url] });
  t.teardown(() => engine.stop());
  const download = await engine.open(await manifestOf(node, video), { store: new MemoryPieceStore(), timeoutMs: 20_000 });
  await download.finished;
  t.ok(Buffer.from(await download.read(0, bytes.length)).equals(bytes));
  t.same(download.figures().bytesFrom, { cdn: 0, peers: 0, seeder: bytes.length });
  const other = await library.put('film.mp4', randomBytes(700_000));
  const [changed] = await node.untilTitles('film').then(() => eventually('the changed file is there', async () => {
    const videos = await node.videos();
    return videos[0] !== undefined && videos[0].contentId !== video?.contentId && videos;
  }));
  t.ok((await fetchWhole(`${node.url}/api/videos/${video?.contentId}`)).status === 404);
  const again = await engine.open(await manifestOf(node, changed), { store: new MemoryPieceStore(), timeoutMs: 20_000 });
  await again.finished;
  t.ok(Buffer.from(await again.read(0, other.length)).equals(other), 'and the seeder goes on with what the file holds now');
});

test('files that are none of ours cost nothing and are not shown', async (t) => {
  const library = await watchedFolder(t);
  await Promise.all(['Film.mkv', 'Film.nfo', 'poster.jpg', 'Film.en.srt', '.hidden.mp4', '@eaDir/Film.mkv', 'Show/@eaDir/x.mp4', 'half.mp4.part', 'Extras/bonus.mp4', 'Deep/er/Song.mp3'].map((path) => library.put(path)));
  await library.put('empty.mp4', Buffer.alloc(0));
  const outside = await watchedFolder(t);
  await outside.put('secret.mp4');
  await symlink(outside.dir, join(library.dir, 'link'));
  await symlink(join(outside.dir, 'secret.mp4'), join(library.dir, 'link.mp4'));
  await symlink('..', join(library.dir, 'Deep', 'loop'));
  const node = await startFolderNode(t, library, { libraryIgnore: ['.*', '@eaDir', 'extras/*'] });
  await node.untilTitles('Film', 'Song');
  const { ignored, hashedBytes } = node.folder.figures();
  t.equal(ignored, 11);
  t.equal(hashedBytes, 100_000);
  await library.put('@eaDir/later.mp4');
  await library.put('empty.mp4');
  await node.untilTitles('Film', 'Song', 'empty');
});

test('a file that vanishes leaves the library, and one that comes back is not read again', async (t) => {
  const library = await watchedFolder(t);
  await library.put('one.mp4');
  await library.put('sub/two.mp4');
  const node = await startFolderNode(t, library);
  const [one] = await node.untilTitles('one', 'two');
  await rename(join(library.dir, 'one.mp4'), `${library.dir}.one`);
  await node.untilTitles('two');
  t.equal((await fetchWhole(`${node.url}/videos/${one?.contentId}/content`)).status, 404);
  await rename(join(library.dir, 'sub'), `${library.dir}.sub`);
  await library.put('three.mp4');
  await node.untilTitles('three');
  await rename(`${library.dir}.one`, join(library.dir, 'one.mp4'));
  await rename(`${library.dir}.sub`, join(library.dir, 'sub'));
  await node.untilTitles('one', 'two', 'three');
  t.equal(node.folder.figures().hashedBytes, 150_000, 'each file was read once');
});

test('a file that moves keeps its title, and is not read again', async (t) => {
  const library = await watchedFolder(t);
  await library.put('inbox/one.mp4');
  await library.put('inbox/two.mp4');
  const node = await startFolderNode(t, library);
  const [one] = await node.untilTitles('one', 'two');
  const renamed = await fetchWhole(`${node.url}/api/videos/${one?.contentId}`, {
    method: 'PATCH', headers: { authorization: `Bearer ${node.adminToken}`, 'content-type': 'application/json' }, body: JSON.stringify({ title: 'My own title' }),
  });
  t.equal(renamed.status, 200);
  await rename(join(library.dir, 'inbox'), join(library.dir, 'Films'));
  await rename(join(library.dir, 'Films', 'two.mp4'), join(library.dir, 'Films', 'three.mp4'));
  const videos = await node.untilTitles('My own title', 'three');
  await eventually('both lie in the new folder', async () => (await node.videos()).every(({ folderPath }) => folderPath?.startsWith('Films/') === true));
  t.match(await node.videos(), [{ contentId: one?.contentId, folderPath: 'Films/one.mp4' }, { name: 'three.mp4', folderPath: 'Films/three.mp4' }]);
  t.equal(videos.length, 2);
  t.equal(node.folder.figures().hashedBytes, 100_000);
});

test('the same bytes at two places are one video, until both are gone', async (t) => {
  const library = await watchedFolder(t);
  const bytes = await library.put('a.mp4');
  await library.put('b.mp4', bytes);
  const node = await startFolderNode(t, library);
  await eventually('both were read', () => node.folder.figures().hashedBytes === 2 * bytes.length && node.folder.figures().waiting === 0);
  const [video] = await eventually('it is listed', async () => {
    const videos = await node.videos();
    return videos.length === 1 && videos;
  });
  const other = video?.folderPath === 'a.mp4' ? 'b.mp4' : 'a.mp4';
  await rm(join(library.dir, video?.folderPath ?? ''));
  await eventually('the other place took over', async () => (await node.videos())[0]?.folderPath === other);
  t.ok((await fetchWhole(`${node.url}/videos/${video?.contentId}/content`)).body.equals(bytes));
  await rm(join(library.dir, other));
  await node.untilTitles();
});

test('a reader of a file that is written to gets no other bytes, but an end', async (t) => {
  const library = await watchedFolder(t);
  const bytes = await library.put('film.mp4', randomBytes(24 * MIB));
  // Nothing is noticed by itself in this test: the reader alone sees it.
  const node = await startFolderNode(t, library, {}, { hintDelayMs: 60_000 });
  const [video] = await node.untilTitles('film');
  const answer = await openUrl(`${node.url}/videos/${video?.contentId}/content`);
  const got: Buffer[] = [];
  const reading = answer.response.iterator();
  got.push((await reading.next()).value as Buffer);
  const file = await open(join(library.dir, 'film.mp4'), 'r+');
  await file.write(randomBytes(20 * MIB), 0, 20 * MIB, 4 * MIB);
  await file.close();
  await t.rejects((async () => {
    for (let next = await reading.next(); next.done !== true; next = await reading.next()) got.push(next.value as Buffer);
  })(), 'the connection is cut');
  const taken = Buffer.concat(got);
  t.ok(taken.length > 0 && taken.length < bytes.length);
  t.ok(taken.equals(bytes.subarray(0, taken.length)), 'what came is what the content id stands for');
  const later = await fetchWhole(`${node.url}/videos/${video?.contentId}/content`, { headers: { range: 'bytes=0-99' } });
  t.equal(later.status, 404, 'also before the folder was looked at again');
  await truncate(join(library.dir, 'film.mp4'), 10);
  t.equal((await fetchWhole(`${node.url}/videos/${video?.contentId}/content`, { headers: { range: 'bytes=0-99' } })).status, 404);
  await node.rescan();
  await eventually('only what is there now is listed', async () => {
    const videos = await node.videos();
    return videos.length === 1 && videos[0]?.sizeBytes === 10;
  });
});

test('a folder that goes away as a whole takes its videos along, and brings them back unread', async (t) => {
  const library = await watchedFolder(t);
  await library.put('one.mp4');
  await library.put('sub/two.mp4');
  const first = await startFolderNode(t, library);
  await first.untilTitles('one', 'two');
  await rename(library.dir, `${library.dir}-unmounted`);
  await first.untilTitles();
  t.match(first.folder.notices(), [{ code: 'library-folder-missing', severity: 'problem' }]);
  await rename(`${library.dir}-unmounted`, library.dir);
  await first.untilTitles('one', 'two');
  t.same(first.folder.notices(), []);
  t.equal(first.folder.figures().hashedBytes, 100_000);
  await library.put('three.mp4');
  await first.untilTitles('one', 'two', 'three');
  await first.appliance.stop();

  // What a mount point shows when nothing is mounted there.
  await rename(library.dir, `${library.dir}-unmounted`);
  const empty = await watchedFolder(t);
  await rename(empty.dir, library.dir);
  const second = await startFolderNode(t, library);
  await eventually('it says so', () => second.folder.notices().some(({ code }) => code === 'library-folder-empty'));
  t.same(await second.videos(), []);
  await rm(library.dir, { recursive: true });
  await rename(`${library.dir}-unmounted`, library.dir);
  await second.untilTitles('one', 'two', 'three');
  t.equal(second.folder.figures().hashedBytes, 0, 'a known file is not read again, over a restart and a lost mount');
});

test('a folder that is not there at start keeps nobody from starting', async (t) => {
  const library = await watchedFolder(t);
  await rename(library.dir, `${library.dir}-later`);
  const node = await startFolderNode(t, library);
  t.equal((await fetchWhole(`${node.url}/readyz`)).status, 200);
  await eventually('it says so', () => node.folder.notices().some(({ code }) => code === 'library-folder-missing'));
  await rename(`${library.dir}-later`, library.dir);
  await library.put('film.mp4');
  await node.untilTitles('film');
});

test('a restart goes on hashing in the middle of a file', async (t) => {
  const library = await watchedFolder(t);
  const bytes = await library.put('film.mp4', randomBytes(6 * MIB));
  const first = await startFolderNode(t, library, { libraryHashMbps: 24 });
  await eventually('it is in the middle', () => (first.folder.figures().hashing?.doneBytes ?? 0) >= 2 * MIB);
  await first.appliance.stop();
  const done = first.folder.figures().hashedBytes;
  t.ok(done < bytes.length);
  const second = await startFolderNode(t, library);
  const [video] = await second.untilTitles('film');
  t.equal(second.folder.figures().hashedBytes, bytes.length - done, 'only the rest was read');
  t.ok((await fetchWhole(`${second.url}/videos/${video?.contentId}/content`)).body.equals(bytes));
  const put = await putVideo(second, 'same.mp4', bytes);
  t.equal(put.contentId, video?.contentId, 'the content id is that of the bytes');
});

test('the same bytes uploaded and in the folder are one video, and deleting the upload uncovers the file', async (t) => {
  const library = await watchedFolder(t);
  const bytes = await library.put('in the folder.mp4');
  const node = await startFolderNode(t, library);
  const [inFolder] = await node.untilTitles('in the folder');
  const put = await putVideo(node, 'uploaded.mp4', bytes);
  t.equal(put.contentId, inFolder?.contentId);
  const [uploaded, ...others] = await node.untilTitles('uploaded');
  t.same(others, []);
  t.equal(uploaded?.folderPath, undefined);
  const url = `${node.url}/api/videos/${put.contentId}`;
  const headers = { authorization: `Bearer ${node.adminToken}` };
  t.equal((await fetchWhole(url, { method: 'DELETE', headers })).status, 204);
  await node.untilTitles('in the folder');
  t.ok((await fetchWhole(`${node.url}/videos/${put.contentId}/content`)).body.equals(bytes));
  const refused = await fetchWhole(url, { method: 'DELETE', headers });
  t.equal(refused.status, 409);
  t.match(JSON.parse(refused.text), { type: '/problems/in-watched-folder', folderPath: 'in the folder.mp4', detail: /Remove the file in the folder\.mp4 there/ });
  t.equal((await lstat(join(library.dir, 'in the folder.mp4'))).size, bytes.length);
});

test('sorts and pages over uploads and the folder as over one library', async (t) => {
  const library = await watchedFolder(t);
  for (const [index, name] of ['b.mp4', 'd.mp4', 'f.mp4', 'h.mp4'].entries()) {
    await library.put(name, randomBytes(1000 + index));
    await utimes(join(library.dir, name), 1_700_000_000 + index, 1_700_000_000 + index);
  }
  const node = await startFolderNode(t, library);
  for (const name of ['a.mp4', 'c.mp4', 'e.mp4', 'g.mp4']) await putVideo(node, name, randomBytes(900));
  await node.untilTitles('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
  t.match((await node.videos('sort=createdAt')).map(({ title }) => title).slice(0, 5), ['b', 'd', 'f', 'h', 'a'], 'a file is as old as it says');
  const titles: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await (await fetch(`${node.url}/api/videos?limit=3&sort=-title${cursor === '' ? '' : `&cursor=${cursor}`}`)).json() as { items: { title: string }[]; nextCursor: string | null };
    titles.push(...page.items.map(({ title }) => title));
    cursor = page.nextCursor;
  }
  t.same(titles, ['h', 'g', 'f', 'e', 'd', 'c', 'b', 'a']);
  t.same((await node.videos('q=D')).map(({ title }) => title), ['d']);
});

test('stands beside a library in MongoDB, with its index in the data directory', async (t) => {
  const database = await mongoDatabase();
  if (database === undefined) {
    t.comment('SKIPPED: no MongoDB server can be had here');
    t.pass('no MongoDB server', { skip: 'no MongoDB server can be had here' });
    return;
  }
  t.teardown(() => database.drop());
  const library = await watchedFolder(t);
  const bytes = await library.put('in the folder.mp4', randomBytes(300_000));
  const node = await startFolderNode(t, library, { mongodbUri: database.uri });
  await node.untilTitles('in the folder');
  await putVideo(node, 'other.mp4', randomBytes(1000));
  const put = await putVideo(node, 'uploaded.mp4', bytes);
  await node.untilTitles('other', 'uploaded');
  const headers = { authorization: `Bearer ${node.adminToken}` };
  t.equal((await fetchWhole(`${node.url}/api/videos/${put.contentId}`, { method: 'DELETE', headers })).status, 204);
  await node.untilTitles('in the folder', 'other');
  t.ok((await fetchWhole(`${node.url}/videos/${put.contentId}/content`)).body.equals(bytes));
  t.equal((await fetchWhole(`${node.url}/api/videos/${put.contentId}`, { method: 'DELETE', headers })).status, 409);
  t.same(await readdir(join(library.dataDir, 'folder', 'videos')), [put.contentId]);
});
