/** The pages under `/docs`: an instance of their own, which has the node's routes to describe them and is asked for pages only. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify';
import { VERSION } from '../version.ts';

/** @returns an instance that listens nowhere and is asked with `inject`. */
export async function createDocsPages(routes: readonly RouteOptions[], basePath: string): Promise<FastifyInstance> {
  const pages = Fastify();
  // No request of these is checked or answered here.
  pages.setValidatorCompiler(() => () => true);
  pages.setSerializerCompiler(() => (body) => JSON.stringify(body));
  await pages.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Software Switch', version: VERSION,
        description: 'A hybrid video node: a CDN with a bounded number of streams, and a swarm that takes over when it is full. Errors are RFC 9457 problem documents.',
      },
      servers: [{ url: basePath === '' ? '/' : basePath, description: 'This node' }],
      components: { securitySchemes: { adminToken: { type: 'http', scheme: 'bearer', description: 'The admin token' } } },
    },
  });
  await pages.register(swaggerUi, {
    routePrefix: '/docs', indexPrefix: basePath, uiConfig: { deepLinking: true, docExpansion: 'list' },
  });
  for (const { method, url, schema } of routes) pages.route({ method, url, ...(schema === undefined ? {} : { schema }), handler: async () => undefined });
  await pages.ready();
  return pages;
}
