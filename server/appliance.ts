/** One whole appliance: makes its parts from the settings, starts them in order, and stops them in the opposite order. */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Origins } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { createEngine } from '../engine/index.ts';
import { describeMedia, toWebVtt } from '../engine/media/index.ts';
import { adminRoutes } from './admin/admin-routes.ts';
import { RecentLog, type LogDestination } from './admin/recent-log.ts';
import type { App } from './app-type.ts';
import { assembleApp, createApp } from './app.ts';
import { openAdminAccess } from './auth/admin-access.ts';
import { AdminGate } from './auth/gate.ts';
import { freshSecret, keptSecret } from './auth/kept-secret.ts';
import { CdnAdmission } from './cdn/admission.ts';
import { Pacer } from './cdn/pacer.ts';
import { Closers, PART_LIMIT_MS, within } from './closers.ts';
import type { FolderLibrary } from './folder/folder-library.ts';
import type { FolderOptions } from './folder/folder-options.ts';
import { openLibrary } from './folder/open-library.ts';
import { ingestRoutes } from './ingest/index.ts';
import { Lifecycle } from './lifecycle.ts';
import { readEmbeddedSubtitles } from './media/embedded-subtitles.ts';
import { MediaInspector } from './media/media-inspector.ts';
import { Metrics } from './operations/metrics.ts';
import type { Status } from './operations/status.ts';
import { WatchedVideos } from './operations/watched-videos.ts';
import { ProxyWatch } from './proxy/proxy-watch.ts';
import { openIceServers, openReach } from './reach/open-reach.ts';
import { assertUdpPortFree } from './reach/udp-port.ts';
import { Seeder } from './seeder/seeder.ts';
import { SignallingHub } from './signalling/hub.ts';
import { signallingRoutes } from './signalling/routes.ts';
import { openStorage } from './storage/open-storage.ts';
import { PieceCache } from './storage/piece-cache.ts';
import { VERSION } from './version.ts';

/** Unfinished uploads, beside the library so that finishing one is a rename. */
const UPLOADS_FOLDER = 'uploads';

const PAGE_DIR = fileURLToPath(new URL('../ui/dist', import.meta.url));

const MS_PER_HOUR = 3_600_000;

/** How long answers may be on their way when the port is closed, before connections are cut. */
const LAST_WORDS_MS = 300;

export interface Appliance {
  /** Where it listens, for a client on this machine. */
  readonly url: string;
  readonly port: number;
  readonly log: App['log'];
  /** Where one is set. */
  readonly folder: FolderLibrary | undefined;
  /** Takes nothing new, lets open streams go on for `drainTimeoutMs` at most (or until `hurry`), then closes everything. */
  stop(hurry?: AbortSignal): Promise<void>;
}

export interface ApplianceSurroundings {
  readonly logDestination: LogDestination;
  /** Where the settings came from, to be shown to who is signed in. */
  readonly origins?: Origins;
  /** Called when this start has made the admin token, which is kept as a hash from then on, whatever becomes of the start. */
  readonly onTokenMade?: (token: string) => void;
  /** Ends a start that is waiting (for its database, for an upgrade of the data). */
  readonly signal?: AbortSignal;
  /** Of the watched folder, other than the usual ones. */
  readonly folderTimings?: Partial<FolderOptions>;
}

/** Throws what keeps it from starting (StorageError, EADDRINUSE…), with nothing left open. */
export async function startAppliance(config: Config, surroundings: ApplianceSurroundings): Promise<Appliance> {
  const closers = new Closers();
  try {
    return await start(config, surroundings, closers);
  } catch (error) {
    // What kept it from starting is what is to be told, whatever does not close well after it.
    await closers.closeAll().catch(() => undefined);
    throw error;
  }
}

async function start(config: Config, { logDestination, onTokenMade, origins, folderTimings, signal }: ApplianceSurroundings, closers: Closers): Promise<Appliance> {
  const clock = { now: () => performance.now() };
  const basePath = config.basePath ?? '';
  const recentLog = new RecentLog(logDestination, { secrets: [config.adminToken, config.mongodbUri, config.turnSecret] });
  const app = createApp({ logLevel: config.logLevel, logDestination: recentLog, trustProxy: config.trustProxy, basePath });
  const proxies = new ProxyWatch({ ...clock, log: app.log }, { basePath });
  proxies.observe(app);
  if (config.seeder) await assertUdpPortFree(config.udpPort);
  const storage = await openStorage({ dataDir: config.dataDir, mongodbUri: config.mongodbUri, log: app.log });
  closers.add(() => storage.stop());
  await storage.start(signal);
  const { state } = storage;
  const { videos, folder } = openLibrary({ store: storage.videos, log: app.log }, config, folderTimings);
  closers.add(() => folder?.stop());

  const pieces = new PieceCache({ videos }, { maxBytes: config.pieceCacheBytes });
  const admission = new CdnAdmission(clock, {
    maxStreams: config.cdnMaxStreams, maxMbps: config.cdnMaxMbps, minStreamMbps: config.cdnMinStreamMbps,
    grantTtlMs: config.cdnGrantTtlMs, maxWaiting: config.cdnMaxWaiting,
  });
  closers.add(() => admission.stop());
  const access = await openAdminAccess({ state, log: app.log, onTokenMade }, {
    given: config.adminToken, fileFolder: config.mongodbUri === undefined ? config.dataDir : undefined,
  });
  closers.add(() => access.stop());
  const lifecycle = new Lifecycle();
  const seederProof = freshSecret();
  const hub = new SignallingHub({
    ...clock, admission, log: app.log, secret: await keptSecret(state, 'signalling-secret'), seederProof,
    hasVideo: async (contentId) => await videos.get(contentId) !== undefined,
    iceServers: openIceServers(config),
  }, { maxSockets: config.signallingMaxSockets, messagesPerSecond: config.signallingMessagesPerSecond });
  closers.add(() => hub.stop());
  const reach = openReach(config, { hub, log: app.log });
  closers.add(() => reach.stop());

  // Made once the port is known; until then there is nothing to seed.
  let seeder: Seeder | undefined;
  const metrics = new Metrics({
    admission, seederSentBytes: () => seeder?.figures().sentBytes ?? 0,
    swarms: () => hub.figures().swarmsTotal, signallingSockets: () => hub.figures().sockets,
  });
  const uploads = new WatchedVideos({
    videos, onEnd: (outcome, contentId) => {
      metrics.countUpload(outcome);
      if (contentId !== undefined) seeder?.added(contentId);
    },
  });
  const seederOff = { enabled: false, videos: 0, peers: 0, sentBytes: 0, maxPeers: config.seederMaxPeers, maxMbps: config.seederMaxMbps };
  const status = async (): Promise<Status> => ({
    cdn: admission.figures(), swarms: [...hub.figures().swarms], seeder: seeder?.figures() ?? seederOff,
    storage: { kind: videos.kind, ...(await videos.usage()) }, version: VERSION,
  });

  const inspector = new MediaInspector({
    videos, describe: describeMedia, isBusy: () => admission.figures().activeStreams > 0, log: app.log,
    readSubtitles: (source, media, ended) => readEmbeddedSubtitles(source, media, ended, toWebVtt),
  });
  closers.add(() => inspector.stop());

  const added = (contentId: string): Promise<void> => {
    seeder?.added(contentId);
    return inspector.added(contentId);
  };
  const forget = async (contentId: string): Promise<void> => {
    inspector.forget(contentId);
    pieces.forget(contentId);
    await seeder?.forget(contentId);
    // An upload that is deleted uncovers the same bytes in the watched folder, and the other way round. A store that does not answer
    // tells of no other, and what was deleted is deleted.
    if (await videos.get(contentId).catch(() => undefined) !== undefined) void added(contentId);
  };

  await assembleApp(app, {
    videos, toWebVtt, pieces, admission, lifecycle, metrics, status,
    pacer: config.cdnMaxMbps > 0 ? new Pacer(clock, { maxMbps: config.cdnMaxMbps }) : undefined,
    gate: new AdminGate({ ...clock, ...access }), forget,
    routes: [
      (scope) => signallingRoutes(scope, { hub }),
      (scope) => adminRoutes(scope, {
        config, origins, videos, hub, status, reach, folder, log: recentLog, seeder: () => seeder, noticeSources: [() => proxies.notices()],
      }),
      (scope) => ingestRoutes(scope, {
        storage: { videos: uploads }, requireAdmin: scope.requireAdmin, draining: lifecycle.drain, added: (contentId) => inspector.added(contentId),
      }, {
        incomingDir: join(config.dataDir, UPLOADS_FOLDER), uploadMaxBytes: config.uploadMaxBytes,
        uploadExpiryMs: config.uploadExpiryHours * MS_PER_HOUR, reserveFreeBytes: config.reserveFreeBytes,
      }),
    ],
  }, { idleTimeoutMs: config.cdnIdleTimeoutMs, pageDir: PAGE_DIR, basePath });
  // The last of these hooks: uploads that the stop ended have been answered, and their clients take the answers.
  app.addHook('preClose', async () => void setTimeout(() => app.server.closeAllConnections(), LAST_WORDS_MS).unref());
  closers.add(() => app.close());
  await app.listen({ host: config.host, port: config.port, listenTextResolver: (address) => `answering at ${address}, as this machine or container sees itself` });

  inspector.start();

  const { port } = app.server.address() as AddressInfo;
  const url = localUrl(config.host, port);
  if (config.seeder) {
    seeder = new Seeder({ ...clock, createEngine, hub, videos, cache: pieces, announce: reach.announce, log: app.log }, {
      url, seederProof, maxPeers: config.seederMaxPeers, maxMbps: config.seederMaxMbps, udpPort: config.udpPort,
    });
    seeder.start();
    reach.start();
  }

  folder?.start({ isBusy: () => admission.figures().activeStreams > 0, shown: (contentId) => void added(contentId), hidden: forget });

  const stop = async (hurry?: AbortSignal): Promise<void> => {
    lifecycle.beginDrain();
    const limitMs = Math.max(config.drainTimeoutMs + LAST_WORDS_MS, PART_LIMIT_MS);
    const parts = [folder?.stop(), seeder?.stop(), inspector.stop(), hub.stop(), lifecycle.settled(config.drainTimeoutMs, hurry)];
    const ends = await Promise.allSettled(parts.map((part) => within<unknown>(limitMs, part)));
    for (const end of ends) if (end.status === 'rejected') app.log.error({ err: end.reason }, 'a part did not stop cleanly');
    await closers.closeAll();
  };
  let stopped: Promise<void> | undefined;
  return { url, port, folder, log: app.log, stop: (hurry) => (stopped ??= stop(hurry)) };
}

/** A host that means every address is reached by the loopback one. */
function localUrl(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (host === '::') return `http://[::1]:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
