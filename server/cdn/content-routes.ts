/**
 * `/videos/:contentId/content`: the bytes, by whole or by range, while the CDN has room. The entity never changes, so its
 * strong ETag is the content id. Only a GET that is about to send bytes takes a slot: HEAD, 304, 412 and 416 never do.
 */
import { GRANT_HEADER } from '../../engine/index.ts';
import { Type } from 'typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app-type.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { noSuchVideo } from '../plugins/errors.ts';
import { problemResponses } from '../plugins/problem-schema.ts';
import { ProblemError } from '../problem.ts';
import { BufferPool, type ReadBuffers } from '../storage/buffer-pool.ts';
import { READ_BYTES } from '../storage/filesystem-reader.ts';
import type { ReadOptions, Video, VideoStore } from '../storage/video-store.ts';
import { ContentParams } from '../videos/schemas.ts';
import type { CdnAdmission } from './admission.ts';
import { cdnBusy } from './busy.ts';
import { contentDisposition } from './content-disposition.ts';
import type { Pacer } from './pacer.ts';
import { checkPreconditions, rangeCounts } from './preconditions.ts';
import { answerRange } from './range.ts';
import { sendBytes } from './send-bytes.ts';

/** Where the bytes come from: the cache of hot pieces in front of the store. */
export interface ContentReader {
  read(contentId: string, start: number, end: number, options: ReadOptions): AsyncIterable<Uint8Array>;
}

export interface ContentComponents {
  readonly videos: VideoStore;
  readonly reader: ContentReader;
  readonly admission: Pick<CdnAdmission, 'tryAdmit'>;
  readonly lifecycle: Lifecycle;
  /** Absent: unlimited. */
  readonly pacer: Pacer | undefined;
  readonly countBytes: (bytes: number) => void;
}

/** Of readers who are served from the disk at the same time; more are served from memory that is made for them. */
const MAX_IDLE_BUFFERS = 16;

interface Components extends ContentComponents {
  readonly buffers: ReadBuffers;
}

export interface ContentOptions {
  readonly idleTimeoutMs: number;
  /** '' or like `/switch`. */
  readonly basePath: string;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

type ContentRequest = FastifyRequest<{ Params: { contentId: string }; Querystring: { download?: '1' } }>;

export function registerContentRoutes(app: App, given: ContentComponents, options: ContentOptions): void {
  const components = { ...given, buffers: new BufferPool({}, { lengthBytes: READ_BYTES, maxIdle: MAX_IDLE_BUFFERS }) };
  const schema = {
    tags: ['content'], params: ContentParams,
    querystring: Type.Object({ download: Type.Optional(Type.Literal('1', { description: 'Save instead of play' })) }),
  };
  app.get('/videos/:contentId/content', {
    config: { crossOrigin: true }, exposeHeadRoute: false, helmet: false,
    schema: {
      ...schema, summary: 'The bytes; single ranges, If-Range, If-None-Match', produces: ['application/octet-stream'],
      description: 'A full CDN answers 503 with the problem type /problems/cdn-busy, the content id, where to signal and how many wait.',
      response: problemResponses(404, 412, 416, 503),
    },
  }, (request, reply) => serve(request, reply, components, options));
  app.head('/videos/:contentId/content', {
    config: { crossOrigin: true }, helmet: false,
    schema: { ...schema, summary: 'Size, type and ETag; never refused for load' },
  }, (request, reply) => serve(request, reply, components, options));
}

/** Method and preconditions are judged in the order of RFC 9110, section 13.2.2. */
async function serve(request: ContentRequest, reply: FastifyReply, components: Components, options: ContentOptions): Promise<FastifyReply> {
  const { contentId } = request.params;
  const video = await components.videos.get(contentId);
  if (video === undefined) throw noSuchVideo(contentId);
  const etag = `"${contentId}"`;
  setHeaders(reply, video, etag, request.query.download === '1');
  const precondition = checkPreconditions(request.headers, etag);
  if (precondition === 'failed') throw preconditionFailed(reply);
  if (precondition === 'not-modified') return reply.code(304).send();
  if (request.method === 'HEAD') return reply.header('content-length', video.sizeBytes).send();
  const range = answerRange(rangeCounts(request.headers, etag) ? request.headers.range : undefined, video.sizeBytes);
  if (range.kind === 'unsatisfiable') throw unsatisfiable(reply, video);
  const span = range.kind === 'part' ? range : { start: 0, end: video.sizeBytes };
  if (range.kind === 'part') reply.code(206).header('content-range', `bytes ${span.start}-${span.end - 1}/${video.sizeBytes}`);
  reply.header('content-length', span.end - span.start);
  await stream(request, reply, span, components, options);
  return reply;
}

async function stream(request: ContentRequest, reply: FastifyReply, span: Span, components: Components, options: ContentOptions): Promise<void> {
  const { contentId } = request.params;
  components.lifecycle.refuseWhenDraining();
  const grant = request.headers[GRANT_HEADER];
  const decision = components.admission.tryAdmit(contentId, typeof grant === 'string' ? grant : undefined);
  if (!decision.admitted) {
    clearEntityHeaders(reply);
    throw cdnBusy(contentId, decision, options.basePath);
  }
  const abort = new AbortController();
  const onClose = (): void => abort.abort();
  reply.raw.once('close', onClose);
  try {
    const chunks = components.reader.read(contentId, span.start, span.end, { signal: abort.signal, buffers: components.buffers })[Symbol.asyncIterator]();
    // Before the head is written a failing storage can still be answered properly.
    const first = await firstChunk(chunks, reply);
    reply.raw.off('close', onClose);
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
    // Should the storage ever give less than promised, the connection ends and nobody waits for the rest.
    reply.raw.strictContentLength = true;
    reply.raw.writeHead(reply.statusCode);
    const end = await sendBytes(reply.raw, chunks, first, abort, {
      idleTimeoutMs: options.idleTimeoutMs, pacer: components.pacer, onBytes: components.countBytes,
      onSent: (chunk) => components.buffers.give(chunk),
    });
    if (end === 'stalled') request.log.info({ contentId }, 'reader stalled; connection closed and slot freed');
  } catch (error) {
    if (abort.signal.aborted) {
      // The viewer left before the first byte: there is nobody to answer.
      if (!reply.sent) reply.hijack();
      return;
    }
    if (!reply.sent) throw error;
    request.log.warn({ err: error, contentId }, 'content cut short');
  } finally {
    reply.raw.off('close', onClose);
    decision.slot.release();
  }
}

async function firstChunk(chunks: AsyncIterator<Uint8Array>, reply: FastifyReply): Promise<IteratorResult<Uint8Array>> {
  try {
    return await chunks.next();
  } catch (error) {
    clearEntityHeaders(reply);
    throw error;
  }
}

function setHeaders(reply: FastifyReply, video: Video, etag: string, download: boolean): void {
  // Only media opens in the browser: anything else an admin uploads is saved, and would run without rights.
  const playable = /^(video|audio)\//.test(video.mediaType);
  reply.headers({
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'public, max-age=31536000, immutable, no-transform',
    'content-type': video.mediaType,
    'content-disposition': contentDisposition(download || !playable ? 'attachment' : 'inline', video.name),
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
  });
}

/** The problem that is answered instead is not the entity these speak of. */
function clearEntityHeaders(reply: FastifyReply): void {
  for (const name of ['etag', 'content-type', 'content-disposition', 'content-length', 'content-range', 'cache-control']) reply.removeHeader(name);
}

function preconditionFailed(reply: FastifyReply): ProblemError {
  clearEntityHeaders(reply);
  return new ProblemError({
    type: 'precondition-failed', status: 412, title: 'Not that version',
    detail: 'If-Match names another version. A content never changes: its ETag is its content id.',
  });
}

function unsatisfiable(reply: FastifyReply, video: Video): ProblemError {
  clearEntityHeaders(reply);
  return new ProblemError({
    type: 'range-not-satisfiable', status: 416, title: 'The range lies outside',
    detail: `The content has ${video.sizeBytes} bytes; the range asked for begins after them or is empty.`,
    extensions: { sizeBytes: video.sizeBytes }, headers: { 'content-range': `bytes */${video.sizeBytes}` },
  });
}
