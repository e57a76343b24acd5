/** What can go wrong under the GridFS store: killed processes, a server that goes away, missing chunks, other drivers. */
import { pipeline } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import { GridFSBucket, ObjectId, type MongoClient } from 'mongodb';
import { test, type Test } from 'tap';
import { GridFsStorage } from '../../server/storage/gridfs-storage.ts';
import { GridFsVideoStore } from '../../server/storage/gridfs-video-store.ts';
import { MongoConnection } from '../../server/storage/mongo-connection.ts';
import { StorageError } from '../../server/storage/storage-error.ts';
import { posterExtra, type DetailsChange, type VideoDetails } from '../../server/storage/video-details.ts';
import { gridFsBackEnd, type BackEnd } from '../fixtures/storage-back-ends.ts';
import { eventually, readAll, sampleBytes, sampleManifest, storeVideo } from '../fixtures/storage-samples.ts';
import { TcpProxy } from '../fixtures/storage-tcp-proxy.ts';
import { startUploader } from '../fixtures/storage-uploader.ts';

const MIB = 1024 * 1024;
/** Short for a test, long for a machine that is busy with other tests. */
const LEASE_MS = 4000;
const SWEPT_WITHIN_MS = 30_000;

type GridFsBackEnd = BackEnd & { readonly uri: string; readonly client: MongoClient };

/** Runs `body` with a database of its own, or skips aloud. */
function gridFsTest(name: string, body: (t: Test, backEnd: GridFsBackEnd) => Promise<void>): void {
  void test(name, async (t) => {
    const backEnd = await gridFsBackEnd({ leaseMs: LEASE_MS });
    if (backEnd === undefined) {
      t.comment('SKIPPED: no MongoDB server can be had here, so GridFS was not tested');
      t.pass('no MongoDB server', { skip: 'no MongoDB server can be had here' });
      return;
    }
    t.teardown(() => backEnd.remove());
    await body(t, backEnd);
  });
}

async function started(t: Test, storage: { start(): Promise<void>; stop(): Promise<void> }): Promise<void> {
  await storage.start();
  t.teardown(() => storage.stop());
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => 'no error', (error: unknown) => error instanceof StorageError ? error.code : error);
}

gridFsTest('the stock GridFSBucket reads our files byte for byte, whole and in ranges', async (t, backEnd) => {
  const storage = backEnd.open();
  await started(t, storage);
  const bytes = sampleBytes(3 * MIB + 12_345, 'stock');
  await storeVideo(storage.videos, bytes, { name: 'stock.mp4' });
  const bucket = new GridFSBucket(backEnd.client.db());
  const [file] = await bucket.find({ filename: 'stock.mp4' }).toArray();
  t.match(file, { length: bytes.byteLength, chunkSize: MIB, filename: 'stock.mp4' });
  t.ok((await readAll(bucket.openDownloadStreamByName('stock.mp4'))).equals(bytes));
  t.ok((await readAll(bucket.openDownloadStreamByName('stock.mp4', { start: MIB - 5, end: 2 * MIB + 5 }))).equals(bytes.subarray(MIB - 5, 2 * MIB + 5)));
});

gridFsTest('files of other programs in the same bucket are neither listed nor touched', async (t, backEnd) => {
  const bucket = new GridFSBucket(backEnd.client.db());
  for (const name of ['one', 'two']) {
    const source = new PassThrough();
    source.end(`not ours ${name}`);
    await pipeline(source, bucket.openUploadStream(name));
  }
  const storage = backEnd.open();
  await started(t, storage);
  t.same(await storage.videos.list({ limit: 10, sort: 'title' }), { items: [], nextCursor: null });
  t.equal((await storage.videos.usage()).usedBytes, 0);
  t.equal(String(await readAll(bucket.openDownloadStreamByName('two'))), 'not ours two');
});

gridFsTest('appliances that start at once on a new database all start', async (t, backEnd) => {
  // FerretDB refuses an index that somebody else is making, with "deadlock detected". Without the wait for the data's format, they meet.
  const stores = Array.from({ length: 4 }, () => new GridFsVideoStore({ mongo: new MongoConnection({}, { uri: backEnd.uri }) }));
  await Promise.all(stores.map((store) => started(t, store)));
  t.equal((await backEnd.client.db().collection('fs.files').indexes()).length, 7, 'each index once');
});

gridFsTest('an upload whose process was killed is not listed, and another appliance sweeps it when its lease is over', async (t, backEnd) => {
  const uploader = await startUploader({ uri: backEnd.uri, leaseMs: LEASE_MS });
  t.teardown(() => uploader.kill());
  const storage = backEnd.open();
  await started(t, storage);
  const { videos } = storage;
  const alive = await videos.create();
  await alive.write(sampleBytes(2 * MIB, 'alive'));
  t.ok((await backEnd.leftovers()).length > 5);
  await uploader.kill();
  t.same((await videos.list({ limit: 10, sort: 'title' })).items, []);
  const chunks = backEnd.client.db().collection('fs.chunks');
  await eventually(async () => await chunks.countDocuments() === 2, SWEPT_WITHIN_MS);
  const { video } = await alive.commit(sampleManifest(sampleBytes(2 * MIB, 'alive')));
  t.ok((await readAll(videos.read(video.contentId, 0, video.sizeBytes))).equals(sampleBytes(2 * MIB, 'alive')), 'an upload that lives is not swept');
  await eventually(async () => (await backEnd.leftovers()).length === 0, SWEPT_WITHIN_MS);
});

gridFsTest('a process killed in mid-delete leaves chunks that the next start sweeps', async (t, backEnd) => {
  const db = backEnd.client.db();
  const first = backEnd.open();
  await first.start();
  const { video } = await storeVideo(first.videos, sampleBytes(2 * MIB, 'half deleted'));
  const { video: kept } = await storeVideo(first.videos, sampleBytes(MIB, 'kept'));
  await first.stop();
  const longAgo = new Date(Date.now() - 3_600_000);
  // As the delete leaves it when it ends after its first step, and a commit just before its last.
  for (const { contentId, listed } of [{ contentId: video.contentId, listed: false }, { contentId: kept.contentId, listed: true }]) {
    const { _id = new ObjectId() } = await db.collection('fs.files').findOne({ 'metadata.contentId': contentId }) ?? {};
    await db.collection('switch.leases').insertOne({ _id, heartbeatAt: longAgo, sweeping: false });
    if (!listed) await db.collection('fs.files').deleteOne({ 'metadata.contentId': contentId });
  }
  const second = backEnd.open();
  await started(t, second);
  t.same(await backEnd.leftovers(), []);
  t.equal(await db.collection('fs.chunks').countDocuments(), 1);
  t.ok((await readAll(second.videos.read(kept.contentId, 0, MIB))).equals(sampleBytes(MIB, 'kept')), 'a listed video is never swept');
});

gridFsTest('an upload that was swept while it slept fails, publishes nothing and leaves nothing', async (t, backEnd) => {
  const storage = new GridFsStorage({}, { uri: backEnd.uri, leaseMs: 60_000 });
  await started(t, storage);
  const bytes = sampleBytes(2 * MIB, 'slept');
  const writer = await storage.videos.create();
  await writer.write(bytes);
  const leases = backEnd.client.db().collection('switch.leases');
  await leases.updateMany({}, { $set: { heartbeatAt: new Date(Date.now() - 3_600_000) } });
  const sweeper = backEnd.open();
  await sweeper.start();
  await sweeper.stop();
  t.equal(await codeOf(writer.commit(sampleManifest(bytes))), 'unavailable');
  t.same(await backEnd.leftovers(), []);
  t.same((await storage.videos.list({ limit: 10, sort: 'title' })).items, []);
});

gridFsTest('a missing or short chunk is corrupt, never wrong bytes', async (t, backEnd) => {
  const storage = backEnd.open();
  await started(t, storage);
  const { videos } = storage;
  const { video } = await storeVideo(videos, sampleBytes(6 * MIB, 'chunks'));
  const chunks = backEnd.client.db().collection('fs.chunks');
  await chunks.deleteOne({ n: 3 });
  t.equal(await codeOf(readAll(videos.read(video.contentId, 0, video.sizeBytes))), 'corrupt');
  t.equal((await readAll(videos.read(video.contentId, 4 * MIB, 6 * MIB))).byteLength, 2 * MIB, 'the rest is readable');
  await chunks.updateOne({ n: 5 }, { $set: { data: Buffer.from('short') } });
  t.equal(await codeOf(readAll(videos.read(video.contentId, 5 * MIB, 6 * MIB))), 'corrupt');
});

gridFsTest('a video deleted by another appliance ends a read with no-such-video, and is read on when it was stored again', async (t, backEnd) => {
  const [storage, other] = [backEnd.open(), backEnd.open()];
  await started(t, storage);
  await started(t, other);
  const bytes = sampleBytes(16 * MIB, 'shared');
  const { video: { contentId } } = await storeVideo(storage.videos, bytes, { writeBytes: MIB });
  const parts: Uint8Array[] = [];
  for await (const part of storage.videos.read(contentId, 0, bytes.byteLength)) {
    parts.push(part);
    if (parts.length !== 1) continue;
    await other.videos.delete(contentId);
    await storeVideo(other.videos, bytes, { writeBytes: MIB });
  }
  t.ok(Buffer.concat(parts).equals(bytes));
  await other.videos.delete(contentId);
  t.equal(await codeOf(readAll(storage.videos.read(contentId, 0, 10))), 'no-such-video');
});

gridFsTest('a start waits for its server; one that goes away is unavailable within seconds, and serves again when it is back', async (t, backEnd) => {
  const { host, hostname, port } = new URL(backEnd.uri);
  const proxy = new TcpProxy({ host: hostname, port: Number(port) });
  const proxyPort = await proxy.listen();
  t.teardown(() => proxy.close());
  const told: string[] = [];
  const log = { info: (_details: object, message: string) => void told.push(message), warn: (_details: object, message: string) => void told.push(message) };
  const storage = new GridFsStorage({ log }, { uri: backEnd.uri.replace(host, `127.0.0.1:${proxyPort}`), leaseMs: LEASE_MS });
  t.teardown(() => storage.stop());
  proxy.cut();
  const starting = storage.start();
  await eventually(() => told.length > 0);
  t.match(told, [new RegExp(`^waiting for MongoDB at 127\\.0\\.0\\.1:${proxyPort}, which does not answer: .*ECONNRESET|closed`, 'u')]);
  proxy.mend();
  await starting;
  const { videos, state } = storage;
  const bytes = sampleBytes(12 * MIB, 'outage');
  const { video: { contentId } } = await storeVideo(videos, bytes, { writeBytes: MIB });
  const writer = await videos.create();
  await writer.write(sampleBytes(2 * MIB, 'cut off'));
  const reading = (async () => {
    for await (const part of videos.read(contentId, 0, bytes.byteLength)) if (part.byteLength > 0) proxy.cut();
  })();
  const from = performance.now();
  t.equal(await codeOf(reading), 'unavailable', 'a read in progress ends');
  const answers = await Promise.all([
    codeOf(videos.ping()), codeOf(videos.get(contentId)), codeOf(videos.list({ limit: 1, sort: 'title' })), codeOf(state.get('x')),
    codeOf(videos.usage()), codeOf(readAll(videos.read(contentId, 0, 1))), codeOf(storeVideo(videos, sampleBytes(100, 'refused'))),
  ]);
  t.same(new Set(answers), new Set(['unavailable']));
  t.ok(performance.now() - from < 15_000, 'within a bounded time');
  proxy.mend();
  await eventually(async () => await codeOf(videos.ping()) === 'no error');
  t.ok((await readAll(videos.read(contentId, 0, bytes.byteLength))).equals(bytes));
  // The upload that stood still meanwhile either goes on or is refused; nothing is left of it in the end.
  await writer.abort();
  await eventually(async () => (await backEnd.leftovers()).length === 0, SWEPT_WITHIN_MS);
});

gridFsTest('a server that falls silent is unavailable within a bounded time', async (t, backEnd) => {
  const { host, hostname, port } = new URL(backEnd.uri);
  const proxy = new TcpProxy({ host: hostname, port: Number(port) });
  const proxyPort = await proxy.listen();
  t.teardown(() => proxy.close());
  const storage = new GridFsStorage({}, { uri: backEnd.uri.replace(host, `127.0.0.1:${proxyPort}`), leaseMs: 60_000 });
  await storage.start();
  proxy.freeze();
  const from = performance.now();
  const askedAtMs = performance.now();
  t.equal(await codeOf(storage.videos.ping(AbortSignal.timeout(200))), 'unavailable');
  t.ok(performance.now() - askedAtMs < 2500, 'a ping waits no longer than its caller');
  t.equal(await codeOf(storage.videos.ping()), 'unavailable');
  t.ok(performance.now() - from < 25_000, `after ${Math.round(performance.now() - from)} ms`);
  proxy.mend();
  await eventually(async () => await codeOf(storage.videos.ping()) === 'no error');
  await storage.stop();
});

const POSTER = 'a'.repeat(16);
const LATE = 'b'.repeat(16);
const withPoster = (posterId: string) => (now: VideoDetails): DetailsChange => ({
  details: { ...now, posterId }, extras: new Map([[posterExtra(posterId), Buffer.from(posterId)]]),
});

gridFsTest('what a killed process was changing is swept, and only that', async (t, backEnd) => {
  const storage = backEnd.open();
  await started(t, storage);
  const { video: { contentId } } = await storeVideo(storage.videos, sampleBytes(1000, 'killed change'));
  await storage.videos.changeDetails(contentId, withPoster(POSTER));
  const db = backEnd.client.db();
  const [fileId] = await db.collection('fs.files').distinct('_id');
  const extras = db.collection<{ _id: string; change: ObjectId; sizeBytes: number; data: Buffer }>('switch.extras');
  const [change, published] = [new ObjectId(), new ObjectId()];
  await extras.insertOne({ _id: `${String(fileId)}/${posterExtra(LATE)}`, change, sizeBytes: 4, data: Buffer.from('late') });
  // Killed after its details were published, before its lease was ended.
  await extras.updateOne({ _id: `${String(fileId)}/${posterExtra(POSTER)}` }, { $set: { change: published } });
  const leases = db.collection('switch.leases');
  await leases.insertMany([change, published].map((id) => ({ _id: id, heartbeatAt: new Date(0), sweeping: false, changes: fileId })));
  await eventually(async () => await leases.countDocuments({}) === 0, SWEPT_WITHIN_MS);
  t.same((await extras.find().toArray()).map((extra) => extra.sizeBytes), [POSTER.length]);
  t.equal(Buffer.from(await storage.videos.extra(contentId, posterExtra(POSTER)) ?? []).toString(), POSTER);
});

gridFsTest('a library of the version before, without details, is looked into and changed', async (t, backEnd) => {
  const storage = backEnd.open();
  await started(t, storage);
  const { video } = await storeVideo(storage.videos, sampleBytes(1000, 'old'));
  await backEnd.client.db().collection('fs.files').updateMany({}, { $unset: { 'metadata.details': '', 'metadata.detailsRevision': '' } });
  t.same(await storage.videos.get(video.contentId), video);
  t.same(await storage.videos.uninspected(5), [video.contentId]);
  t.match(await storage.videos.changeDetails(video.contentId, withPoster(POSTER)), { posterId: POSTER });
  t.match(await storage.videos.changeDetails(video.contentId, (now) => ({ details: { ...now, mediaState: 'unreadable', isInspected: true } })), { posterId: POSTER });
  t.same(await storage.videos.uninspected(5), []);
});

gridFsTest('stock tools see the videos and none of their small files', async (t, backEnd) => {
  const storage = backEnd.open();
  await started(t, storage);
  const { video } = await storeVideo(storage.videos, sampleBytes(1000, 'stock view'), { name: 'film.mp4' });
  await storage.videos.changeDetails(video.contentId, withPoster(POSTER));
  const seen = await new GridFSBucket(backEnd.client.db()).find().toArray();
  t.same(seen.map(({ filename }) => filename), ['film.mp4']);
});
