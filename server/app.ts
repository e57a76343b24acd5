/** Builds the Fastify instance of an appliance from its parts. Opens no port, owns none of the parts. */
import { randomUUID } from 'node:crypto';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { LogController } from 'fastify';
import type { LogDestination } from './admin/recent-log.ts';
import type { App } from './app-type.ts';
import type { AdminGate } from './auth/gate.ts';
import { registerContentRoutes, type ContentReader } from './cdn/content-routes.ts';
import type { CdnAdmission } from './cdn/admission.ts';
import type { Pacer } from './cdn/pacer.ts';
import type { Lifecycle } from './lifecycle.ts';
import { registerApiDescription } from './operations/docs.ts';
import type { Metrics } from './operations/metrics.ts';
import { registerOperations } from './operations/operations-routes.ts';
import type { Status } from './operations/status.ts';
import { registerPage } from './page/page.ts';
import { registerAuth } from './plugins/auth.ts';
import { registerCrossOrigin } from './plugins/cross-origin.ts';
import { registerErrors, sendProblem, toProblem } from './plugins/errors.ts';
import { registerOpenRequests } from './plugins/open-requests.ts';
import { loggerOptions, registerRequestLog } from './plugins/request-log.ts';
import { schemaCompilers } from './plugins/schema-compilers.ts';
import { registerSecurityHeaders } from './plugins/security-headers.ts';
import { prefixLocations, withoutBasePath } from './proxy/base-path.ts';
import type { VideoStore } from './storage/video-store.ts';
import { registerPosterRoutes } from './videos/poster-routes.ts';
import { registerSubtitlesRoutes, type ConvertUpload } from './videos/subtitles-routes.ts';
import { registerVideoRoutes } from './videos/video-routes.ts';

export interface AppParts {
  readonly videos: VideoStore;
  readonly toWebVtt: ConvertUpload;
  readonly pieces: ContentReader;
  readonly admission: CdnAdmission;
  readonly pacer: Pacer | undefined;
  readonly gate: AdminGate;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly status: () => Promise<Status>;
  /** Lets go of what is kept of a deleted content. */
  readonly forget: (contentId: string) => Promise<void>;
  /** Routes of the parts that bring their own: upload, signalling. */
  readonly routes: readonly ((app: App) => Promise<void>)[];
}

export interface AppOptions {
  /** '' or like `/switch`. */
  readonly basePath: string;
  readonly idleTimeoutMs: number;
  readonly pageDir: string;
}

/** A name of an upload in the address may be this long: 255 bytes, each as %XX. */
const MAX_PARAM_LENGTH = 255 * 3;

/** An instance without routes: its log is needed before the parts that log exist. */
export function createApp(options: { logLevel: string; logDestination: LogDestination; trustProxy: readonly string[]; basePath: string }): App {
  const app = Fastify({
    logger: loggerOptions(options.logLevel, options.logDestination),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: options.trustProxy.length > 0 ? [...options.trustProxy] : false,
    rewriteUrl: ({ url = '/' }) => withoutBasePath(url, options.basePath),
    // What is refused before any route is looked for passes the error handler by.
    frameworkErrors: (error, request, reply) => void sendProblem(reply, toProblem(error, request.id)),
    // What is asked in the last moment is answered by the routes, which know what a stop means: to a bare 503 a client that asks
    // where its upload stands would begin it again from the first byte.
    return503OnClosing: false,
    schemaController: { compilersFactory: schemaCompilers },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  }).withTypeProvider<TypeBoxTypeProvider>();
  prefixLocations(app, options.basePath);
  return app;
}

export async function assembleApp(app: App, parts: AppParts, options: AppOptions): Promise<void> {
  registerErrors(app);
  registerRequestLog(app);
  registerOpenRequests(app, parts);
  parts.metrics.observe(app);
  await registerSecurityHeaders(app);
  registerCrossOrigin(app);
  registerApiDescription(app, options);
  await registerAuth(app, parts, options);
  registerVideoRoutes(app, parts);
  await registerPosterRoutes(app, parts);
  await registerSubtitlesRoutes(app, parts);
  registerContentRoutes(app, {
    videos: parts.videos, reader: parts.pieces, admission: parts.admission, lifecycle: parts.lifecycle, pacer: parts.pacer,
    countBytes: (bytes) => parts.metrics.countContentBytes(bytes),
  }, options);
  registerOperations(app, parts);
  for (const register of parts.routes) await register(app);
  await registerPage(app, options);
}
