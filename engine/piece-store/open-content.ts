/** One content of the browser's database while it is open: its runs on disk, and the room they may take. */
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { verifyPiece } from '../protocol/piece-hash.ts';
import { pieceBytes } from '../protocol/pieces.ts';
import { ContentOpening } from './content-opening.ts';
import { evictWatched, heldBytes, listContents } from './kept-contents.ts';
import { change, isFull, keyOf, type KeptContent, type KeptKind, openPieceDatabase, type PieceDatabase, runOf, runsOf } from './piece-database.ts';
import { bytesOf, type StoredRun, StoredRuns } from './stored-runs.ts';
import { planRoom } from './watched-limit.ts';
import { wholeBlob } from './whole-blob.ts';
import type { PieceWrite } from './write-queue.ts';

/** Pieces read and hashed at once: the disk and the hash keep each other busy, and no more is in memory. */
const VERIFIED_AT_ONCE = 4;

/** Freed when the browser has no more room, and tried again: it gives room back some time after what took it is gone. */
const FULL_BYTES = 64 * 1024 * 1024;
const FULL_PAUSES_MS = [0, 100, 400, 1_600];

export interface OpenContentOptions {
  readonly kind: KeptKind;
  readonly maxWatchedBytes: number;
  readonly onEvicted: ((piece: number) => void) | undefined;
}

export class OpenContent {
  readonly manifest: Manifest;
  readonly #database: PieceDatabase;
  readonly #opening: ContentOpening;
  readonly #runs: StoredRuns;
  readonly #options: OpenContentOptions;
  #kind: KeptKind;
  /** As of the last write, over all contents. */
  #watchedBytes = 0;

  private constructor(manifest: Manifest, components: { readonly database: PieceDatabase; readonly opening: ContentOpening; readonly runs: StoredRuns }, options: OpenContentOptions) {
    this.manifest = manifest;
    this.#database = components.database;
    this.#opening = components.opening;
    this.#runs = components.runs;
    this.#options = options;
    this.#kind = options.kind;
  }

  static async open(manifest: Manifest, options: OpenContentOptions): Promise<OpenContent> {
    const database = await openPieceDatabase();
    let opening: ContentOpening | undefined;
    try {
      // Said before the keys are read: whoever looks for room leaves them alone from now on.
      opening = await ContentOpening.begin(database, manifest.contentId);
      const runs = new StoredRuns(manifest, (await database.getAllKeys('pieces', runsOf(manifest.contentId))).map(runOf));
      const content = new OpenContent(manifest, { database, opening, runs }, options);
      await change(database, ['contents'], (transaction) => content.#note(transaction.objectStore('contents'), () => runs.heldBytes));
      return content;
    } catch (error) {
      await opening?.end();
      database.close();
      throw error;
    }
  }

  pieces(): number[] {
    return [...this.#runs.pieces];
  }

  async close(): Promise<void> {
    await this.#opening.end();
    this.#database.close();
  }

  async keepForGood(): Promise<void> {
    this.#kind = 'kept';
    await change(this.#database, ['contents'], (transaction) => this.#note(transaction.objectStore('contents'), (before) => before));
  }

  async write(batch: readonly PieceWrite[]): Promise<void> {
    const bytes = batch.reduce((sum, write) => sum + write.bytes.length, 0);
    if (this.#kind === 'watched' && this.#watchedBytes + bytes > this.#options.maxWatchedBytes) await this.#makeRoom(bytes);
    let freedBytes = 0;
    for (const pauseMs of FULL_PAUSES_MS) {
      try {
        return await this.#put(batch);
      } catch (error) {
        if (!isFull(error)) throw error;
        freedBytes += await this.#makeRoomOnDisk();
        if (freedBytes === 0) throw error;
        await new Promise((resolve) => { setTimeout(resolve, pauseMs); });
      }
    }
    await this.#put(batch);
  }

  /** Verified, if not since the content was opened then now. */
  async read(piece: number): Promise<Uint8Array> {
    const { manifest } = this;
    this.#runs.touch(piece);
    const run = this.#runs.runOf(piece);
    const blob = run && (await this.#database.get('pieces', keyOf(manifest.contentId, run)));
    if (run === undefined || blob === undefined) {
      if (run !== undefined) this.#gone(run, piece);
      throw new SwitchError('store-failed', `Piece ${piece} is not held.`);
    }
    const bytes = await this.#bytesOf(blob, run, piece);
    if (bytes !== undefined) return bytes;
    await this.#remove([run], piece);
    throw new SwitchError('store-failed', `Piece ${piece} was damaged in the browser's storage.`);
  }

  /** Reads each piece that was not verified since the content was opened. */
  async verifyAll(signal: AbortSignal | undefined): Promise<void> {
    const pieces = this.pieces().filter((piece) => !this.#runs.isVerified(piece)).values();
    let damaged = 0;
    await Promise.all(Array.from({ length: VERIFIED_AT_ONCE }, async () => {
      for (const piece of pieces) {
        if (signal?.aborted === true) throw new SwitchError('aborted', 'Saving was given up.');
        try {
          await this.read(piece);
        } catch (error) {
          if (!(error instanceof SwitchError)) throw error;
          damaged += 1;
          this.#options.onEvicted?.(piece);
        }
      }
    }));
    if (damaged > 0) {
      throw new SwitchError('store-failed', `${damaged} pieces of ${this.manifest.name} were damaged in the browser's storage and are gone. Fetch them again, then save.`);
    }
  }

  toBlob(): Promise<Blob> {
    return wholeBlob(this.#database, this.manifest, this.#runs);
  }

  /** undefined: it is not what was written. */
  async #bytesOf(blob: Blob, run: StoredRun, piece: number): Promise<Uint8Array | undefined> {
    const start = piece === run.first ? 0 : bytesOf(this.manifest, { first: run.first, last: piece - 1 });
    const slice = run.first === run.last ? blob : blob.slice(start, start + pieceBytes(this.manifest, piece));
    // Chromium cannot read a Blob whose file is gone or cut short.
    const bytes = await slice.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => undefined);
    if (bytes === undefined || this.#runs.isVerified(piece)) return bytes;
    if (bytes.length !== pieceBytes(this.manifest, piece) || !(await verifyPiece(this.manifest, piece, bytes))) return undefined;
    if (this.#runs.runOf(piece) === run) this.#runs.verified(piece);
    return bytes;
  }

  async #put(batch: readonly PieceWrite[]): Promise<void> {
    const { contentId } = this.manifest;
    const groups = consecutive(batch);
    await change(this.#database, ['pieces', 'contents'], async (transaction) => {
      const pieces = transaction.objectStore('pieces');
      // Another tab may have written the same.
      const known = await Promise.all(groups.map(({ run }) => pieces.getKey(keyOf(contentId, run))));
      const addedBytes = groups.reduce((sum, { run }, index) => sum + (known[index] === undefined ? this.#runs.bytesOf(run) : 0), 0);
      await Promise.all([
        ...groups.map(({ run, parts }) => pieces.put(new Blob(parts), keyOf(contentId, run))),
        this.#note(transaction.objectStore('contents'), (before) => before + addedBytes),
      ]);
    });
    for (const { run } of groups) this.#runs.add(run);
  }

  /** So that `bytes` more fit below the limit, as far as what is open here and in other tabs allows. */
  async #makeRoom(bytes: number): Promise<void> {
    const plan = planRoom(await listContents(this.#database), bytes, this.#options.maxWatchedBytes);
    if (plan.overBytes === 0) return;
    const freedBytes = await evictWatched(this.#database, plan.wantedBytes);
    if (freedBytes < plan.overBytes) await this.#evictOwn(plan.wantedBytes - freedBytes, plan.ownFloorBytes);
  }

  /** When the browser has no more room: what was only watched goes before anything fails. Answers the bytes that went. */
  async #makeRoomOnDisk(): Promise<number> {
    const freedBytes = await evictWatched(this.#database, FULL_BYTES);
    return freedBytes > 0 || this.#kind === 'kept' ? freedBytes : this.#evictOwn(FULL_BYTES, 0);
  }

  async #evictOwn(bytes: number, floorBytes: number): Promise<number> {
    const before = this.#runs.heldBytes;
    const most = Math.min(bytes, before - floorBytes);
    if (most > 0) await this.#remove(this.#runs.victims(most));
    return before - this.#runs.heldBytes;
  }

  /** `except` is told to its reader. */
  async #remove(victims: readonly StoredRun[], except?: number): Promise<void> {
    const { contentId } = this.manifest;
    await change(this.#database, ['pieces', 'contents'], async (transaction) => {
      const pieces = transaction.objectStore('pieces');
      const known = await Promise.all(victims.map((run) => pieces.getKey(keyOf(contentId, run))));
      const goneBytes = victims.reduce((sum, run, index) => sum + (known[index] === undefined ? 0 : this.#runs.bytesOf(run)), 0);
      await Promise.all([
        ...victims.map((run) => pieces.delete(keyOf(contentId, run))),
        this.#note(transaction.objectStore('contents'), (before) => Math.max(0, before - goneBytes)),
      ]);
    });
    for (const run of victims) this.#gone(run, except);
  }

  #gone(run: StoredRun, except: number | undefined): void {
    for (const piece of this.#runs.remove(run)) if (piece !== except) this.#options.onEvicted?.(piece);
  }

  /** The content's own line, and what all lines say together. */
  async #note(contents: Contents, heldBytesOf: (before: number) => number): Promise<void> {
    const { contentId, name, mediaType, sizeBytes } = this.manifest;
    const all = await contents.getAll();
    const before = all.find((content) => content.contentId === contentId);
    // Another tab may have made it a download.
    if (before?.kind === 'kept') this.#kind = 'kept';
    const content: KeptContent = {
      contentId, name, mediaType, sizeBytes, kind: this.#kind, heldBytes: heldBytesOf(before?.heldBytes ?? 0), usedAtMs: Date.now(),
    };
    await contents.put(content);
    this.#watchedBytes = heldBytes([...all.filter((one) => one !== before), content], 'watched');
  }
}

interface Contents {
  getAll(): Promise<KeptContent[]>;
  put(content: KeptContent): Promise<unknown>;
}

interface Group {
  readonly run: StoredRun;
  readonly parts: Uint8Array<ArrayBuffer>[];
}

/**
 * Neighbours together: each group becomes one Blob. Chromium's browser process spends some 37 kB on each that a page refers to, and
 * so 600 MB on a file of 4 GB in pieces of 256 KiB. Pieces from the CDN come in order; those from peers do not, and stay alone: to
 * write them again in order before the file is handed over took longer than all else.
 */
function consecutive(batch: readonly PieceWrite[]): Group[] {
  const groups: Group[] = [];
  for (const { piece, bytes } of batch.toSorted((a, b) => a.piece - b.piece)) {
    const last = groups.at(-1);
    const part = bytes as Uint8Array<ArrayBuffer>;
    if (last?.run.last === piece - 1) groups[groups.length - 1] = { run: { first: last.run.first, last: piece }, parts: [...last.parts, part] };
    else groups.push({ run: { first: piece, last: piece }, parts: [part] });
  }
  return groups;
}
