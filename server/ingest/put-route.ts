/** `PUT /api/videos/NAME`: a whole file in one request, for `curl -T`. Goes straight into the store while it is hashed. */
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { Type } from 'typebox';
import { cleanFileName, MerkleHasher } from '../../engine/index.ts';
import type { App } from '../app-type.ts';
import { problemResponses } from '../plugins/problem-schema.ts';
import { ProblemError } from '../problem.ts';
import type { Stored, Video, VideoStore, VideoWriter } from '../storage/video-store.ts';
import { VideoSchema } from '../videos/schemas.ts';
import { BodyBatches } from './body-batches.ts';
import { mediaTypeFor } from './media-type.ts';
import { cutShort, emptyFile, partialPut, shuttingDown, tooLarge } from './problems.ts';
import type { Room } from './room.ts';
import type { Running } from './running.ts';
import { continueBody } from './unread-body.ts';

const ROOM_CHECK_BYTES = 64 * 1024 * 1024;

const SCHEMA = {
  tags: ['uploads'],
  summary: 'Upload a whole file, as curl -T does',
  description: 'The last part of the address is the file\'s name; the body is its bytes, with or without a length. 201 for a new video, 200 when the same bytes are stored already.',
  response: {
    ...Object.fromEntries([200, 201].map((status) => [status, Type.Object({ ...VideoSchema.properties, alreadyStored: Type.Boolean() })])),
    ...problemResponses(400, 401, 413, 422, 503, 507),
  },
};

interface PutComponents {
  readonly videos: VideoStore;
  readonly room: Room;
  readonly running: Running;
  readonly added: (contentId: string) => Promise<void>;
  readonly requireAdmin: onRequestHookHandler;
  /** Fires when no new upload is taken any more; those that run may come to their end, for they cannot go on later. */
  readonly draining: AbortSignal;
  /** Fires when the appliance stops. */
  readonly stopping: AbortSignal;
}

interface PutOptions {
  readonly maxBytes: number;
  readonly idleMs: number;
}

export function registerPut(app: App, components: PutComponents, options: PutOptions): void {
  // A wildcard, because a parameter's length is bounded below that of a file name in percent-encoding.
  app.put<{ Params: { '*': string } }>('/api/videos/*', { onRequest: components.requireAdmin, schema: SCHEMA }, async (request, reply) => {
    const stored = await components.running.track(receive(request, reply, components, options));
    const { alreadyStored } = stored;
    const video = alreadyStored ? stored.video : await lookedAt(stored.video, components);
    return reply
      .code(alreadyStored ? 200 : 201)
      .headers({ location: `/api/videos/${video.contentId}`, 'switch-content-id': video.contentId, 'switch-already-stored': String(alreadyStored) })
      .send({ ...video, alreadyStored });
  });
}

/** The entry as it is by now; the upload is done whatever comes of it. */
async function lookedAt(video: Video, { videos, added }: PutComponents): Promise<Video> {
  await added(video.contentId);
  return await videos.get(video.contentId).catch(() => undefined) ?? video;
}

async function receive(
  request: FastifyRequest<{ Params: { '*': string } }>, reply: FastifyReply, components: PutComponents, options: PutOptions,
): Promise<Stored> {
  const { videos, room, draining, stopping } = components;
  const name = cleanFileName(request.params['*']);
  const declaredBytes = request.headers['content-length'] === undefined ? undefined : Number(request.headers['content-length']);
  if (request.headers['content-range'] !== undefined) throw partialPut();
  if (declaredBytes === 0) throw emptyFile(name);
  if (declaredBytes !== undefined && declaredBytes > options.maxBytes) throw tooLarge(options.maxBytes);
  if (draining.aborted) throw shuttingDown();
  await room.requireInStore(declaredBytes ?? 0);

  const writer = await videos.create();
  const batches = new BodyBatches(request.raw, { idleMs: options.idleMs, signal: stopping });
  try {
    continueBody(request.raw, reply.raw);
    const hasher = await pour(batches, writer, { name, maxBytes: options.maxBytes, room });
    if (stopping.aborted && !request.raw.complete) throw shuttingDown();
    if (hasher.sizeBytes === 0) throw emptyFile(name);
    return await writer.commit({ ...hasher.finish(), name, mediaType: mediaTypeFor(name, request.headers['content-type']) });
  } catch (error) {
    await writer.abort();
    throw error;
  } finally {
    batches.close();
  }
}

async function pour(batches: BodyBatches, writer: VideoWriter, upload: { name: string; maxBytes: number; room: Room }): Promise<MerkleHasher> {
  const hasher = new MerkleHasher();
  let checkedBytes = 0;
  for (let batch = await nextOf(batches, upload.name); batch !== undefined; batch = await nextOf(batches, upload.name)) {
    const batchBytes = batch.reduce((sum, chunk) => sum + chunk.length, 0);
    if (hasher.sizeBytes + batchBytes > upload.maxBytes) throw tooLarge(upload.maxBytes);
    // The store writes while this thread hashes.
    const written = writer.write(...batch);
    for (const chunk of batch) hasher.update(chunk);
    await written;
    if (hasher.sizeBytes - checkedBytes >= ROOM_CHECK_BYTES) {
      checkedBytes = hasher.sizeBytes;
      await upload.room.requireInStore(0);
    }
  }
  return hasher;
}

async function nextOf(batches: BodyBatches, name: string): Promise<readonly Buffer[] | undefined> {
  try {
    return await batches.next();
  } catch (error) {
    throw error instanceof ProblemError ? error : cutShort(name, { cause: error });
  }
}
