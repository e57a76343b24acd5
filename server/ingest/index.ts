/** Uploads: bytes come in, a content id and a manifest are made on the way, and the store gets a whole video or nothing. */
export { ingestRoutes, type IngestOptions } from './ingest-routes.ts';
