/** What machines ask: alive, ready, figures. None of it needs the token, none of it tells a secret. */
import { Type } from 'typebox';
import type { App } from '../app-type.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { problemResponses } from '../plugins/problem-schema.ts';
import type { VideoStore } from '../storage/video-store.ts';
import type { Metrics } from './metrics.ts';
import { StatusSchema, type Status } from './status.ts';

export interface OperationsComponents {
  readonly videos: Pick<VideoStore, 'ping'>;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly status: () => Promise<Status>;
}

/** Orchestrators give a probe about a second; a storage slower than this cannot serve a player either. */
const PING_TIMEOUT_MS = 2_000;

const Ok = Type.Object({ status: Type.Literal('ok') });
const tags = ['operations'];

export function registerOperations(app: App, { videos, lifecycle, metrics, status }: OperationsComponents): void {
  app.addHook('onSend', async (request, reply) => {
    if (request.routeOptions.config.quiet === true) reply.header('cache-control', 'no-store');
  });

  app.get('/healthz', {
    config: { quiet: true }, schema: { tags, summary: 'The process answers', response: { 200: Ok } },
  }, async () => ({ status: 'ok' as const }));

  app.get('/readyz', {
    config: { quiet: true }, schema: { tags, summary: 'The storage answers and nothing is being stopped', response: { 200: Ok, ...problemResponses(503) } },
  }, async () => {
    lifecycle.refuseWhenDraining();
    await videos.ping(AbortSignal.timeout(PING_TIMEOUT_MS));
    return { status: 'ok' as const };
  });

  app.get('/metrics', {
    config: { quiet: true }, schema: { tags, summary: 'Prometheus text format', response: { 200: Type.String() } },
  }, async (_request, reply) => {
    const text = await metrics.registry.metrics();
    return reply.type(metrics.registry.contentType).send(text);
  });

  app.get('/api/status', {
    config: { quiet: true }, schema: { tags, summary: 'Slots, waiting, swarms, seeder, storage', response: { 200: StatusSchema, ...problemResponses(503) } },
  }, async () => status());
}
