/** The browser's database of pieces: one for the page's origin, for all contents. */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import { SwitchError } from '../protocol/errors.ts';
import type { StoredRun } from './stored-runs.ts';

/** `kept`: the reader asked for the file, and only the reader removes it. `watched`: fetched while playing, and bounded. */
export type KeptKind = 'kept' | 'watched';

/** What is kept of a content beside its pieces. */
export interface KeptContent {
  readonly contentId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly heldBytes: number;
  readonly kind: KeptKind;
  /** Epoch milliseconds of the last moment it was open. */
  readonly usedAtMs: number;
}

/** A store of some tab that has a content open, or had when that tab ended without a word. */
interface Opening {
  readonly contentId: string;
  /** Epoch milliseconds of its last sign of life. */
  readonly aliveAtMs: number;
}

/** One piece, or the first and the last of several in one Blob: what costs a browser memory is how many Blobs there are. */
export type RunKey = [contentId: string, piece: number] | [contentId: string, first: number, last: number];

interface PieceSchema extends DBSchema {
  pieces: { key: RunKey; value: Blob };
  contents: { key: string; value: KeptContent };
  openings: { key: number; value: Opening };
}

export type PieceDatabase = IDBPDatabase<PieceSchema>;

const DATABASE = 'software-switch';
/** 1: pieces and contents, all of them kept for good. 2: kinds, openings, and several pieces in one Blob. */
const VERSION = 2;

export async function openPieceDatabase(): Promise<PieceDatabase> {
  const database: PieceDatabase = await openDB<PieceSchema>(DATABASE, VERSION, {
    upgrade: async (fresh, oldVersion, _newVersion, transaction) => {
      if (oldVersion < 1) {
        fresh.createObjectStore('pieces');
        fresh.createObjectStore('contents', { keyPath: 'contentId' });
      }
      fresh.createObjectStore('openings', { autoIncrement: true });
      const contents = transaction.objectStore('contents');
      for (const content of await contents.getAll()) await contents.put({ ...content, kind: 'kept' });
    },
    // A newer page in another tab wants to change the schema: it must not wait for this one to be closed.
    blocking: () => database.close(),
  });
  return database;
}

/** All keys of one content: an array sorts after every number. */
export function runsOf(contentId: string): IDBKeyRange {
  return IDBKeyRange.bound([contentId, 0], [contentId, []]);
}

export function keyOf(contentId: string, { first, last }: StoredRun): RunKey {
  return first === last ? [contentId, first] : [contentId, first, last];
}

export function runOf([, first, last]: RunKey): StoredRun {
  return { first, last: last ?? first };
}

type Stores = StoreNames<PieceSchema>;

/**
 * Does `work` in one transaction and resolves when it is committed. It fails with what made the transaction fail, such as
 * QuotaExceededError, and not with what followed from it.
 */
export async function change<Names extends Stores[], Result>(
  database: PieceDatabase, names: [...Names], work: (transaction: IDBPTransaction<PieceSchema, Names, 'readwrite'>) => Promise<Result>,
): Promise<Result> {
  const transaction = database.transaction(names, 'readwrite', { durability: 'relaxed' });
  const [committed, worked] = await Promise.allSettled([transaction.done, work(transaction)]);
  if (committed.status === 'rejected' && !isAftermath(committed.reason)) throw committed.reason;
  if (worked.status === 'rejected') throw worked.reason;
  if (committed.status === 'rejected') throw committed.reason;
  return worked.value;
}

/** Opens the database for `work` alone. SwitchError `store-failed`. */
export async function withDatabase<Result>(work: (database: PieceDatabase) => Promise<Result>): Promise<Result> {
  try {
    const database = await openPieceDatabase();
    try {
      return await work(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw explain(error, 'The browser\'s storage cannot be used');
  }
}

export function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}

export function explain(error: unknown, what: string): SwitchError {
  if (error instanceof SwitchError) return error;
  const why = isFull(error)
    ? 'the browser\'s storage is full; remove videos kept here, or free disk space'
    : error instanceof Error ? error.message : String(error);
  return new SwitchError('store-failed', `${what}: ${why}.`, { cause: error });
}

function isAftermath(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
