/** tus 1.0 under /api/uploads: the kept library decides, our staging store takes the bytes, Fastify answers. */
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest, FastifySchema, onRequestHookHandler } from 'fastify';
import { ERRORS, Server } from '@tus/server';
import type { App } from '../app-type.ts';
import { askedTooSoon, cutShort, emptyFile, fromTus, shuttingDown, tooLarge, tusProblem } from './problems.ts';
import { finishedHeaders, type Finisher } from './finisher.ts';
import type { Room } from './room.ts';
import type { Running } from './running.ts';
import type { StagingStore } from './staging-store.ts';
import { TakeoverLocker, UploadContext, type UploadContexts } from './upload-context.ts';
import { isUploadId, type UploadRecords } from './upload-records.ts';
import { continueBody } from './unread-body.ts';

const PATH = '/api/uploads';

interface TusComponents {
  readonly staging: StagingStore;
  readonly records: UploadRecords;
  readonly finisher: Finisher;
  readonly contexts: UploadContexts;
  readonly room: Room;
  readonly running: Running;
  readonly requireAdmin: onRequestHookHandler;
  /** Fires when the appliance stops. */
  readonly stopping: AbortSignal;
}

export function registerTus(app: App, components: TusComponents, options: { readonly maxBytes: number }): void {
  const { contexts, stopping, running, requireAdmin } = components;
  const tus = createTus(components, options);

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    // Where an upload stands is told to the last, so that its client comes back with the right byte.
    if (stopping.aborted && request.method !== 'HEAD') throw shuttingDown();
    const context = new UploadContext(request.raw, stopping);
    continueBody(request.raw, reply.raw);
    const response = await contexts.run(context, () => tus.handleWeb(webRequest(request.raw)));
    const headers = Object.fromEntries(response.headers);
    if (response.status >= 400) {
      const { 'content-length': _length, 'content-type': _type, ...kept } = headers;
      if (context.error !== undefined) throw cutOrTus(context.error, request, kept, options.maxBytes);
      throw tusProblem(response.status, await response.text(), kept);
    }
    const fields = request.method === 'HEAD' ? { ...headers, ...await finishedLate(request, components) } : headers;
    const body = request.method === 'HEAD' ? '' : await response.text();
    if (body === '') delete fields['content-type'];
    // Node counts the length itself.
    delete fields['content-length'];
    reply.code(response.status).headers(fields);
    return body === '' ? reply.send() : reply.send(body);
  };

  const handle = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => running.track(answer(request, reply));
  const route = (summary: string, description: string): { onRequest: onRequestHookHandler; schema: FastifySchema } => ({
    onRequest: requireAdmin, schema: { tags: ['uploads'], summary, description },
  });
  app.options(PATH, { schema: { tags: ['uploads'], summary: 'What tus extensions and sizes are taken' } }, handle);
  app.post(PATH, route('Begin a resumable upload (tus 1.0)', 'Upload-Metadata carries filename and filetype. Location is where the upload goes on.'), handle);
  app.head(`${PATH}/:id`, route('Where an upload stands', 'Upload-Offset; when finished also Switch-Content-Id and Switch-Already-Stored.'), handle);
  app.patch(`${PATH}/:id`, route('Go on with an upload', 'The answer to the last byte carries Switch-Content-Id, Switch-Already-Stored and the Location of the video.'), handle);
  app.delete(`${PATH}/:id`, route('Give an upload up', 'What came of it is removed.'), handle);
}

function createTus(components: TusComponents, { maxBytes }: { readonly maxBytes: number }): Server {
  const { staging, finisher, contexts, room } = components;
  return new Server({
    path: PATH,
    datastore: staging,
    maxSize: maxBytes,
    relativeLocation: true,
    locker: new TakeoverLocker({ contexts }),
    // Which other origins may write is not the library's to say: none.
    allowedOrigins: [],
    getFileIdFromRequest: (_request, last) => (last !== undefined && isUploadId(last) ? last : undefined),
    onUploadCreate: async (_request, upload) => {
      if (upload.size === 0) throw emptyFile(upload.metadata?.['filename'] ?? 'The file');
      await room.require(upload.size ?? 0);
      return {};
    },
    onUploadFinish: async (request, upload) => {
      const finished = await finisher.finish(upload);
      // A created upload keeps its own Location, which is where the client goes on asking.
      const body = request.method === 'POST' ? JSON.stringify(finished) : undefined;
      return { headers: { ...finishedHeaders(finished), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) }, ...(body === undefined ? {} : { body }) };
    },
    onResponseError: (_request, error) => {
      contexts.current().error = error;
      return undefined;
    },
  });
}

/** All of the request but its body, which the staging store takes from the socket. */
function webRequest(request: IncomingMessage): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value);
  }
  return new Request(new URL(request.url ?? '/', 'http://appliance'), { method: request.method ?? 'GET', headers });
}

/**
 * An upload whose last byte came but which was never finished (a process killed in between, a store that had no room) is
 * finished when its client asks where it stands.
 */
async function finishedLate(request: FastifyRequest, components: TusComponents): Promise<Record<string, string>> {
  const { staging, records, finisher } = components;
  const id = request.url.split('?', 1)[0]?.split('/').at(-1) ?? '';
  const done = await records.finished(id);
  if (done !== undefined) return finishedHeaders(done);
  const upload = await staging.getUpload(id);
  if (upload.size === undefined || upload.offset !== upload.size) return {};
  try {
    return finishedHeaders(await finisher.finish(upload));
  } catch (error) {
    request.log.warn({ err: error, upload: id }, 'an upload that is whole could not be finished');
    throw askedTooSoon(error);
  }
}

function cutOrTus(error: unknown, request: FastifyRequest, headers: Record<string, string>, maxBytes: number): unknown {
  if (request.raw.destroyed && !request.raw.complete) return cutShort('the upload', { cause: error });
  // The library's own words do not say how large a file may be.
  if (error === ERRORS.ERR_MAX_SIZE_EXCEEDED) return tooLarge(maxBytes);
  return fromTus(error, headers);
}
