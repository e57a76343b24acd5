/** Our store in the gridfs bench. */
import { MerkleHasher } from '../../engine/index.ts';
import { idOf } from '../../server/storage/gridfs-documents.ts';
import { GridFsVideoStore } from '../../server/storage/gridfs-video-store.ts';
import { MongoConnection } from '../../server/storage/mongo-connection.ts';
import { collectYoungBuffers } from '../../server/young-buffers.ts';
import { type ContenderOptions, type GridFsContender, type SourceBytes, WRITE_BYTES } from './gridfs-work.ts';

export async function ourContender({ uri, database, source, isCounted }: ContenderOptions): Promise<GridFsContender> {
  // As the node does when it starts.
  collectYoungBuffers();
  // The store's connection has no option for what only a bench wants.
  const mongo = new MongoConnection({}, { uri: isCounted ? `${uri}${uri.includes('?') ? '&' : '?'}monitorCommands=true` : uri, database });
  const videos = new GridFsVideoStore({ mongo });
  await videos.start();
  const manifests = new Map<number, ReturnType<MerkleHasher['finish']>>();
  const upload = async (sizeBytes: number): Promise<string> => {
    const hashed = manifests.get(sizeBytes) ?? hash(source, sizeBytes);
    manifests.set(sizeBytes, hashed);
    const writer = await videos.create();
    for (let at = 0; at < sizeBytes;) {
      const part = source.part(at, Math.min(WRITE_BYTES, sizeBytes - at));
      await writer.write(part);
      at += part.length;
    }
    await writer.commit({ ...hashed, name: 'bench.mp4', mediaType: 'video/mp4' });
    return hashed.contentId;
  };
  return {
    client: mongo.db.client,
    store: async (sizeBytes) => {
      const contentId = await upload(sizeBytes);
      const file = await mongo.collections.files.findOne({ 'metadata.contentId': contentId });
      if (file === null) throw new Error('the stored file is not there');
      return { contentId, id: idOf(file).toHexString(), sizeBytes };
    },
    read: async ({ contentId }, [start, end], take) => {
      for await (const bytes of videos.read(contentId, start, end)) take(bytes);
    },
    write: async (sizeBytes) => {
      const contentId = await upload(sizeBytes);
      return () => videos.delete(contentId);
    },
    close: () => videos.stop(),
  };
}

/** The bench looks at the store alone; what hashing costs is in the ingest bench. */
function hash(source: SourceBytes, sizeBytes: number): ReturnType<MerkleHasher['finish']> {
  const hasher = new MerkleHasher();
  for (let at = 0; at < sizeBytes;) {
    const part = source.part(at, Math.min(1024 * 1024, sizeBytes - at));
    hasher.update(part);
    at += part.length;
  }
  return hasher.finish();
}
