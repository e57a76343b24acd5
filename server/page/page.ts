/** Serves the built page: hashed files for ever, everything else fresh, and the page itself for addresses it routes. */
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyRequest } from 'fastify';
import type { App } from '../app-type.ts';
import { notFound, sendProblem } from '../plugins/errors.ts';
import { isBareBasePath } from '../proxy/base-path.ts';
import { IndexPage } from './index-page.ts';

const NOT_BUILT = 'The page has not been built. Run "npm run build:page" and start again; the API works without it.\n';

/** RFC 9110 section 15.4.9: the method stays. */
const PERMANENTLY = 308;

export interface PageOptions {
  /** What the page's build wrote. */
  readonly pageDir: string;
  /** '' or like `/switch`. */
  readonly basePath: string;
}

/** Also answers for every address that no route has. */
export async function registerPage(app: App, { pageDir, basePath }: PageOptions): Promise<void> {
  const indexFile = join(pageDir, 'index.html');
  const page = existsSync(indexFile) ? await IndexPage.read(indexFile, basePath) : undefined;
  if (page !== undefined) {
    app.get('/', { schema: { hide: true } }, (request, reply) => {
      const query = request.url.slice(1);
      return isBareBasePath(request.originalUrl, basePath) ? reply.redirect(`/${query}`, PERMANENTLY) : page.send(request, reply);
    });
    app.get('/index.html', { schema: { hide: true } }, (request, reply) => page.send(request, reply));
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
    if (!wantsPage(request)) return sendProblem(reply, notFound(request, basePath));
    return page !== undefined ? page.send(request, reply) : reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
  });
}

/** A person's browser on an address of the page, and not a program or a `<script>` on an address that does not exist. */
function wantsPage(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? '';
  return (request.method === 'GET' || request.method === 'HEAD')
    && (request.headers.accept ?? '').includes('text/html')
    && !path.startsWith('/api/') && !path.startsWith('/assets/');
}
