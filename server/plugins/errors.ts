/** Turns everything thrown under a route into an RFC 9457 problem document. What is inside stays in the log. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app-type.ts';
import { ProblemError, type ProblemType } from '../problem.ts';
import { StorageError } from '../storage/storage-error.ts';

const STORAGE_RETRY_AFTER_SECONDS = 5;

/** Fastify's own errors that have a type of ours; the others of 4xx are `bad-request`. */
const TYPE_BY_STATUS: Readonly<Record<number, ProblemType>> = {
  401: 'unauthorized', 404: 'not-found', 411: 'length-required', 413: 'too-large', 415: 'unsupported-media-type', 429: 'rate-limited',
};

export function registerErrors(app: App): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error, request.id, contentIdOf(request));
    if (problem.status >= 500 && problem.type === 'internal') request.log.error({ err: error }, 'request failed');
    else if (error instanceof StorageError) request.log.warn({ err: error }, 'storage failed');
    return sendProblem(reply, problem);
  });
}

export function sendProblem(reply: FastifyReply, problem: ProblemError): FastifyReply {
  return reply
    .code(problem.status)
    .headers({ 'cache-control': 'no-store', ...problem.headers })
    .header('content-type', 'application/problem+json; charset=utf-8')
    // As text, so that no response schema leaves out an extension of the document.
    .serializer((document: string) => document)
    .send(JSON.stringify(problem.toDocument()));
}

export function notFound(request: FastifyRequest, basePath: string): ProblemError {
  return new ProblemError({
    type: 'not-found', status: 404, title: 'Nothing here',
    detail: `There is no ${request.method} ${request.originalUrl.split('?')[0] ?? ''} on this appliance. ${basePath}/docs lists what there is.`,
  });
}

/** `contentId`: of the video the request was about, where it was about one. */
export function toProblem(error: unknown, requestId: string, contentId = ''): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof StorageError) return fromStorage(error, requestId, contentId);
  if (isFastifyError(error)) {
    if (error.validation !== undefined) return fromValidation(error);
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) {
      return new ProblemError({ type: TYPE_BY_STATUS[status] ?? 'bad-request', status, title: 'The request cannot be served', detail: error.message });
    }
  }
  return internal(requestId);
}

function contentIdOf({ params }: FastifyRequest): string {
  return typeof params === 'object' && params !== null && 'contentId' in params && typeof params.contentId === 'string' ? params.contentId : '';
}

function internal(requestId: string): ProblemError {
  return new ProblemError({
    type: 'internal', status: 500, title: 'Something failed inside the appliance',
    detail: `The appliance could not finish this. Its log tells more under request id ${requestId}.`,
    extensions: { requestId },
  });
}

function fromStorage(error: StorageError, requestId: string, contentId: string): ProblemError {
  switch (error.code) {
    case 'no-such-video':
      return noSuchVideo(contentId);
    case 'bad-cursor':
      return badRequest('cursor', 'The cursor is not one this appliance gave. Begin again without it.');
    case 'no-space':
      return new ProblemError({
        type: 'no-space', status: 507, title: 'Not enough room', extensions: { ...error.details },
        detail: error.message,
      });
    case 'unavailable':
      return new ProblemError({
        type: 'storage-unavailable', status: 503, title: 'The storage does not answer', extensions: { requestId },
        detail: `The appliance cannot reach its storage at the moment. Try again soon; its log tells more under request id ${requestId}.`,
        headers: { 'retry-after': String(STORAGE_RETRY_AFTER_SECONDS) },
      });
    case 'corrupt': case 'newer-data':
      return internal(requestId);
  }
}

export function noSuchVideo(contentId: string): ProblemError {
  return new ProblemError({
    type: 'no-such-video', status: 404, title: 'No such video',
    detail: `This appliance does not hold ${contentId === '' ? 'that video' : contentId}. It may have been deleted.`,
    ...(contentId === '' ? {} : { extensions: { contentId } }),
  });
}

function badRequest(field: string, detail: string): ProblemError {
  return new ProblemError({ type: 'bad-request', status: 400, title: 'The request is not right', detail, extensions: { field } });
}

/** Names the first field that is wrong: `limit`, `body.title`. */
function fromValidation(error: FastifyError): ProblemError {
  const first = error.validation?.[0];
  const missing = first?.params?.['requiredProperties'];
  const path = (first?.instancePath ?? '').split('/').filter((part) => part !== '');
  if (Array.isArray(missing) && typeof missing[0] === 'string') path.push(missing[0]);
  const context = error.validationContext ?? 'request';
  const field = path.length > 0 ? path.join('.') : context;
  const place = context === 'querystring' ? 'query' : context;
  // What a schema without more properties says of one more.
  if (first?.keyword === 'boolean' || first?.keyword === 'additionalProperties') return badRequest(field, `${field} in the ${place} is not known here.`);
  return badRequest(field, `${field} in the ${place} is not right: it ${first?.message ?? 'does not fit'}.`);
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && ('statusCode' in error || 'validation' in error);
}
