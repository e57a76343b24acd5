/**
 * The engine's public surface; outsiders import only this. A file belongs to a purpose: fetch a content by its id from the
 * CDN while it has room, from other viewers while it has not, and verify every byte.
 */
export * from './api.ts';
export * from './figures.ts';
export { SwitchError, errorCode, type SwitchErrorCode } from './protocol/errors.ts';
export type { Manifest, ManifestJson } from './protocol/manifest.ts';
export type * from './protocol/signalling.ts';
export { CLOSE_REPLACED, GRANT_HEADER } from './protocol/signalling.ts';
export * from './protocol/limits.ts';
export type { PieceStore, PieceStoreOpenOptions } from './piece-store/piece-store.ts';
export { contentIdFromBytes, contentIdToBytes, isContentId } from './protocol/content-id.ts';
export { cleanFileName, isFileName } from './protocol/file-name.ts';
export { fromHex, toHex } from './protocol/hex.ts';
export { isMediaType, manifestFromJson, manifestToJson, verifyManifest } from './protocol/manifest.ts';
export { decodeManifest, encodeManifest } from './protocol/manifest-codec.ts';
export { HASH_BYTES } from './protocol/merkle.ts';
export { hashPiece, pieceRoot, verifyPiece } from './protocol/piece-hash.ts';
export { MerkleHasher, type HashedContent } from './protocol/merkle-hasher.ts';
export * from './protocol/pieces.ts';
export { PROBE_CONTENT_ID, probeBytes, probeManifest } from './protocol/probe-content.ts';
export { createEngine, type EngineComponents } from './engine.ts';
export { systemClock, type Clock } from './platform/clock.ts';
export { diagnose } from './diagnosis/diagnose.ts';
export * from './diagnosis/diagnosis.ts';
export { BrowserPieceStore, browserPieceStore, DEFAULT_MAX_MEMORY_BYTES, type BrowserPieceStoreOptions } from './piece-store/browser-piece-store.ts';
export { IndexedDbPieceStore, type IndexedDbPieceStoreOptions } from './piece-store/indexeddb-piece-store.ts';
export { MemoryPieceStore, type MemoryPieceStoreOptions } from './piece-store/memory-piece-store.ts';
export type { KeptContent, KeptKind } from './piece-store/piece-database.ts';
export { DEFAULT_MAX_WATCHED_BYTES } from './piece-store/watched-limit.ts';
