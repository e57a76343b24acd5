/**
 * Tells when a response is over. Fastify's own `onResponse` is not called for one whose connection went away, and viewers who
 * close a tab in mid-film are the normal case here.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app-type.ts';

/** `listener` is called once for every response, whole or cut. Sockets of signalling are not responses. */
export function onResponseEnd(app: App, listener: (request: FastifyRequest, reply: FastifyReply) => void): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.headers.upgrade === undefined) reply.raw.once('close', () => listener(request, reply));
    done();
  });
}
