/** One whole appliance: makes its parts from the settings, starts them in order, and stops them in the opposite order. */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/schema.ts';
import type { App } from './app-type.ts';
import { assembleApp, createApp } from './app.ts';
import { openAdminToken } from './auth/admin-token.ts';
import { AdminGate } from './auth/gate.ts';
import { freshSecret, keptSecret } from './auth/kept-secret.ts';
import { openSessions } from './auth/sessions.ts';
import { CdnAdmission } from './cdn/admission.ts';
import { Pacer } from './cdn/pacer.ts';
import { ingestRoutes } from './ingest/index.ts';
import { Lifecycle } from './lifecycle.ts';
import { CountedVideos } from './operations/counted-videos.ts';
import { Metrics } from './operations/metrics.ts';
import type { Status } from './operations/status.ts';
import { SignallingHub } from './signalling/hub.ts';
import { signallingRoutes } from './signalling/routes.ts';
import { openStorage } from './storage/open-storage.ts';
import { PieceCache } from './storage/piece-cache.ts';
import { VERSION } from './version.ts';

/** Unfinished uploads, beside the library so that finishing one is a rename. */
const UPLOADS_FOLDER = 'uploads';

const PAGE_DIR = fileURLToPath(new URL('../ui/dist', import.meta.url));

export interface Appliance {
  /** Where it listens, for a client on this machine. */
  readonly url: string;
  readonly port: number;
  /** The admin token, only when this start has made it. */
  readonly madeToken: string | undefined;
  readonly log: App['log'];
  /** Takes nothing new, lets open streams go on for `drainTimeoutMs` at most (or until `hurry`), then closes everything. */
  stop(hurry?: AbortSignal): Promise<void>;
}

/** Throws what keeps it from starting (StorageError, EADDRINUSE…), with nothing left open. */
export async function startAppliance(config: Config, { logDestination }: { logDestination: Writable }): Promise<Appliance> {
  const closers: (() => Promise<void> | void)[] = [];
  const closeAll = async (): Promise<void> => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
  };
  try {
    return await start(config, logDestination, closers, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function start(config: Config, logDestination: Writable, closers: (() => Promise<void> | void)[], closeAll: () => Promise<void>): Promise<Appliance> {
  const app = createApp({ logLevel: config.logLevel, logDestination, trustProxy: config.trustProxy });
  const monotonic = { now: () => performance.now() };
  const storage = await openStorage({ dataDir: config.dataDir, mongodbUri: config.mongodbUri, log: app.log });
  closers.push(() => storage.stop());
  await storage.start();

  const pieces = new PieceCache({ videos: storage.videos }, { maxBytes: config.pieceCacheBytes });
  const admission = new CdnAdmission(monotonic, {
    maxStreams: config.cdnMaxStreams, maxMbps: config.cdnMaxMbps, minStreamMbps: config.cdnMinStreamMbps,
    grantTtlMs: config.cdnGrantTtlMs, maxWaiting: config.cdnMaxWaiting,
  });
  closers.push(() => admission.stop());
  const { token, made } = await openAdminToken(storage.state, config.adminToken);
  const sessions = await openSessions({ state: storage.state, token, now: () => Date.now() });
  const lifecycle = new Lifecycle();
  const hub = new SignallingHub({
    admission, ...monotonic, log: app.log, secret: await keptSecret(storage.state, 'signalling-secret'), seederProof: freshSecret(),
    hasVideo: async (contentId) => await storage.videos.get(contentId) !== undefined,
  }, { maxSockets: config.signallingMaxSockets, messagesPerSecond: config.signallingMessagesPerSecond });
  closers.push(() => hub.stop());
  const metrics = new Metrics({
    admission, seederSentBytes: () => 0,
    swarms: () => hub.figures().swarmsTotal, signallingSockets: () => hub.figures().sockets,
  });

  const countedVideos = new CountedVideos({ videos: storage.videos, count: (outcome) => metrics.countUpload(outcome) });

  const status = async (): Promise<Status> => ({
    cdn: admission.figures(),
    swarms: [...hub.figures().swarms],
    seeder: { enabled: config.seeder, videos: 0, peers: 0, sentBytes: 0, maxMbps: config.seederMaxMbps, maxPeers: config.seederMaxPeers },
    storage: { kind: storage.videos.kind, ...(await storage.videos.usage()) },
    version: VERSION,
  });

  await assembleApp(app, {
    videos: storage.videos, pieces, admission, lifecycle, metrics, status,
    pacer: config.cdnMaxMbps > 0 ? new Pacer(monotonic, { maxMbps: config.cdnMaxMbps }) : undefined,
    gate: new AdminGate({ token, sessions, ...monotonic }),
    routes: [
      (scope) => signallingRoutes(scope, { hub }),
      (scope) => ingestRoutes(scope, { storage: { videos: countedVideos }, requireAdmin: scope.requireAdmin }, {
        incomingDir: join(config.dataDir, UPLOADS_FOLDER), uploadMaxBytes: config.uploadMaxBytes,
        uploadExpiryMs: config.uploadExpiryHours * 3_600_000, reserveFreeBytes: config.reserveFreeBytes,
      }),
    ],
  }, { idleTimeoutMs: config.cdnIdleTimeoutMs, pageDir: PAGE_DIR });

  closers.push(async () => {
    const closing = app.close();
    app.server.closeAllConnections();
    await closing;
  });
  await app.listen({ host: config.host, port: config.port });

  let stopped: Promise<void> | undefined;
  const stop = async (hurry?: AbortSignal): Promise<void> => {
    lifecycle.beginDrain();
    await hub.stop();
    await lifecycle.settled(config.drainTimeoutMs, hurry);
    await closeAll();
  };
  const { port } = app.server.address() as AddressInfo;
  return { url: localUrl(config.host, port), port, madeToken: made, log: app.log, stop: (hurry) => (stopped ??= stop(hurry)) };
}

function localUrl(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
