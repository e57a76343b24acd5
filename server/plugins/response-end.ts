/**
 * Tells when a response is over. Fastify's own `onResponse` is not called for one whose connection went away, and viewers who
 * close a tab in mid-film are the normal case here.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app-type.ts';

type Listener = (request: FastifyRequest, reply: FastifyReply) => void;

/** One event listener for each response, however many want to know: streams bring enough of their own to reach Node's warning. */
const listenersOf = new WeakMap<App, Listener[]>();

/** `listener` is called once for every response, whole or cut. Sockets of signalling are not responses. */
export function onResponseEnd(app: App, listener: Listener): void {
  const known = listenersOf.get(app);
  if (known !== undefined) {
    known.push(listener);
    return;
  }
  const listeners = [listener];
  listenersOf.set(app, listeners);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.headers.upgrade === undefined) reply.raw.once('close', () => listeners.forEach((each) => each(request, reply)));
    done();
  });
}
