/** `/api/videos/:contentId/subtitles`: what was found inside the file and what was uploaded beside it, all as WebVTT. */
import { Type } from 'typebox';
import type { App } from '../app-type.ts';
import { newExtraId } from '../media/inspection-results.ts';
import { languageName, languageOfName, LANGUAGE_PATTERN } from '../media/language-names.ts';
import { noSuchVideo } from '../plugins/errors.ts';
import { problemResponses } from '../plugins/problem-schema.ts';
import { ProblemError } from '../problem.ts';
import { MAX_EXTRA_BYTES, MAX_SUBTITLES, subtitlesExtra, type Subtitles, type VideoDetails } from '../storage/video-details.ts';
import type { VideoStore } from '../storage/video-store.ts';
import { ContentParams, VideoSchema } from './schemas.ts';
import { bytesOf, withBytesBodies } from './small-body.ts';

/** Throws, in words for people, when the bytes are no subtitles. */
export type ConvertUpload = (bytes: Uint8Array, hint: { readonly fileName?: string; readonly mediaType?: string }) => string;

export interface SubtitlesComponents {
  readonly videos: VideoStore;
  readonly toWebVtt: ConvertUpload;
}

const MAX_UPLOAD_BYTES = 4 * 1024 * 1024;
const ONE = '/api/videos/:contentId/subtitles/:id';
const tags = ['subtitles'];
const security = [{ adminToken: [] }];

const OneParams = Type.Object({ ...ContentParams.properties, id: Type.String({ pattern: '^[0-9a-f]{16}$' }) });
const Language = Type.String({ pattern: LANGUAGE_PATTERN, maxLength: 35, description: 'BCP 47, such as en or pt-BR' });
const Label = Type.String({ minLength: 1, maxLength: 100, pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]*$', description: 'For people' });

const UploadQuery = Type.Object({
  language: Type.Optional(Language), label: Type.Optional(Label),
  name: Type.Optional(Type.String({ maxLength: 255, description: 'The file\'s name: its extension tells the format, and film.en.srt its language' })),
}, { additionalProperties: false });

const ChangeBody = Type.Object({
  language: Type.Optional(Type.Union([Language, Type.Null()])), label: Type.Optional(Label),
}, { additionalProperties: false, minProperties: 1 });

export async function registerSubtitlesRoutes(app: App, { videos, toWebVtt }: SubtitlesComponents): Promise<void> {
  app.get(ONE, {
    config: { crossOrigin: true }, helmet: false,
    schema: { tags, summary: 'One set of subtitles, as WebVTT; never changes', params: OneParams, produces: ['text/vtt'], response: problemResponses(400, 404, 503) },
  }, async (request, reply) => {
    const { contentId, id } = request.params;
    const bytes = await videos.extra(contentId, subtitlesExtra(id));
    if (bytes === undefined) throw await missing(videos, contentId, id);
    const etag = `"${id}"`;
    reply.headers({
      etag, 'cache-control': 'public, max-age=31536000, immutable', 'content-type': 'text/vtt; charset=utf-8',
      'content-security-policy': 'sandbox', 'x-content-type-options': 'nosniff',
    });
    if (request.headers['if-none-match']?.includes(etag) === true) return reply.code(304).send();
    return reply.send(bytes);
  });

  app.patch(ONE, {
    onRequest: app.requireAdmin,
    schema: {
      tags, summary: 'Change the label or the language', security, params: OneParams, body: ChangeBody,
      response: { 200: VideoSchema, ...problemResponses(400, 401, 403, 404) },
    },
  }, async (request) => {
    const { params: { contentId, id }, body } = request;
    return videos.changeDetails(contentId, (now) => {
      requireOne(now, contentId, id);
      const change = { ...(body.language === undefined ? {} : { language: body.language }), ...(body.label === undefined ? {} : { label: body.label.trim() }) };
      return { details: { ...now, subtitles: now.subtitles.map((each) => (each.id === id ? { ...each, ...change } : each)) } };
    });
  });

  app.delete(ONE, {
    onRequest: app.requireAdmin,
    schema: { tags, summary: 'Remove one set of subtitles', security, params: OneParams, response: { 200: VideoSchema, ...problemResponses(400, 401, 403, 404) } },
  }, async (request) => {
    const { contentId, id } = request.params;
    return videos.changeDetails(contentId, (now) => {
      requireOne(now, contentId, id);
      return { details: { ...now, subtitles: now.subtitles.filter((each) => each.id !== id) } };
    });
  });

  await withBytesBodies(app, (scope) => scope.post('/api/videos/:contentId/subtitles', {
    onRequest: scope.requireAdmin, bodyLimit: MAX_UPLOAD_BYTES,
    schema: {
      tags, summary: 'Add subtitles', security, params: ContentParams, querystring: UploadQuery,
      description: `The body is a WebVTT, SRT or SSA file of at most ${MAX_UPLOAD_BYTES} bytes. Answers with the entry; a video has at most ${MAX_SUBTITLES} sets.`,
      response: { 201: VideoSchema, ...problemResponses(400, 401, 403, 404, 409, 413, 422, 507) },
    },
  }, async (request, reply) => {
    const { params: { contentId }, query } = request;
    if (await videos.get(contentId) === undefined) throw noSuchVideo(contentId);
    const bytes = bytesOf(request.body, 'The file of subtitles');
    const { 'content-type': mediaType } = request.headers;
    const extra = convert(toWebVtt, bytes, { ...(query.name === undefined ? {} : { fileName: query.name }), ...(mediaType === undefined ? {} : { mediaType }) });
    const subtitles = describe(query);
    const changed = await videos.changeDetails(contentId, (now) => {
      if (now.subtitles.length >= MAX_SUBTITLES) throw tooMany();
      return { details: { ...now, subtitles: [...now.subtitles, subtitles] }, extras: new Map([[subtitlesExtra(subtitles.id), extra]]) };
    });
    return reply.code(201).header('location', `/api/videos/${contentId}/subtitles/${subtitles.id}`).send(changed);
  }));
}

function convert(toWebVtt: ConvertUpload, bytes: Uint8Array, hint: Parameters<ConvertUpload>[1]): Uint8Array {
  let text: string;
  try {
    text = toWebVtt(bytes, hint);
  } catch (error) {
    throw notSubtitles(error instanceof Error ? error.message : 'What was sent is not WebVTT, SubRip or SSA.', error);
  }
  const converted = Buffer.from(text);
  if (converted.byteLength > MAX_EXTRA_BYTES) throw notSubtitles(`As WebVTT the subtitles would have ${converted.byteLength} bytes; ${MAX_EXTRA_BYTES} are taken.`);
  return converted;
}

/** What was not said is taken from the file's name. */
function describe({ language, label, name = '' }: { language?: string; label?: string; name?: string }): Subtitles {
  const known = language ?? languageOfName(name) ?? null;
  const stem = name.replace(/\.[^.]*$/u, '').replace(/\p{Cc}/gu, ' ').trim().slice(0, 100);
  const said = label?.trim() ?? (known === null ? undefined : languageName(known));
  return { id: newExtraId(), language: known, label: said ?? (stem === '' ? 'Subtitles' : stem), origin: 'uploaded' };
}

function requireOne(now: VideoDetails, contentId: string, id: string): void {
  if (!now.subtitles.some((each) => each.id === id)) throw noSuchSubtitles(contentId, id);
}

async function missing(videos: VideoStore, contentId: string, id: string): Promise<ProblemError> {
  return await videos.get(contentId) === undefined ? noSuchVideo(contentId) : noSuchSubtitles(contentId, id);
}

function noSuchSubtitles(contentId: string, id: string): ProblemError {
  return new ProblemError({
    type: 'no-such-subtitles', status: 404, title: 'No such subtitles', extensions: { contentId, id },
    detail: `This video has no subtitles ${id}. They may have been removed; the entry lists those there are.`,
  });
}

function tooMany(): ProblemError {
  return new ProblemError({
    type: 'conflict', status: 409, title: 'Too many subtitles', extensions: { maxSubtitles: MAX_SUBTITLES },
    detail: `This video has ${MAX_SUBTITLES} sets of subtitles, and no more are kept. Remove one first.`,
  });
}

function notSubtitles(detail: string, cause?: unknown): ProblemError {
  return new ProblemError({ type: 'not-subtitles', status: 422, title: 'Not subtitles', detail }, { cause });
}
