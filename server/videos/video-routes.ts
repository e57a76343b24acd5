/** `/api/videos`: the list, one entry, its manifest; and the two changes an entry can take. */
import { Type } from 'typebox';
import type { App } from '../app-type.ts';
import { noSuchVideo } from '../plugins/errors.ts';
import { problemResponses } from '../plugins/problem-schema.ts';
import type { VideoStore } from '../storage/video-store.ts';
import { manifestBody } from './manifest-body.ts';
import { ContentParams, DEFAULT_LIMIT, DEFAULT_SORT, ListQuerySchema, ManifestSchema, TitleBody, VideoPageSchema, VideoSchema } from './schemas.ts';

export interface VideoComponents {
  readonly videos: VideoStore;
  /** Drops what is kept of a deleted content. */
  readonly forget: (contentId: string) => Promise<void>;
}

const IMMUTABLE = 'public, max-age=31536000, immutable';
const tags = ['videos'];

export function registerVideoRoutes(app: App, { videos, forget }: VideoComponents): void {
  app.get('/api/videos', {
    config: { crossOrigin: true },
    schema: { tags, summary: 'The library', querystring: ListQuerySchema, response: { 200: VideoPageSchema, ...problemResponses(400, 503) } },
  }, async (request, reply) => {
    const { cursor, limit = DEFAULT_LIMIT, q, sort = DEFAULT_SORT } = request.query;
    reply.header('cache-control', 'no-cache');
    const search = q?.trim() ?? '';
    const page = await videos.list({ limit, sort, ...(cursor === undefined ? {} : { cursor }), ...(search === '' ? {} : { search }) });
    return { items: [...page.items], nextCursor: page.nextCursor };
  });

  app.get('/api/videos/:contentId', {
    config: { crossOrigin: true },
    schema: { tags, summary: 'One entry', params: ContentParams, response: { 200: VideoSchema, ...problemResponses(400, 404, 503) } },
  }, async (request, reply) => {
    reply.header('cache-control', 'no-cache');
    const video = await videos.get(request.params.contentId);
    if (video === undefined) throw noSuchVideo(request.params.contentId);
    return video;
  });

  app.get('/api/videos/:contentId/manifest', {
    config: { crossOrigin: true },
    schema: {
      tags, summary: 'The manifest: piece hashes that fold up to the content id', params: ContentParams,
      // Sent as the bytes of it: no object is made of megabytes.
      response: { 200: Type.Unsafe<Buffer>(ManifestSchema), 304: Type.Unsafe<undefined>({ description: 'Unchanged' }), ...problemResponses(400, 404, 503) },
    },
  }, async (request, reply) => {
    const { contentId } = request.params;
    const etag = `"${contentId}.manifest"`;
    const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    const manifest = await videos.manifest(contentId);
    if (manifest === undefined) throw noSuchVideo(contentId);
    reply.headers({ etag, 'cache-control': IMMUTABLE });
    if (known?.some((tag) => tag === etag || tag === '*') === true) return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').send(manifestBody(manifest));
  });

  app.patch('/api/videos/:contentId', {
    onRequest: app.requireAdmin,
    schema: {
      tags, summary: 'Change the title', security: [{ adminToken: [] }], params: ContentParams, body: TitleBody,
      response: { 200: VideoSchema, ...problemResponses(400, 401, 403, 404) },
    },
  }, async (request) => videos.setTitle(request.params.contentId, request.body.title.trim()));

  app.delete('/api/videos/:contentId', {
    onRequest: app.requireAdmin,
    schema: {
      tags, summary: 'Remove a video', security: [{ adminToken: [] }], params: ContentParams,
      description: 'A video whose file lies in the watched folder is not removed: 409 with the problem type /problems/in-watched-folder.',
      response: { 204: Type.Null(), ...problemResponses(400, 401, 403, 404, 409) },
    },
  }, async (request, reply) => {
    await videos.delete(request.params.contentId);
    await forget(request.params.contentId);
    return reply.code(204).send(null);
  });
}
