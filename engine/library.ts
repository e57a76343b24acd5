/**
 * The package's main entry, `software-switch`: what other developers build on, and no more. The rest of this project reaches for
 * index.ts, which also has the protocol's parts that an appliance needs. docs/api/engine.api.md is its surface, checked.
 */
import type { Engine, EngineOptions } from './api.ts';
import { createEngine as create } from './engine.ts';

export type { Announce, AnnouncedAddress, Download, Engine, EngineOptions, OpenOptions, ReadAheadRun, ReadOptions, Wants } from './api.ts';
export { MAX_ANNOUNCED_ADDRESSES, MAX_READ_AHEAD_RUNS } from './api.ts';
export type {
  BytesFrom, CandidateType, DownloadFigures, PeerFigures, PeerPath, PieceSource, Policy, SwitchReason, SwitchRecord, SwitchState,
} from './figures.ts';
export { PIECE_SOURCES } from './figures.ts';
export { diagnose } from './diagnosis/diagnose.ts';
export type { DiagnoseOptions, Diagnosis, DiagnosisHelp, DiagnosisState, DiagnosisStep, DiagnosisStepName } from './diagnosis/diagnosis.ts';
export { DIAGNOSIS_STEPS } from './diagnosis/diagnosis.ts';
export { SwitchError, type SwitchErrorCode } from './protocol/errors.ts';
export { isContentId } from './protocol/content-id.ts';
export type { Manifest } from './protocol/manifest.ts';
export type { PeerRole } from './protocol/signalling.ts';
export type { PieceStore, PieceStoreOpenOptions } from './piece-store/piece-store.ts';
export type { KeptContent, KeptKind } from './piece-store/piece-database.ts';
export { IndexedDbPieceStore, type IndexedDbPieceStoreOptions } from './piece-store/indexeddb-piece-store.ts';
export { MemoryPieceStore, type MemoryPieceStoreOptions } from './piece-store/memory-piece-store.ts';

/** An engine: one peer network and the downloads that share it. Make one a page or process, and `stop` it at the end. */
export function createEngine(options: EngineOptions): Engine {
  return create(options);
}
