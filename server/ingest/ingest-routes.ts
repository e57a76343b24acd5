/** The upload routes as a Fastify plugin, and the owner of what runs beside them: the sweep, the hashers, uploads going on. */
import { mkdir } from 'node:fs/promises';
import type { onRequestHookHandler } from 'fastify';
import type { App } from '../app-type.ts';
import type { Storage } from '../storage/video-store.ts';
import { Finisher } from './finisher.ts';
import { Finishing } from './finishing.ts';
import { registerPut } from './put-route.ts';
import { Room } from './room.ts';
import { Running } from './running.ts';
import { StagingStore } from './staging-store.ts';
import { registerTus } from './tus-routes.ts';
import { dropUnreadBody, holdContinue, isBodyHeld } from './unread-body.ts';
import { UploadContexts } from './upload-context.ts';
import { UploadHashes } from './upload-hashes.ts';
import { UploadRecords } from './upload-records.ts';

export interface IngestComponents {
  readonly storage: Pick<Storage, 'videos'>;
  readonly requireAdmin: onRequestHookHandler;
  /** Fires when the appliance is about to stop: nothing new is taken then, and a resumable upload ends at the byte it has. */
  readonly draining?: AbortSignal;
  /** Told of each new video before its upload is answered; takes its time within bounds of its own. */
  readonly added?: (contentId: string) => Promise<void>;
}

export interface IngestOptions {
  /** Unfinished tus uploads lie here. A folder of its own, on the same disk as the filesystem store: finishing is a rename then. */
  readonly incomingDir: string;
  readonly uploadMaxBytes: number;
  /** Counts from the last byte that came. */
  readonly uploadExpiryMs: number;
  readonly reserveFreeBytes: number;
  /** An upload that brings no byte for this long is ended. Default one minute. */
  readonly uploadIdleMs?: number;
  /** Default one hour. */
  readonly sweepEveryMs?: number;
}

const IDLE_MS = 60_000;
/** Asked of the address as it came, with the base path or without. */
const UPLOAD = /^(?:PUT \S*\/api\/videos\/|(?:POST|PATCH) \S*\/api\/uploads)/;
const SWEEP_EVERY_MS = 3_600_000;

/** Registers a scope of its own: bodies in it reach the handlers unread, whatever their type. */
export async function ingestRoutes(app: App, components: IngestComponents, options: IngestOptions): Promise<void> {
  const { videos } = components.storage;
  const added = components.added ?? (async () => undefined);
  const { incomingDir, uploadMaxBytes: maxBytes, uploadExpiryMs: expiryMs } = options;
  const idleMs = options.uploadIdleMs ?? IDLE_MS;
  await mkdir(incomingDir, { recursive: true });
  const records = new UploadRecords({ folder: incomingDir });
  const hashes = new UploadHashes({ folder: incomingDir });
  const contexts = new UploadContexts();
  const room = new Room({ videos }, options);
  const finishing = new Finishing();
  const staging = new StagingStore({ records, hashes, finishing, contexts, room }, { folder: incomingDir, expiryMs, maxBytes, idleMs });
  const finisher = new Finisher({ videos, staging, records, hashes, finishing, added });
  const stop = new AbortController();
  const draining = components.draining === undefined ? stop.signal : AbortSignal.any([components.draining, stop.signal]);
  const running = new Running();

  const sweep = async (): Promise<void> => {
    try {
      const removed = await staging.deleteExpired();
      if (removed > 0) app.log.info({ removed }, 'removed expired uploads');
    } catch (error) {
      app.log.warn({ err: error }, 'could not remove expired uploads');
    }
  };
  await sweep();
  const sweeper = setInterval(() => void sweep(), options.sweepEveryMs ?? SWEEP_EVERY_MS);
  sweeper.unref();

  holdContinue(app.server, (request) => UPLOAD.test(`${request.method} ${request.url}`));
  await app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, done) => done(null));
    scope.addHook('onSend', async (request, reply) => {
      if (isBodyHeld(request.raw)) reply.header('connection', 'close');
    });
    scope.addHook('onResponse', async (request, reply) => dropUnreadBody(request.raw, reply.raw));
    registerTus(scope, { staging, records, finisher, contexts, room, running, requireAdmin: components.requireAdmin, stopping: draining }, { maxBytes });
    registerPut(scope, { videos, room, running, added, requireAdmin: components.requireAdmin, draining, stopping: stop.signal }, { maxBytes, idleMs });
  });

  app.addHook('preClose', async () => {
    clearInterval(sweeper);
    stop.abort();
    await running.settled();
  });
  app.addHook('onClose', async () => {
    await hashes.saveAll();
  });
}
