/** One JSON line a request, under the request's id, which every answer carries too. Tokens and cookies never get here. */
import type { LogDestination } from '../admin/recent-log.ts';
import type { App } from '../app-type.ts';
import { onResponseEnd } from './response-end.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked every few seconds by machines: logged at `debug`. */
    readonly quiet?: boolean;
  }
}

export function loggerOptions(level: string, destination: LogDestination): { level: string; stream: LogDestination; redact: string[] } {
  return {
    level,
    stream: destination,
    // Nothing of ours logs headers; this is for whoever does one day. Paths with wildcards would cost every line.
    redact: ['headers', 'req.headers', 'res.headers'].flatMap((path) => [`${path}.authorization`, `${path}.cookie`, `${path}["set-cookie"]`, `${path}["switch-grant"]`]),
  };
}

export function registerRequestLog(app: App): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  onResponseEnd(app, (request, reply) => {
    const line = {
      method: request.method, url: request.originalUrl, status: reply.statusCode, remoteAddress: request.ip, elapsedMs: Math.round(reply.elapsedTime),
      cut: !reply.raw.writableFinished,
    };
    if (request.routeOptions.config.quiet === true) request.log.debug(line, 'request');
    else request.log.info(line, 'request');
  });
}
