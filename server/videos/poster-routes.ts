/** `/api/videos/:contentId/poster`: one small picture, drawn by the page of whoever uploaded or watched, kept as it came. */
import { Type } from 'typebox';
import type { App } from '../app-type.ts';
import { newExtraId } from '../media/inspection-results.ts';
import { noSuchVideo } from '../plugins/errors.ts';
import { problemResponses } from '../plugins/problem-schema.ts';
import { ProblemError } from '../problem.ts';
import { posterExtra } from '../storage/video-details.ts';
import type { VideoStore } from '../storage/video-store.ts';
import { ContentParams, VideoSchema } from './schemas.ts';
import { bytesOf, withBytesBodies } from './small-body.ts';

/** A picture of 640 pixels in WebP is a tenth of it. */
const MAX_POSTER_BYTES = 512 * 1024;
const FOREVER = 'public, max-age=31536000, immutable';
const PATH = '/api/videos/:contentId/poster';
const tags = ['videos'];

const PosterQuery = Type.Object({ v: Type.Optional(Type.String({ maxLength: 64, description: '`posterId`: with it the answer may be kept for ever' })) });
const PutQuery = Type.Object({ replace: Type.Optional(Type.Literal('1', { description: 'Takes the place of the poster there is' })) }, { additionalProperties: false });

export async function registerPosterRoutes(app: App, { videos }: { readonly videos: VideoStore }): Promise<void> {
  app.get(PATH, {
    config: { crossOrigin: true }, helmet: false,
    schema: {
      tags, summary: 'The poster: a WebP, JPEG or PNG', params: ContentParams, querystring: PosterQuery, produces: ['image/webp', 'image/jpeg', 'image/png'],
      response: problemResponses(400, 404, 503),
    },
  }, async (request, reply) => {
    const { contentId } = request.params;
    const video = await videos.get(contentId);
    if (video === undefined) throw noSuchVideo(contentId);
    const { posterId } = video;
    const bytes = posterId === null ? undefined : await videos.extra(contentId, posterExtra(posterId));
    if (posterId === null || bytes === undefined) throw noPoster(contentId);
    const etag = `"${posterId}"`;
    reply.headers({
      etag, 'cache-control': request.query.v === posterId ? FOREVER : 'no-cache', 'content-type': pictureType(bytes) ?? 'application/octet-stream',
      'content-security-policy': 'sandbox', 'x-content-type-options': 'nosniff',
    });
    if (request.headers['if-none-match']?.includes(etag) === true) return reply.code(304).send();
    return reply.send(bytes);
  });

  app.delete(PATH, {
    onRequest: app.requireAdmin,
    schema: { tags, summary: 'Remove the poster', security: [{ adminToken: [] }], params: ContentParams, response: { 200: VideoSchema, ...problemResponses(400, 401, 403, 404) } },
  }, async (request) => videos.changeDetails(request.params.contentId, (now) => {
    if (now.posterId === null) throw noPoster(request.params.contentId);
    return { details: { ...now, posterId: null } };
  }));

  await withBytesBodies(app, (scope) => scope.put(PATH, {
    onRequest: scope.requireAdmin, bodyLimit: MAX_POSTER_BYTES,
    schema: {
      tags, summary: 'Give a video its poster', security: [{ adminToken: [] }], params: ContentParams, querystring: PutQuery,
      consumes: ['image/webp', 'image/jpeg', 'image/png'],
      description: `The body is the picture, of at most ${MAX_POSTER_BYTES} bytes. Where there is one already, the first stays and the answer is 409, unless replace=1.`,
      response: { 200: VideoSchema, ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422, 507) },
    },
  }, async (request) => {
    const { contentId } = request.params;
    const bytes = bytesOf(request.body, 'The picture');
    if (pictureType(bytes) === undefined) throw notAPicture();
    const posterId = newExtraId();
    return videos.changeDetails(contentId, (now) => {
      if (now.posterId !== null && request.query.replace !== '1') throw alreadyThere(contentId, now.posterId);
      return { details: { ...now, posterId }, extras: new Map([[posterExtra(posterId), bytes]]) };
    });
  }));
}

/** By what the bytes begin with (WHATWG MIME Sniffing, section 6.1), whatever the request calls them. */
function pictureType(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 16)).toString('latin1');
  if (/^RIFF[^]{4}WEBPVP/u.test(head)) return 'image/webp';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  return head.startsWith('\x89PNG\r\n\x1a\n') ? 'image/png' : undefined;
}

function noPoster(contentId: string): ProblemError {
  return new ProblemError({
    type: 'no-such-poster', status: 404, title: 'No poster', extensions: { contentId },
    detail: 'This video has no poster. The page draws one when somebody who is signed in watches it.',
  });
}

function alreadyThere(contentId: string, posterId: string): ProblemError {
  return new ProblemError({
    type: 'conflict', status: 409, title: 'There is a poster', extensions: { contentId, posterId },
    detail: 'This video has a poster, and it was kept. Send the picture with ?replace=1 to put it in its place.',
  });
}

function notAPicture(): ProblemError {
  return new ProblemError({
    type: 'unsupported-media-type', status: 415, title: 'Not a picture that is taken',
    detail: 'A poster is a WebP, JPEG or PNG file. What was sent begins like none of them.',
  });
}
