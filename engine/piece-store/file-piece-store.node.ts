/**
 * Pieces in a file of the user's: written at their places into `NAME.part`, which becomes `NAME` only when it is complete and
 * on disk. A file that is already there is never overwritten: the next free of `NAME (1)`, `NAME (2)`, … is taken instead,
 * unless it has the same bytes, which is then a finished download.
 */
import { constants, type FileHandle, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { verifyPiece } from '../protocol/piece-hash.ts';
import { pieceBytes, pieceCount, pieceSpan } from '../protocol/pieces.ts';
import { PartLock } from './part-lock.node.ts';
import { MAX_NAMES, type PartNames, partNames } from './part-names.node.ts';
import { PieceJournal } from './piece-journal.node.ts';
import type { PieceStore } from './piece-store.ts';

/** Where the file goes. */
export interface FilePieceStoreOptions {
  /** Where the file is wanted. Its folder is made. */
  readonly path: string;
}

interface OpenFile {
  readonly manifest: Manifest;
  readonly file: FileHandle;
  /** undefined: the file has its final name and every piece. */
  readonly journal: PieceJournal | undefined;
  readonly lock?: PartLock | undefined;
}

/** Keeps pieces in a partial file, which gets its final name when it is complete; an interrupted download goes on from it. */
export class FilePieceStore implements PieceStore {
  readonly #wantedPath: string;
  #turn = 0;
  #open: OpenFile | undefined;

  constructor(options: FilePieceStoreOptions) {
    this.#wantedPath = options.path;
  }

  /** The name the file has, or will have when it is complete; known after `open`, final after `complete`. */
  get finalPath(): string {
    return this.#names.finalPath;
  }

  get #names(): PartNames {
    return partNames(this.#wantedPath, this.#turn);
  }

  async open(manifest: Manifest, options: { readonly signal?: AbortSignal } = {}): Promise<Iterable<number>> {
    try {
      await mkdir(dirname(this.#wantedPath), { recursive: true });
      for (; this.#turn < MAX_NAMES; this.#turn += 1) {
        const held = (await this.#openFinished(manifest, options.signal)) ?? (await this.#openPart(manifest, options.signal));
        if (held !== undefined) return held;
      }
    } catch (error) {
      await this.close();
      throw this.#explain(error, 'opened');
    }
    throw new SwitchError('store-failed', `${this.#wantedPath} and ${MAX_NAMES} names like it are taken: choose another name or folder.`);
  }

  async write(piece: number, bytes: Uint8Array): Promise<void> {
    const { file, journal, manifest } = this.#opened();
    const { start, end } = pieceSpan(manifest, piece);
    if (bytes.length !== end - start) throw new SwitchError('store-failed', `Piece ${piece} has ${end - start} bytes, not ${bytes.length}.`);
    try {
      for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at, start + at)).bytesWritten;
      await journal?.add(piece);
    } catch (error) {
      throw this.#explain(error, 'written');
    }
  }

  async read(piece: number): Promise<Uint8Array> {
    const { file, manifest } = this.#opened();
    try {
      return await readPiece(file, manifest, piece);
    } catch (error) {
      throw this.#explain(error, 'read');
    }
  }

  async complete(): Promise<void> {
    const { file, journal, lock, manifest } = this.#opened();
    if (journal === undefined) return;
    try {
      await file.sync();
      const { partPath, journalPath } = this.#names;
      await this.#publish(partPath);
      await journal.close();
      this.#open = { manifest, file, journal: undefined, lock };
      await rm(journalPath, { force: true });
      await syncFolder(dirname(this.finalPath));
    } catch (error) {
      throw this.#explain(error, 'given its name');
    }
  }

  async close(): Promise<void> {
    const opened = this.#open;
    this.#open = undefined;
    await opened?.journal?.close();
    await opened?.file.close();
    await opened?.lock?.release();
  }

  /** All pieces, when the finished file is there and has the content's bytes; they are hashed, for the name proves nothing. */
  async #openFinished(manifest: Manifest, signal: AbortSignal | undefined): Promise<number[] | undefined> {
    const found = await stat(this.#names.finalPath).catch(absent);
    if (found === undefined || !found.isFile() || found.size !== manifest.sizeBytes) return undefined;
    const file = await open(this.#names.finalPath, 'r');
    this.#open = { manifest, file, journal: undefined };
    const pieces = Array.from({ length: pieceCount(manifest) }, (_, piece) => piece);
    for (const piece of pieces) {
      if (await isIntact(file, manifest, piece, signal)) continue;
      await this.close();
      return undefined;
    }
    return pieces;
  }

  /** The pieces of an unfinished file that are what they should be; undefined when the name is another content's. */
  async #openPart(manifest: Manifest, signal: AbortSignal | undefined): Promise<number[] | undefined> {
    const { finalPath, partPath, journalPath } = this.#names;
    if ((await stat(finalPath).catch(absent)) !== undefined) return undefined;
    const hasPart = (await stat(partPath).catch(absent)) !== undefined;
    if (hasPart && (await PieceJournal.contentIdAt(journalPath)) !== manifest.contentId) return undefined;
    const file = await open(partPath, constants.O_RDWR | constants.O_CREAT);
    this.#open = { manifest, file, journal: undefined };
    const lock = await PartLock.acquire(file);
    if (lock === 'taken') {
      throw new SwitchError('store-failed', `${partPath} is being written by another download right now. Let that one end, or choose another name or folder.`);
    }
    this.#open = { manifest, file, journal: undefined, lock };
    if (!hasPart) await rm(journalPath, { force: true });
    const journal = await PieceJournal.open(journalPath, manifest);
    this.#open = { manifest, file, journal, lock };
    const held: number[] = [];
    for (let piece = 0; piece < pieceCount(manifest); piece += 1) {
      if (journal.has(piece) && (await isIntact(file, manifest, piece, signal))) held.push(piece);
    }
    return held;
  }

  /** Gives the part the first name that is free. A hard link cannot replace a file, and a rename would. */
  async #publish(partPath: string): Promise<void> {
    for (; this.#turn < MAX_NAMES; this.#turn += 1) {
      try {
        await link(partPath, this.finalPath);
        await rm(partPath);
        return;
      } catch (error) {
        if (codeOf(error) === 'EEXIST') continue;
        if (!NO_LINKS.has(codeOf(error) ?? '')) throw error;
        if (await claim(this.finalPath)) return void (await rename(partPath, this.finalPath));
      }
    }
    throw new SwitchError('store-failed', `No name like ${this.#wantedPath} is free: the complete file is ${partPath}.`);
  }

  #opened(): OpenFile {
    if (this.#open === undefined) throw new SwitchError('closed', `The store of ${this.finalPath} is not open.`);
    return this.#open;
  }

  #explain(error: unknown, verb: string): unknown {
    if (error instanceof SwitchError) return error;
    const code = codeOf(error);
    const why = WORDS[code ?? ''] ?? (error instanceof Error ? error.message : String(error));
    return new SwitchError('store-failed', `${this.finalPath} could not be ${verb}: ${why}.`, { cause: error });
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room and run it again, what is there is kept',
  EDQUOT: 'your quota on the disk is used up; make room and run it again, what is there is kept',
  EACCES: 'writing there is not allowed; choose another folder',
  EPERM: 'writing there is not allowed; choose another folder',
  EROFS: 'the disk is read-only; choose another folder',
  EEXIST: 'a file stands where its folder should be; choose another folder',
  ENOTDIR: 'a file stands where its folder should be; choose another folder',
  EIO: 'the disk reports an error',
  ENAMETOOLONG: 'the name is too long for the disk; choose a shorter one',
};

/** File systems without hard links: FAT, some network shares. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

/** Makes an empty file of that name, unless there is one: a rename then replaces only what is ours. */
async function claim(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readPiece(file: FileHandle, manifest: Manifest, piece: number): Promise<Uint8Array> {
  const { start } = pieceSpan(manifest, piece);
  const bytes = new Uint8Array(pieceBytes(manifest, piece));
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) throw new SwitchError('store-failed', `Piece ${piece} is not held: the file ends before it.`);
    at += bytesRead;
  }
  return bytes;
}

async function isIntact(file: FileHandle, manifest: Manifest, piece: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted === true) throw new SwitchError('aborted', 'Opening the file was given up.');
  try {
    return await verifyPiece(manifest, piece, await readPiece(file, manifest, piece));
  } catch {
    return false;
  }
}

/** So that the new name survives a power cut, where folders can be synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function absent(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
