/** Headers that bound what the page may do. Made for pages on plain http, by address: nothing here asks for TLS. */
import helmet from '@fastify/helmet';
import type { App } from '../app-type.ts';

export async function registerSecurityHeaders(app: App): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // hash-wasm compiles its SHA-256 where `crypto.subtle` is missing.
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        // The player's elements bring their style in their shadow roots.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        // Any appliance may be a second CDN source and signal for its swarm.
        connectSrc: ["'self'", 'blob:', 'ws:', 'wss:', 'http:', 'https:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Over plain http browsers ignore these and say so on the console, or would break the page.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
  });
}
