/** Headers that bound what the page may do. Made for pages on plain http, by address: nothing here asks for TLS. */
import helmet from '@fastify/helmet';
import type { App } from '../app-type.ts';

const POLICY = Object.entries({
  'default-src': ["'self'"],
  // hash-wasm compiles its SHA-256 where `crypto.subtle` is missing.
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  // The player's elements bring their style in their shadow roots.
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'media-src': ["'self'", 'blob:'],
  'worker-src': ["'self'", 'blob:'],
  // Any appliance may be a second CDN source and signal for its swarm.
  'connect-src': ["'self'", 'blob:', 'ws:', 'wss:', 'http:', 'https:'],
  'object-src': ["'none'"],
  'base-uri': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
}).map(([name, values]) => `${name} ${values.join(' ')}`).join(';');

export async function registerSecurityHeaders(app: App): Promise<void> {
  await app.register(helmet, {
    // The plugin would put it together anew for every request, which costs more than all else that it does.
    contentSecurityPolicy: false,
    // Over plain http browsers ignore these and say so on the console, or would break the page.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  app.addHook('onRequest', (_request, reply, done) => {
    reply.raw.setHeader('content-security-policy', POLICY);
    done();
  });
}
