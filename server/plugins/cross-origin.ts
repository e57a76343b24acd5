/**
 * Which routes pages of other origins may read (Fetch standard, CORS). Appliances are CDN sources for each other's pages, so
 * what is public to read is readable from anywhere; never with credentials, and nothing that changes anything.
 */
import type { App } from '../app-type.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Readable from pages of other origins. */
    readonly crossOrigin?: boolean;
  }
}

const EXPOSED = 'accept-ranges, content-disposition, content-length, content-range, etag, retry-after, x-request-id';
const ALLOWED = 'switch-grant, range, if-range, if-none-match, content-type';
const PREFLIGHT_AGE_SECONDS = 86_400;

/** Before any route is declared: it adds the preflight answer beside each marked route. */
export function registerCrossOrigin(app: App): void {
  const preflighted = new Set<string>();
  app.addHook('onRoute', (route) => {
    if (route.config?.crossOrigin !== true || route.method === 'OPTIONS' || preflighted.has(route.url)) return;
    preflighted.add(route.url);
    app.options(route.url, { config: { crossOrigin: true }, schema: { hide: true } }, (_request, reply) => {
      reply.code(204).headers({
        'access-control-allow-methods': 'GET, HEAD',
        'access-control-allow-headers': ALLOWED,
        'access-control-max-age': String(PREFLIGHT_AGE_SECONDS),
      }).send();
    });
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.crossOrigin === true) {
      reply.headers({
        'access-control-allow-origin': '*',
        'access-control-expose-headers': EXPOSED,
        'cross-origin-resource-policy': 'cross-origin',
      });
    }
    done();
  });
}
