/** What the admin page reads, all behind the admin token, all read-only, none of it ever with a secret. */
import { Type } from 'typebox';
import type { Origins } from '../../config/load.ts';
import type { App } from '../app-type.ts';
import { problemResponses } from '../plugins/problem-schema.ts';
import type { Seeder } from '../seeder/seeder.ts';
import type { SignallingHub } from '../signalling/hub.ts';
import type { VideoStore } from '../storage/video-store.ts';
import { describeOverview, OverviewSchema, type OverviewComponents } from './overview.ts';
import { describePeers, PeersSchema } from './peers.ts';
import { LOG_LEVELS, type RecentLog } from './recent-log.ts';
import { describeSettings, SettingsSchema } from './settings.ts';

export interface AdminComponents extends Omit<OverviewComponents, 'titleOf' | 'swarmsTotal'> {
  readonly hub: Pick<SignallingHub, 'connected' | 'figures'>;
  /** undefined while there is none. */
  readonly seeder: () => Pick<Seeder, 'peers'> | undefined;
  readonly videos: Pick<VideoStore, 'get'>;
  readonly log: RecentLog;
  /** undefined where a program made the configuration by itself. */
  readonly origins: Origins | undefined;
}

const Level = Type.Union(LOG_LEVELS.map((level) => Type.Literal(level)));

const LogSchema = Type.Object({
  startedAt: Type.String({ description: 'ISO 8601, of the process. Numbers begin anew with another one.' }),
  oldestSeq: Type.Integer({ description: 'From this line on all are kept; of those before, warnings and errors only' }),
  lastSeq: Type.Integer({ description: 'Ask with `after` of this for what comes next' }),
  items: Type.Array(Type.Object({
    seq: Type.Integer(),
    time: Type.String({ description: 'ISO 8601' }),
    level: Level,
    message: Type.String(),
    requestId: Type.Union([Type.String(), Type.Null()]),
    details: Type.Object({}, { additionalProperties: true }),
  }), { description: 'The newest last' }),
});

export async function adminRoutes(app: App, components: AdminComponents): Promise<void> {
  const { config, origins, videos, log, hub, seeder } = components;
  const startedAt = new Date().toISOString();
  const titleOf = async (contentId: string): Promise<string | null> => {
    try {
      return (await videos.get(contentId))?.title ?? null;
    } catch {
      // The storage is silent, which a notice says; the list is still worth having.
      return null;
    }
  };
  const route = (summary: string, answer: object) => ({
    onRequest: [noStore, app.requireAdmin],
    // Asked every few seconds by an open page: in the log it reads, its own requests would drown all else.
    config: { quiet: true },
    schema: { tags: ['admin'], summary, security: [{ adminToken: [] }], response: { 200: answer, ...problemResponses(401, 403, 429) } },
  });

  app.get('/api/admin/settings', route('Every setting in effect, and where it came from', SettingsSchema), async () => describeSettings(config, origins));

  app.get('/api/admin/overview', route('Version, disk, CDN, swarms, and notices', OverviewSchema), async () => describeOverview({
    ...components, titleOf, swarmsTotal: () => hub.figures().swarmsTotal,
  }));

  app.get('/api/admin/peers', route('Who is connected', PeersSchema), async () => describePeers({
    titleOf, clients: (limit) => hub.connected(limit), clientsTotal: () => hub.figures().sockets, seederPeers: () => seeder()?.peers() ?? new Map(),
  }, Date.now()));

  const logRoute = route('The recent log, from memory', LogSchema);
  app.get('/api/admin/log', {
    ...logRoute,
    schema: {
      ...logRoute.schema,
      querystring: Type.Object({
        after: Type.Optional(Type.Integer({ minimum: 0, description: 'Only lines with a higher `seq`' })),
        level: Type.Optional(Level),
      }, { additionalProperties: false }),
      response: { ...logRoute.schema.response, ...problemResponses(400) },
    },
  }, async ({ query }) => ({
    startedAt, oldestSeq: log.oldestSeq, lastSeq: log.lastSeq, items: [...log.after(query.after ?? 0, query.level ?? 'trace')],
  }));
}

async function noStore(_request: unknown, reply: { header(name: string, value: string): unknown }): Promise<void> {
  reply.header('cache-control', 'no-store');
}
