/** Serves the built page: hashed files for ever, everything else fresh, and the page itself for addresses it routes. */
import { existsSync } from 'node:fs';
import { sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app-type.ts';
import { notFound, sendProblem } from '../plugins/errors.ts';

const NOT_BUILT = 'The page has not been built. Run "npm run build:page" and start again; the API works without it.\n';

/** `pageDir` is what the page's build wrote. Also answers for every address that no route has. */
export async function registerPage(app: App, { pageDir }: { pageDir: string }): Promise<void> {
  const built = existsSync(`${pageDir}${sep}index.html`);
  if (built) {
    await app.register(fastifyStatic, {
      root: pageDir,
      // Where the build left .br and .gz files beside the originals, they are sent.
      preCompressed: true,
      cacheControl: false,
      dotfiles: 'ignore',
      setHeaders: (reply, path) => {
        reply.header('cache-control', path.includes(`${sep}assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (!wantsPage(request)) return sendProblem(reply, notFound(request));
    return built ? sendIndex(reply) : reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
  });
}

function sendIndex(reply: FastifyReply): FastifyReply {
  return reply.code(200).sendFile('index.html');
}

/** A person's browser on an address of the page, and not a program or a `<script>` on an address that does not exist. */
function wantsPage(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? '';
  return (request.method === 'GET' || request.method === 'HEAD')
    && (request.headers.accept ?? '').includes('text/html')
    && !path.startsWith('/api/') && !path.startsWith('/assets/');
}
