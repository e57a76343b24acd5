/** The browser's database of pieces: one for the page's origin, for all contents. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Manifest } from '../protocol/manifest.ts';

/** What is kept of a content beside its pieces. */
export interface KeptContent {
  readonly contentId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly heldBytes: number;
  /** Epoch milliseconds of the last opening or write. */
  readonly usedAtMs: number;
}

interface PieceSchema extends DBSchema {
  pieces: { key: [contentId: string, piece: number]; value: Blob };
  contents: { key: string; value: KeptContent };
}

export type PieceDatabase = IDBPDatabase<PieceSchema>;

const DATABASE = 'software-switch';
const VERSION = 1;

export async function openPieceDatabase(): Promise<PieceDatabase> {
  const database: PieceDatabase = await openDB<PieceSchema>(DATABASE, VERSION, {
    upgrade: (fresh) => {
      fresh.createObjectStore('pieces');
      fresh.createObjectStore('contents', { keyPath: 'contentId' });
    },
    // A newer page in another tab wants to change the schema: it must not wait for this one to be closed.
    blocking: () => database.close(),
  });
  return database;
}

/** All keys of one content: an array sorts after every number. */
export function piecesOf(contentId: string): IDBKeyRange {
  return IDBKeyRange.bound([contentId, 0], [contentId, []]);
}

export function keptContent(manifest: Manifest, heldBytes: number): KeptContent {
  const { contentId, name, mediaType, sizeBytes } = manifest;
  return { contentId, name, mediaType, sizeBytes, heldBytes, usedAtMs: Date.now() };
}
