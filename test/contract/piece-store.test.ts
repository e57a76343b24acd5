import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'tap';
import { FilePieceStore } from '../../engine/piece-store/file-piece-store.node.ts';
import { MemoryPieceStore } from '../../engine/piece-store/memory-piece-store.ts';
import { casesFor, type PieceStoreBench } from '../fixtures/piece-store-suite.ts';
import { type SampleContent, sampleContent } from '../fixtures/sample-content.ts';

/** Five pieces, the last one short. */
const content = sampleContent(4 * 256 * 1024 + 1_000);
const other = sampleContent(4 * 256 * 1024 + 1_000, 2);

const benches: Record<string, (folder: string) => PieceStoreBench> = {
  memory: () => ({ persists: false, make: () => new MemoryPieceStore(), makeBounded: (_place, maxBytes) => new MemoryPieceStore({ maxBytes }) }),
  file: (folder) => ({ persists: true, make: (place) => new FilePieceStore({ path: join(folder, place, 'film.mp4') }) }),
};

for (const [name, makeBench] of Object.entries(benches)) {
  test(name, async (t) => {
    const bench = makeBench(t.testdir());
    for (const { name: rule, run } of casesFor(bench)) {
      await t.test(rule, async (subtest) => {
        await run(bench, content);
        subtest.pass('every check held');
      });
    }
  });
}

const fill = async (store: FilePieceStore, { manifest, pieceCount, piece }: SampleContent): Promise<void> => {
  await store.open(manifest);
  for (let index = 0; index < pieceCount; index += 1) await store.write(index, piece(index));
};

test('file: a partial file never bears the final name, and nothing else is left when it is complete', async (t) => {
  const folder = t.testdir();
  const store = new FilePieceStore({ path: join(folder, 'film.mp4') });
  await fill(store, content);
  t.same((await readdir(folder)).toSorted(), ['film.mp4.part', 'film.mp4.part.pieces']);
  await store.complete();
  t.same(await readdir(folder), ['film.mp4']);
  t.ok((await readFile(join(folder, 'film.mp4'))).equals(content.bytes));
  await store.close();
});

test('file: another file of that name is left alone, and the next free name is taken', async (t) => {
  const folder = t.testdir({ 'film.mp4': 'mine', 'film (1).mp4': 'mine too' });
  const store = new FilePieceStore({ path: join(folder, 'film.mp4') });
  await fill(store, content);
  await store.complete();
  t.equal(basename(store.finalPath), 'film (2).mp4');
  t.equal(await readFile(join(folder, 'film.mp4'), 'utf8'), 'mine');
  await store.close();
});

test('file: a file that takes the name while we download is not overwritten', async (t) => {
  const folder = t.testdir();
  const store = new FilePieceStore({ path: join(folder, 'film.mp4') });
  await fill(store, content);
  await writeFile(join(folder, 'film.mp4'), 'came meanwhile');
  await store.complete();
  t.equal(await readFile(join(folder, 'film.mp4'), 'utf8'), 'came meanwhile');
  t.ok((await readFile(join(folder, 'film (1).mp4'))).equals(content.bytes));
  await store.close();
});

test('file: the same bytes under the final name are a finished download', async (t) => {
  const folder = t.testdir({ 'film.mp4': Buffer.from(content.bytes) });
  const store = new FilePieceStore({ path: join(folder, 'film.mp4') });
  t.equal([...await store.open(content.manifest)].length, content.pieceCount);
  await store.complete();
  await store.close();
  t.same(await readdir(folder), ['film.mp4']);
});

test('file: the part of another content is not touched', async (t) => {
  const folder = t.testdir();
  const first = new FilePieceStore({ path: join(folder, 'film.mp4') });
  await first.open(other.manifest);
  await first.write(0, other.piece(0));
  await first.close();
  const second = new FilePieceStore({ path: join(folder, 'film.mp4') });
  t.same([...await second.open(content.manifest)], []);
  t.equal(basename(second.finalPath), 'film (1).mp4');
  await second.close();
  t.ok((await stat(join(folder, 'film.mp4.part'))).size > 0);
});

test('file: two downloads do not write the same part', async (t) => {
  const path = join(t.testdir(), 'film.mp4');
  const first = new FilePieceStore({ path });
  await first.open(content.manifest);
  await first.write(0, content.piece(0));
  await t.rejects(new FilePieceStore({ path }).open(content.manifest), { code: 'store-failed', message: /another download right now/ });
  await first.close();
  const second = new FilePieceStore({ path });
  t.same([...await second.open(content.manifest)], [0], 'the next goes on from there');
  await second.close();
});

test('file: a folder whose name a file has is said to be that', async (t) => {
  const folder = t.testdir({ 'film.mp4': 'mine' });
  const store = new FilePieceStore({ path: join(folder, 'film.mp4', 'film.mp4') });
  await t.rejects(store.open(content.manifest), { code: 'store-failed', message: /a file stands where its folder should be/ });
});

test('file: a part that was cut short gives up only the pieces that are gone', async (t) => {
  const folder = t.testdir();
  const store = new FilePieceStore({ path: join(folder, 'film.mp4') });
  await fill(store, content);
  await store.close();
  await truncate(join(folder, 'film.mp4.part'), 2 * 256 * 1024 + 5);
  const again = new FilePieceStore({ path: join(folder, 'film.mp4') });
  t.same([...await again.open(content.manifest)], [0, 1]);
  await again.close();
});

test('file: a folder that cannot be written says what to do', async (t) => {
  const folder = t.testdir({ 'film.mp4': 'a file, not a folder' });
  const store = new FilePieceStore({ path: join(folder, 'film.mp4', 'inner.mp4') });
  await t.rejects(store.open(content.manifest), { code: 'store-failed', message: /inner\.mp4 could not be opened/ });
});

const full = await stat('/dev/full').catch(() => undefined);
test('file: a full disk is store-failed, in words', { skip: full === undefined ? 'no /dev/full here' : false }, async (t) => {
  const folder = t.testdir({ 'film.mp4.part': t.fixture('symlink', '/dev/full') });
  await writeFile(join(folder, 'film.mp4.part.pieces'), Buffer.concat([Buffer.from(content.manifest.contentId, 'hex'), Buffer.alloc(1)]));
  const store = new FilePieceStore({ path: join(folder, 'film.mp4') });
  await store.open(content.manifest);
  await t.rejects(store.write(0, content.piece(0)), { code: 'store-failed', message: /disk is full; make room/ });
  await store.close();
});
