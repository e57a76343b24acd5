/** What every library storage must do, run for the filesystem and for GridFS with the same assertions. */
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { test, type Test } from 'tap';
import { refuses, emptyLibrary } from '../fixtures/storage-assertions.ts';
import { besideFolderBackEnd, filesystemBackEnd, gridFsBackEnd, type BackEnd } from '../fixtures/storage-back-ends.ts';
import { detailsContract } from '../fixtures/storage-contract-details.ts';
import { listingContract } from '../fixtures/storage-contract-listing.ts';
import { uploadContract } from '../fixtures/storage-contract-uploads.ts';
import { readAll, sampleBytes, sampleManifest, storeVideo } from '../fixtures/storage-samples.ts';

const MIB = 1024 * 1024;
const UNKNOWN = 'f'.repeat(64);

test('the filesystem store keeps the storage contract', async (t) => storageContract(t, await filesystemBackEnd()));

test('a store beside a watched folder keeps the storage contract', async (t) => storageContract(t, await besideFolderBackEnd()));

test('the GridFS store keeps the storage contract', async (t) => {
  const backEnd = await gridFsBackEnd();
  if (backEnd === undefined) {
    t.comment('SKIPPED: no MongoDB server can be had here, so GridFS was not tested');
    t.pass('no MongoDB server', { skip: 'no MongoDB server can be had here' });
    return;
  }
  await storageContract(t, backEnd);
});

async function storageContract(t: Test, backEnd: BackEnd): Promise<void> {
  const storage = backEnd.open();
  await storage.start();
  t.teardown(async () => {
    await storage.stop();
    await backEnd.remove();
  });
  const { videos, state } = storage;
  await t.test('says which store it is, and answers a ping', async (u) => {
    u.equal(videos.kind, backEnd.kind);
    await videos.ping();
  });

  await t.test('gives back the bytes, the entry and the manifest that were stored', async (u) => {
    const bytes = sampleBytes(2 * MIB + 4321, 'round trip');
    const manifest = sampleManifest(bytes, { name: 'Big Buck Bunny.mp4' });
    const writer = await videos.create();
    for (let at = 0; at < bytes.byteLength; at += 333_333) await writer.write(bytes.subarray(at, at + 333_333));
    u.equal(await videos.get(manifest.contentId), undefined, 'nothing is listed before commit');
    const { video, alreadyStored } = await writer.commit(manifest);
    u.equal(alreadyStored, false);
    const { createdAt, ...rest } = video;
    u.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000);
    u.same(rest, {
      contentId: manifest.contentId, name: 'Big Buck Bunny.mp4', title: 'Big Buck Bunny', mediaType: 'video/mp4',
      sizeBytes: bytes.byteLength, pieceLengthBytes: manifest.pieceLengthBytes,
      media: null, mediaState: 'pending', posterId: null, subtitles: [], isInspected: false,
    });
    u.same(await videos.get(manifest.contentId), video);
    const kept = await videos.manifest(manifest.contentId);
    u.ok(kept !== undefined && Buffer.compare(kept.pieceHashes, manifest.pieceHashes) === 0, 'the same piece hashes');
    u.same({ ...kept, pieceHashes: null }, { ...manifest, pieceHashes: null });
    u.ok((await readAll(videos.read(manifest.contentId, 0, bytes.byteLength))).equals(bytes), 'the same bytes');
    await writer.abort();
    u.same(await videos.get(manifest.contentId), video, 'an abort after commit changes nothing');
    await emptyLibrary(videos);
  });

  await t.test('reads any range exactly', async (u) => {
    const bytes = sampleBytes(6 * MIB + 77, 'ranges');
    const { video: { contentId } } = await storeVideo(videos, bytes);
    const edges = fc.constantFrom(0, 1, MIB - 1, MIB, MIB + 1, 4 * MIB, 5 * MIB - 1, 6 * MIB, bytes.byteLength - 1, bytes.byteLength);
    const place = fc.oneof(edges, fc.integer({ min: 0, max: bytes.byteLength }));
    await fc.assert(fc.asyncProperty(place, place, async (one, other) => {
      const [start, end] = [Math.min(one, other), Math.max(one, other)];
      const got = await readAll(videos.read(contentId, start, end));
      return got.equals(bytes.subarray(start, end));
    }), { numRuns: 25 });
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.byteLength - 1 }), { minLength: 2, maxLength: 6 }), async (starts) => {
      const got = await Promise.all(starts.map((start) => readAll(videos.read(contentId, start, Math.min(start + 500_000, bytes.byteLength)))));
      return got.every((part, index) => part.equals(bytes.subarray(starts[index] ?? 0, (starts[index] ?? 0) + 500_000)));
    }), { numRuns: 8 });
    await u.rejects(readAll(videos.read(contentId, 0, bytes.byteLength + 1)), RangeError);
    await u.rejects(readAll(videos.read(contentId, -1, 5)), RangeError);
    await u.rejects(readAll(videos.read(contentId, 5, 4)), RangeError);
    await emptyLibrary(videos);
  });

  await t.test('stores uploads cut in any way the same', async (u) => {
    await fc.assert(fc.asyncProperty(
      fc.integer({ min: 0, max: 2 * MIB + 10 }), fc.array(fc.integer({ min: 1, max: MIB + 5 }), { minLength: 1, maxLength: 5 }),
      async (sizeBytes, cuts) => {
        const bytes = sampleBytes(sizeBytes, `cut ${sizeBytes} ${cuts.join()}`);
        const writer = await videos.create();
        for (let at = 0, turn = 0; at < sizeBytes; turn += 1) {
          const size = cuts[turn % cuts.length] ?? MIB;
          const chunk = Buffer.from(bytes.subarray(at, at + Math.max(size, 50_000)));
          await writer.write(chunk);
          at += chunk.byteLength;
          chunk.fill(0); // The caller may use its buffer again.
        }
        const { video: { contentId } } = await writer.commit(sampleManifest(bytes));
        const right = (await readAll(videos.read(contentId, 0, sizeBytes))).equals(bytes);
        await videos.delete(contentId);
        return right;
      },
    ), { numRuns: 8 });
    u.same(await backEnd.leftovers(), []);
  });

  await t.test('stops a read that is aborted, and survives a reader that leaves', async (u) => {
    const bytes = sampleBytes(6 * MIB, 'aborted');
    const { video: { contentId } } = await storeVideo(videos, bytes);
    const stopping = new AbortController();
    const reading = (async () => {
      for await (const part of videos.read(contentId, 0, bytes.byteLength, { signal: stopping.signal })) {
        if (part.byteLength > 0) stopping.abort(new Error('enough'));
      }
    })();
    await u.rejects(reading, { message: 'enough' });
    for await (const part of videos.read(contentId, 0, bytes.byteLength)) {
      u.ok(part.byteLength > 0);
      break;
    }
    u.ok((await readAll(videos.read(contentId, 10, 20))).equals(bytes.subarray(10, 20)));
    await emptyLibrary(videos);
  });

  await t.test('says that it has no such video', async (u) => {
    u.equal(await videos.get(UNKNOWN), undefined);
    u.equal(await videos.get('../../etc/passwd'), undefined);
    u.equal(await videos.manifest(UNKNOWN), undefined);
    await refuses(u, readAll(videos.read(UNKNOWN, 0, 1)), 'no-such-video');
    await refuses(u, videos.delete(UNKNOWN), 'no-such-video');
    await refuses(u, videos.setTitle(UNKNOWN, 'x'), 'no-such-video');
  });

  await t.test('adopts a complete file, and leaves it where it is when it cannot', async (u) => {
    const folder = await mkdtemp(join(tmpdir(), 'switch-adopt-'));
    u.teardown(() => rm(folder, { recursive: true }));
    const path = join(folder, 'upload');
    const bytes = sampleBytes(2 * MIB + 100, 'adopted');
    const gone = (): Promise<boolean> => access(path).then(() => false, () => true);
    await writeFile(path, bytes);
    await refuses(u, videos.adopt(path, sampleManifest(bytes, { sizeBytes: 5 })), 'corrupt');
    u.equal(await gone(), false);
    const stored = await videos.adopt(path, sampleManifest(bytes, { name: 'adopted.mp4' }));
    u.equal(stored.alreadyStored, false);
    u.equal(await gone(), true);
    u.ok((await readAll(videos.read(stored.video.contentId, 0, bytes.byteLength))).equals(bytes));
    await writeFile(path, bytes);
    u.equal((await videos.adopt(path, sampleManifest(bytes))).alreadyStored, true);
    u.equal(await gone(), true);
    u.same(await backEnd.leftovers(), []);
    await emptyLibrary(videos);
  });

  await t.test('changes a title, and nothing else', async (u) => {
    const { video } = await storeVideo(videos, sampleBytes(1000, 'title'), { name: 'old name.mp4' });
    const renamed = await videos.setTitle(video.contentId, 'Ein Älterer Titel');
    u.same(renamed, { ...video, title: 'Ein Älterer Titel' });
    u.same(await videos.get(video.contentId), renamed);
    u.same((await videos.list({ limit: 5, sort: 'title', search: 'älterer' })).items, [renamed]);
    u.same((await videos.list({ limit: 5, sort: 'title', search: 'OLD NAME' })).items, [renamed], 'the name is still searched');
    u.ok((await readAll(videos.read(video.contentId, 0, 1000))).equals(sampleBytes(1000, 'title')));
    await emptyLibrary(videos);
  });

  await t.test('tells how many bytes it uses', async (u) => {
    const before = await videos.usage();
    await storeVideo(videos, sampleBytes(123_456, 'usage'));
    const after = await videos.usage();
    u.equal(after.usedBytes - before.usedBytes, 123_456);
    u.ok(after.freeBytes === null || after.freeBytes > 0);
    await emptyLibrary(videos);
    u.equal((await videos.usage()).usedBytes, before.usedBytes);
  });

  await t.test('keeps videos and state over a restart', async (u) => {
    const bytes = sampleBytes(MIB + 1, 'restart');
    const { video } = await storeVideo(videos, bytes);
    const manifest = await videos.manifest(video.contentId);
    await videos.setTitle(video.contentId, 'After the restart');
    await state.set('kept', 'yes');
    const other = backEnd.open();
    await other.start();
    u.teardown(() => other.stop());
    u.same(await other.videos.get(video.contentId), { ...video, title: 'After the restart' });
    u.same(await other.videos.manifest(video.contentId), manifest);
    u.ok((await readAll(other.videos.read(video.contentId, 0, bytes.byteLength))).equals(bytes));
    u.equal(await other.state.get('kept'), 'yes');
    await emptyLibrary(videos);
  });

  await t.test('aborts open uploads when it stops', async (u) => {
    const other = backEnd.open();
    await other.start();
    const writer = await other.videos.create();
    await writer.write(sampleBytes(2 * MIB, 'stopped'));
    await other.stop();
    u.same(await backEnd.leftovers(), []);
  });

  await t.test('remembers values, and keeps the first of several', async (u) => {
    u.equal(await state.get('token'), undefined);
    u.equal(await state.setIfAbsent('token', 'one'), 'one');
    u.equal(await state.setIfAbsent('token', 'two'), 'one');
    await state.set('token', 'three');
    u.equal(await state.get('token'), 'three');
    await state.set('../a strange/key.ü', 'value\n');
    u.equal(await state.get('../a strange/key.ü'), 'value\n');
    const other = backEnd.open();
    await other.start();
    u.teardown(() => other.stop());
    const kept = await Promise.all(Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? state : other.state).setIfAbsent('race', `${index}`)));
    u.equal(new Set(kept).size, 1);
    u.equal(await state.get('race'), kept[0]);
  });

  await t.test('takes uploads all or nothing', async (u) => uploadContract(u, { videos, backEnd }));
  await t.test('keeps details and small files beside a video', async (u) => detailsContract(u, { videos, backEnd }));
  await t.test('lists, sorts, pages and searches', async (u) => listingContract(u, videos));
}
