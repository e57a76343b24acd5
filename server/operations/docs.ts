/** `/docs`: the API described by the very schemas that check it, readable without the internet. */
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { App } from '../app-type.ts';

/** Of the connection to the reader, who has another one than this description. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'date', 'transfer-encoding'];

/**
 * Before any route is declared: it sees only those that come after. What describes them is loaded when somebody looks, which on most
 * nodes is never.
 */
export function registerApiDescription(app: App, { basePath }: { basePath: string }): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    if (route.schema?.hide !== true && route.method !== 'HEAD') routes.push(route);
  });
  let pages: Promise<FastifyInstance> | undefined;
  const made = (): Promise<FastifyInstance> => pages ??= import('./docs-pages.ts').then(({ createDocsPages }) => createDocsPages(routes, basePath)).catch((error: unknown) => {
    pages = undefined;
    throw error;
  });
  for (const url of ['/docs', '/docs/*']) {
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      const { statusCode, headers, rawPayload } = await (await made()).inject({ url: request.url, headers: request.headers });
      if (statusCode === 404) return reply.callNotFound();
      for (const name of OF_THE_CONNECTION) delete headers[name];
      return reply.code(statusCode).headers(headers).send(rawPayload);
    });
  }
  app.addHook('onClose', async () => (await pages)?.close());
}
