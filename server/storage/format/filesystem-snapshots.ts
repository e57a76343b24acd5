/**
 * Snapshots of a data directory: all but the bytes of the films, in folders laid out as the data directory is, so that going back
 * is copying one over it. Small files that people may edit are copied. Piece hashes and extras are second names of the same
 * files where the file system has links: the store writes each once and never in place, and they are the bulk.
 */
import { constants, copyFile, link, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, syncFile, syncFolder } from '../durable-files.ts';
import { freeBytesOf } from '../filesystem-errors.ts';
import { StorageError } from '../storage-error.ts';
import { outdated, snapshotName } from './snapshot-name.ts';

const FOLDER = 'snapshots';
/** Of the data directory, whole: the state, and the index of the watched folder. */
const COPIED_FOLDERS = ['state', 'folder'];
const VIDEOS = 'videos';
/** The film itself: never changed, and too large to keep twice. */
const CONTENT = 'content';
const ENTRY = 'entry.json';
const UNFINISHED = '.unfinished';
/** Left free for what the upgrade itself writes beside what it replaces. */
const HEADROOM_BYTES = 64 * 1024 * 1024;
const OWNER_ONLY = 0o700;

interface Found {
  /** Within the data directory. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly linked: boolean;
}

export class FilesystemSnapshots {
  readonly #dataDir: string;
  readonly #folder: string;
  readonly #now: () => Date;
  readonly #freeBytes: () => Promise<number>;

  constructor(
    { now = () => new Date(), freeBytes }: { readonly now?: () => Date; readonly freeBytes?: () => Promise<number> },
    { dataDir }: { readonly dataDir: string },
  ) {
    this.#dataDir = dataDir;
    this.#folder = join(dataDir, FOLDER);
    this.#now = now;
    this.#freeBytes = freeBytes ?? (() => freeBytesOf(dataDir));
  }

  /** @returns the folder, which is whole and on the disk. @throws StorageError `no-space` before anything was written. */
  async take(version: number, signal?: AbortSignal): Promise<string> {
    const { folders, files } = await this.#find();
    await mkdir(this.#folder, { recursive: true, mode: OWNER_ONLY });
    for (const name of await readdir(this.#folder)) if (name.endsWith(UNFINISHED)) await rm(join(this.#folder, name), { recursive: true, force: true });
    const target = join(this.#folder, snapshotName(version, this.#now()));
    const staged = `${target}${UNFINISHED}`;
    await mkdir(staged, { mode: OWNER_ONLY });
    try {
      const links = await hasLinks(staged);
      await this.#requireRoom(files.reduce((sum, file) => sum + (file.linked && links ? 0 : file.sizeBytes), 0));
      for (const path of folders) await mkdir(join(staged, path), { recursive: true, mode: OWNER_ONLY });
      for (const { path, linked } of files) {
        signal?.throwIfAborted();
        const [from, to] = [join(this.#dataDir, path), join(staged, path)];
        // The system may refuse one link where it permits others: of a file that belongs to somebody else.
        if (!linked || !links || !await linkTo(from, to)) await copyDurably(from, to);
      }
      for (const path of folders) await syncFolder(join(staged, path));
      await syncFolder(staged);
      await rename(staged, target);
    } catch (error) {
      await rm(staged, { recursive: true, force: true });
      throw error;
    }
    await syncFolder(this.#folder);
    for (const name of outdated(await readdir(this.#folder))) await rm(join(this.#folder, name), { recursive: true, force: true });
    return target;
  }

  async #find(): Promise<{ readonly folders: readonly string[]; readonly files: readonly Found[] }> {
    const folders: string[] = [];
    const files: Found[] = [];
    const walk = async (path: string, isLinked: (name: string) => boolean, skip?: string): Promise<void> => {
      folders.push(path);
      for (const entry of await readdir(join(this.#dataDir, path), { withFileTypes: true })) {
        const inside = join(path, entry.name);
        if (entry.isDirectory()) await walk(inside, isLinked);
        else if (entry.isFile() && entry.name !== skip) {
          files.push({ path: inside, sizeBytes: (await stat(join(this.#dataDir, inside))).size, linked: isLinked(entry.name) });
        }
      }
    };
    for (const path of COPIED_FOLDERS) if (await isFolder(join(this.#dataDir, path))) await walk(path, () => false);
    if (await isFolder(join(this.#dataDir, VIDEOS))) {
      folders.push(VIDEOS);
      for (const entry of await readdir(join(this.#dataDir, VIDEOS), { withFileTypes: true })) {
        if (entry.isDirectory()) await walk(join(VIDEOS, entry.name), (name) => name !== ENTRY, CONTENT);
      }
    }
    return { folders, files };
  }

  async #requireRoom(snapshotBytes: number): Promise<void> {
    const neededBytes = snapshotBytes + HEADROOM_BYTES;
    const freeBytes = await this.#freeBytes();
    if (freeBytes >= neededBytes) return;
    throw new StorageError('no-space', `This version upgrades the data in ${this.#dataDir}, and first keeps a snapshot of all but the films: that needs ${neededBytes} bytes, and ${freeBytes} are free. `
      + 'Nothing was changed. Make room, or delete videos with the version that ran before, then start again.', { details: { neededBytes, freeBytes } });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Network and USB disks often have none. */
async function hasLinks(folder: string): Promise<boolean> {
  const [one, other] = [join(folder, 'probe'), join(folder, 'probe-link')];
  try {
    await writeFile(one, '');
    return await linkTo(one, other);
  } finally {
    await rm(other, { force: true });
    await rm(one, { force: true });
  }
}

/** @returns false where there can be no link. */
async function linkTo(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK'].includes(errnoOf(error) ?? '')) return false;
    throw error;
  }
}

async function copyDurably(from: string, to: string): Promise<void> {
  // A copy on write where the file system has that.
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await syncFile(to);
}
