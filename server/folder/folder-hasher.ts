/**
 * Finds the content id of one file at a time, by reading it once, no faster than asked. How far it came is saved now and then and
 * when it is told to stop, so that a restart goes on in the middle of a large film.
 */
import { constants } from 'node:fs';
import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { MerkleHasher, type HashedContent } from '../../engine/index.ts';
import { replaceDurably } from '../storage/durable-files.ts';
import { absolutePath, folderFile, isUnchanged, type FolderFile } from './folder-file.ts';

export interface HasherComponents {
  /** At this moment; Infinity is unlimited. */
  readonly bytesPerSecond: () => number;
}

export interface HasherOptions {
  readonly root: string;
  /** Where the progress is kept. */
  readonly progressPath: string;
  /** How much is hashed between two savings: what a killed process has to read again. */
  readonly saveEveryBytes: number;
}

export interface HashingFigures {
  readonly path: string;
  readonly doneBytes: number;
  readonly sizeBytes: number;
}

/** Thrown for a file that was written to or replaced while it was read. */
export class FileChangedError extends Error {
  override readonly name = 'FileChangedError';
}

const READ_BYTES = 1024 * 1024;
/** How often it is looked whether the file is still the same: what was read in vain is not much more. */
const CHECK_EVERY_BYTES = 64 * 1024 * 1024;
/** Longest rest at once, so that it goes faster soon after the last viewer left. */
const MAX_REST_MS = 1_000;

const progressCheck = Compile(Type.Object({
  path: Type.String(), sizeBytes: Type.Integer(), mtimeMs: Type.Number(), inode: Type.Integer(),
}));
const LINE_END = '\n';

export class FolderHasher {
  readonly #bytesPerSecond: () => number;
  readonly #root: string;
  readonly #progressPath: string;
  readonly #saveEveryBytes: number;
  #hashing: { readonly file: FolderFile; readonly hasher: MerkleHasher } | undefined;
  /** Whose progress is kept. */
  #saved: FolderFile | undefined;
  #readBytes = 0;

  constructor({ bytesPerSecond }: HasherComponents, { root, progressPath, saveEveryBytes }: HasherOptions) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#root = root;
    this.#progressPath = progressPath;
    this.#saveEveryBytes = saveEveryBytes;
  }

  /** Bytes of the watched folder read for hashing since the start. */
  get readBytes(): number {
    return this.#readBytes;
  }

  figures(): HashingFigures | null {
    if (this.#hashing === undefined) return null;
    const { file, hasher } = this.#hashing;
    return { path: file.path, doneBytes: hasher.sizeBytes, sizeBytes: file.sizeBytes };
  }

  /** Whether this is the file that an earlier run was in the middle of. */
  hasBegun(file: FolderFile): boolean {
    return this.#saved !== undefined && isSame(this.#saved, file);
  }

  async load(): Promise<void> {
    this.#saved = (await this.#kept())?.file;
  }

  /**
   * @throws FileChangedError when the file is not, or no longer, what `file` says; what keeps it from being read; the signal's
   * reason, once the progress is saved.
   */
  async hash(file: FolderFile, signal: AbortSignal): Promise<HashedContent> {
    signal.throwIfAborted();
    // Neither a link nor a pipe that came in the file's place.
    const handle = await open(absolutePath(this.#root, file.path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      await check(handle, file);
      const hasher = await this.#begun(file) ?? new MerkleHasher();
      this.#hashing = { file, hasher };
      try {
        await this.#read(handle, file, hasher, signal);
      } catch (error) {
        if (signal.aborted) await this.#save(file, hasher);
        throw error;
      }
      await check(handle, file);
      const content = hasher.finish();
      await this.#forget();
      return content;
    } finally {
      this.#hashing = undefined;
      await handle.close();
    }
  }

  async #read(handle: FileHandle, file: FolderFile, hasher: MerkleHasher, signal: AbortSignal): Promise<void> {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    let savedBytes = hasher.sizeBytes;
    let checkedBytes = hasher.sizeBytes;
    while (hasher.sizeBytes < file.sizeBytes) {
      const fromMs = performance.now();
      const { bytesRead } = await handle.read(buffer, 0, Math.min(READ_BYTES, file.sizeBytes - hasher.sizeBytes), hasher.sizeBytes);
      if (bytesRead === 0) throw changed(file);
      hasher.update(buffer.subarray(0, bytesRead));
      this.#readBytes += bytesRead;
      if (hasher.sizeBytes - checkedBytes >= CHECK_EVERY_BYTES) {
        await check(handle, file);
        checkedBytes = hasher.sizeBytes;
      }
      if (hasher.sizeBytes - savedBytes >= this.#saveEveryBytes) {
        await this.#save(file, hasher);
        savedBytes = hasher.sizeBytes;
      }
      await this.#rest(fromMs, bytesRead, signal);
    }
  }

  /** Asked again after each rest: a viewer may have come or gone. */
  async #rest(fromMs: number, bytes: number, signal: AbortSignal): Promise<void> {
    await nextTurn(undefined, { signal });
    for (;;) {
      const restMs = bytes / this.#bytesPerSecond() * 1000 - (performance.now() - fromMs);
      if (restMs < 1) return;
      await delay(Math.min(restMs, MAX_REST_MS), undefined, { signal });
    }
  }

  async #begun(file: FolderFile): Promise<MerkleHasher | undefined> {
    const kept = this.hasBegun(file) ? await this.#kept() : undefined;
    if (kept === undefined || !isSame(kept.file, file)) return undefined;
    const hasher = MerkleHasher.restore(kept.snapshot);
    return hasher !== undefined && hasher.sizeBytes <= file.sizeBytes ? hasher : undefined;
  }

  /** What cannot be saved, on a full disk, costs a restart some reading and is no fault of the file. */
  async #save(file: FolderFile, hasher: MerkleHasher): Promise<void> {
    try {
      await replaceDurably(this.#progressPath, [Buffer.from(JSON.stringify(file) + LINE_END), hasher.snapshot()]);
      this.#saved = file;
    } catch {
      // What was saved before is still there.
    }
  }

  /** What is on disk: a line that says of which file it is, and the hasher's snapshot, which has megabytes for a large film. */
  async #kept(): Promise<{ readonly file: FolderFile; readonly snapshot: Uint8Array } | undefined> {
    try {
      const bytes = await readFile(this.#progressPath);
      const end = bytes.indexOf(LINE_END);
      const file: unknown = JSON.parse(bytes.toString('utf8', 0, end));
      return progressCheck.Check(file) ? { file, snapshot: bytes.subarray(end + LINE_END.length) } : undefined;
    } catch {
      return undefined;
    }
  }

  async #forget(): Promise<void> {
    if (this.#saved === undefined) return;
    this.#saved = undefined;
    await rm(this.#progressPath, { force: true }).catch(() => undefined);
  }
}

function isSame(one: FolderFile, other: FolderFile): boolean {
  return one.path === other.path && isUnchanged(one, other);
}

async function check(handle: FileHandle, file: FolderFile): Promise<void> {
  const stats = await handle.stat();
  if (!stats.isFile() || !isUnchanged(folderFile(file.path, stats), file)) throw changed(file);
}

function changed(file: FolderFile): FileChangedError {
  return new FileChangedError(`${file.path} was changed while it was read.`);
}
