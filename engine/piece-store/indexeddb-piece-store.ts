/**
 * Pieces in the browser's IndexedDB, which plain `http://` pages have too. They are Blobs, which the browser moves to disk;
 * with ArrayBuffers, or with more than a few MiB in transactions at once, Chromium fails at about 450 MB.
 */
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { pieceBytes } from '../protocol/pieces.ts';
import { deleteContent, heldBytes, listContents } from './kept-contents.ts';
import { OpenContent } from './open-content.ts';
import { explain, type KeptContent, type KeptKind, withDatabase } from './piece-database.ts';
import type { PieceStore, PieceStoreOpenOptions } from './piece-store.ts';
import { DEFAULT_MAX_WATCHED_BYTES } from './watched-limit.ts';
import { WriteQueue } from './write-queue.ts';

const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;

/** How long a content is kept, and how much of what was only watched. */
export interface IndexedDbPieceStoreOptions {
  /**
   * `for-good` (default): a download, which only the reader removes. `until-evicted`: what is played; together with all else that
   * was only watched it stays below `maxWatchedBytes`. What was kept for good once stays so.
   */
  readonly keep?: 'until-evicted' | 'for-good';
  /** Bound of all watched contents of this origin together. Default {@link DEFAULT_MAX_WATCHED_BYTES}. */
  readonly maxWatchedBytes?: number;
}

/** Keeps pieces in this browser, for this page's origin, beyond the visit. */
export class IndexedDbPieceStore implements PieceStore {
  readonly #maxWatchedBytes: number;
  readonly #queue = new WriteQueue({ commit: (batch) => this.#opened().write(batch) }, { maxBatchBytes: MAX_TRANSACTION_BYTES });
  #kind: KeptKind;
  #open: OpenContent | undefined;

  constructor(options: IndexedDbPieceStoreOptions = {}) {
    this.#kind = options.keep === 'until-evicted' ? 'watched' : 'kept';
    this.#maxWatchedBytes = options.maxWatchedBytes ?? DEFAULT_MAX_WATCHED_BYTES;
  }

  /** What is kept in this browser, the least recently used first. SwitchError `store-failed`. */
  static list(): Promise<KeptContent[]> {
    return withDatabase(listContents);
  }

  /** Bytes of all contents kept in this browser, or of those of one kind. SwitchError `store-failed`. */
  static async usage(kind?: KeptKind): Promise<number> {
    return heldBytes(await IndexedDbPieceStore.list(), kind);
  }

  /** Removes one content. Where it is open its pieces are missing from then on. SwitchError `store-failed`. */
  static delete(contentId: string): Promise<void> {
    return withDatabase((database) => deleteContent(database, contentId));
  }

  /** Removes all that was only watched. SwitchError `store-failed`. */
  static deleteWatched(): Promise<void> {
    return withDatabase(async (database) => {
      for (const { contentId, kind } of await listContents(database)) if (kind === 'watched') await deleteContent(database, contentId);
    });
  }

  /** Reads no piece, so that a second visit to a long film starts at once: each piece is verified at its first read. */
  async open(manifest: Manifest, options: PieceStoreOpenOptions = {}): Promise<Iterable<number>> {
    try {
      throwIfAborted(options.signal);
      this.#open = await OpenContent.open(manifest, { kind: this.#kind, maxWatchedBytes: this.#maxWatchedBytes, onEvicted: options.onEvicted });
      throwIfAborted(options.signal);
      return this.#open.pieces();
    } catch (error) {
      await this.close();
      throw explain(error, 'The kept pieces cannot be opened');
    }
  }

  async write(piece: number, bytes: Uint8Array): Promise<void> {
    const { manifest } = this.#opened();
    if (bytes.length !== pieceBytes(manifest, piece)) throw new SwitchError('store-failed', `Piece ${piece} has another length.`);
    try {
      await this.#queue.write(piece, bytes);
    } catch (error) {
      throw explain(error, 'A piece cannot be kept');
    }
  }

  async read(piece: number): Promise<Uint8Array> {
    try {
      return await this.#opened().read(piece);
    } catch (error) {
      throw explain(error, `Piece ${piece} cannot be read`);
    }
  }

  /** From now on only the reader removes the content: it was watched, and is now a download. SwitchError `store-failed`. */
  async keepForGood(): Promise<void> {
    this.#kind = 'kept';
    try {
      await this.#open?.keepForGood();
    } catch (error) {
      throw explain(error, 'The pieces cannot be kept for good');
    }
  }

  /**
   * The whole content as one Blob that refers to the kept ones; it must be complete. Verifies what was not read since the store was
   * opened. SwitchError `store-failed`; pieces that turned out damaged are missing then, which `onEvicted` has said.
   */
  async toBlob(options: { readonly signal?: AbortSignal } = {}): Promise<Blob> {
    try {
      const opened = this.#opened();
      await opened.verifyAll(options.signal);
      return await opened.toBlob();
    } catch (error) {
      throw explain(error, 'The file cannot be put together');
    }
  }

  async complete(): Promise<void> {}

  async close(): Promise<void> {
    await this.#queue.idle();
    const opened = this.#open;
    this.#open = undefined;
    await opened?.close();
  }

  #opened(): OpenContent {
    if (this.#open === undefined) throw new SwitchError('closed', 'The browser\'s store of pieces is not open.');
    return this.#open;
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new SwitchError('aborted', 'Opening the kept pieces was given up.');
}
