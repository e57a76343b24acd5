/** `/docs`: the API described by the very schemas that check it, readable without the internet. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { App } from '../app-type.ts';
import { VERSION } from '../version.ts';

/** Before any route is declared: it sees only those that come after. */
export async function registerApiDescription(app: App, { basePath }: { basePath: string }): Promise<void> {
  await app.register(swagger, {
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
  await app.register(swaggerUi, {
    routePrefix: '/docs', indexPrefix: basePath, uiConfig: { deepLinking: true, docExpansion: 'list' },
  });
}
