/**
 * Pieces in the browser's IndexedDB, which plain `http://` pages have too. They are Blobs, which the browser moves to disk;
 * with ArrayBuffers, or with more than a few MiB in transactions at once, Chromium fails at about 450 MB.
 */
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { verifyPiece } from '../protocol/piece-hash.ts';
import { pieceBytes, pieceCount } from '../protocol/pieces.ts';
import { type KeptContent, keptContent, openPieceDatabase, type PieceDatabase, piecesOf } from './piece-database.ts';
import type { PieceStore } from './piece-store.ts';

const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;

/** Blobs fetched at once for `toBlob`: references, not bytes. */
const BLOBS_PER_READ = 256;

interface PendingWrite {
  readonly piece: number;
  readonly blob: Blob;
  readonly done: PromiseWithResolvers<void>;
}

interface OpenContent {
  readonly manifest: Manifest;
  readonly database: PieceDatabase;
}

export class IndexedDbPieceStore implements PieceStore {
  #open: OpenContent | undefined;
  #heldBytes = 0;
  readonly #pending: PendingWrite[] = [];
  #writing: Promise<void> | undefined;

  /** What is kept in this browser, the least recently used first. */
  static async list(): Promise<KeptContent[]> {
    return withDatabase(async (database) => (await database.getAll('contents')).toSorted((a, b) => a.usedAtMs - b.usedAtMs));
  }

  /** Bytes of all contents kept in this browser. */
  static async usage(): Promise<number> {
    return (await IndexedDbPieceStore.list()).reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }

  static async delete(contentId: string): Promise<void> {
    await withDatabase(async (database) => {
      const transaction = database.transaction(['pieces', 'contents'], 'readwrite');
      await Promise.all([
        transaction.objectStore('pieces').delete(piecesOf(contentId)), transaction.objectStore('contents').delete(contentId), transaction.done,
      ]);
    });
  }

  async open(manifest: Manifest, options: { readonly signal?: AbortSignal } = {}): Promise<Iterable<number>> {
    try {
      const database = await openPieceDatabase();
      this.#open = { manifest, database };
      const held: number[] = [];
      for (const [, piece] of await database.getAllKeys('pieces', piecesOf(manifest.contentId))) {
        if (options.signal?.aborted === true) throw new SwitchError('aborted', 'Opening the kept pieces was given up.');
        if (await this.#isIntact(piece)) held.push(piece);
        else await database.delete('pieces', [manifest.contentId, piece]);
      }
      this.#heldBytes = held.reduce((sum, piece) => sum + pieceBytes(manifest, piece), 0);
      await database.put('contents', keptContent(manifest, this.#heldBytes));
      return held;
    } catch (error) {
      await this.close();
      throw explain(error, 'The kept pieces cannot be opened');
    }
  }

  async write(piece: number, bytes: Uint8Array): Promise<void> {
    const { manifest } = this.#opened();
    if (bytes.length !== pieceBytes(manifest, piece)) throw new SwitchError('store-failed', `Piece ${piece} has another length.`);
    const done = Promise.withResolvers<void>();
    this.#pending.push({ piece, blob: new Blob([bytes as Uint8Array<ArrayBuffer>]), done });
    this.#writing ??= this.#writeAll();
    await done.promise;
  }

  async read(piece: number): Promise<Uint8Array> {
    const { database, manifest } = this.#opened();
    try {
      const blob = await database.get('pieces', [manifest.contentId, piece]);
      if (blob === undefined) throw new SwitchError('store-failed', `Piece ${piece} is not held.`);
      return new Uint8Array(await blob.arrayBuffer());
    } catch (error) {
      throw explain(error, `Piece ${piece} cannot be read`);
    }
  }

  /** The whole content as one Blob that refers to the kept ones; it must be complete. */
  async toBlob(): Promise<Blob> {
    const { database, manifest } = this.#opened();
    const blobs: Blob[] = [];
    for (let first = 0; first < pieceCount(manifest); first += BLOBS_PER_READ) {
      const range = IDBKeyRange.bound([manifest.contentId, first], [manifest.contentId, first + BLOBS_PER_READ], false, true);
      blobs.push(...(await database.getAll('pieces', range)));
    }
    const whole = new Blob(blobs, { type: manifest.mediaType });
    if (whole.size !== manifest.sizeBytes) throw new SwitchError('store-failed', `${manifest.name} is not complete in this browser.`);
    return whole;
  }

  async complete(): Promise<void> {}

  async close(): Promise<void> {
    await this.#writing;
    this.#open?.database.close();
    this.#open = undefined;
  }

  /** One transaction at a time, each of a few MiB, until nothing is pending. Never rejects: each write is told its own outcome. */
  async #writeAll(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#commit(batch);
        for (const { done } of batch) done.resolve();
      } catch (error) {
        const failure = explain(error, 'A piece cannot be kept');
        for (const { done } of batch) done.reject(failure);
      }
    }
    this.#writing = undefined;
  }

  #takeBatch(): PendingWrite[] {
    let count = 0;
    for (let bytes = 0; count < this.#pending.length; count += 1) {
      bytes += this.#pending[count]?.blob.size ?? 0;
      if (count > 0 && bytes > MAX_TRANSACTION_BYTES) break;
    }
    return this.#pending.splice(0, count);
  }

  async #commit(batch: readonly PendingWrite[]): Promise<void> {
    const { database, manifest } = this.#opened();
    const heldBytes = this.#heldBytes + batch.reduce((sum, { blob }) => sum + blob.size, 0);
    const transaction = database.transaction(['pieces', 'contents'], 'readwrite', { durability: 'relaxed' });
    const pieces = transaction.objectStore('pieces');
    await Promise.all([
      ...batch.map(({ piece, blob }) => pieces.put(blob, [manifest.contentId, piece])),
      transaction.objectStore('contents').put(keptContent(manifest, heldBytes)), transaction.done,
    ]);
    this.#heldBytes = heldBytes;
  }

  async #isIntact(piece: number): Promise<boolean> {
    const { manifest } = this.#opened();
    return piece < pieceCount(manifest) && verifyPiece(manifest, piece, await this.read(piece));
  }

  #opened(): OpenContent {
    if (this.#open === undefined) throw new SwitchError('closed', 'The browser\'s store of pieces is not open.');
    return this.#open;
  }
}

async function withDatabase<Result>(work: (database: PieceDatabase) => Promise<Result>): Promise<Result> {
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

function explain(error: unknown, what: string): SwitchError {
  if (error instanceof SwitchError) return error;
  const isFull = error instanceof Error && error.name === 'QuotaExceededError';
  const why = isFull ? 'the browser\'s storage is full; remove videos kept here, or free disk space' : error instanceof Error ? error.message : String(error);
  return new SwitchError('store-failed', `${what}: ${why}.`, { cause: error });
}
