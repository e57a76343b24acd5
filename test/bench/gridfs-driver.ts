/** The rival in the gridfs bench: the driver's own GridFSBucket and its streams. */
import { once } from 'node:events';
import { GridFSBucket, MongoClient, ObjectId } from 'mongodb';
import { type ContenderOptions, type GridFsContender, WRITE_BYTES } from './gridfs-work.ts';

interface Options extends ContenderOptions {
  readonly bucket: string;
  readonly chunkBytes: number;
}

export async function driverContender({ uri, database, source, isCounted, bucket: bucketName, chunkBytes }: Options): Promise<GridFsContender> {
  const client = new MongoClient(uri, { monitorCommands: isCounted });
  await client.connect();
  const bucket = new GridFSBucket(client.db(database), { bucketName, chunkSizeBytes: chunkBytes });
  const upload = async (sizeBytes: number): Promise<ObjectId> => {
    const stream = bucket.openUploadStream('bench.mp4');
    for (let at = 0; at < sizeBytes;) {
      const part = source.part(at, Math.min(WRITE_BYTES, sizeBytes - at));
      if (!stream.write(part)) await once(stream, 'drain');
      at += part.length;
    }
    const finished = once(stream, 'finish');
    stream.end();
    await finished;
    return stream.id;
  };
  return {
    client,
    store: async (sizeBytes) => ({ contentId: '', id: (await upload(sizeBytes)).toHexString(), sizeBytes }),
    read: async ({ id }, [start, end], take) => {
      const stream = bucket.openDownloadStream(new ObjectId(id), { start, end });
      stream.on('data', take);
      await once(stream, 'end');
    },
    write: async (sizeBytes) => {
      const id = await upload(sizeBytes);
      return () => bucket.delete(id);
    },
    close: () => client.close(),
  };
}
