/**
 * Walks through the watched folder, or a part of it, and tells of every video and audio file. Reads no file. What is ignored is
 * left out before it costs a system call. Symbolic links are passed by: what they point to inside the folder is found there
 * anyway, and what lies outside is not shared; so there are no loops either.
 */
import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { mediaTypeFor } from '../ingest/media-type.ts';
import { errnoOf } from '../storage/durable-files.ts';
import { absolutePath, folderFile, type FolderFile } from './folder-file.ts';
import type { IgnorePatterns } from './ignore-patterns.ts';

/** Of one folder at the same time: network folders answer slowly, one by one. */
const LOOKS_AT_ONCE = 8;
/** What Node puts in place of bytes that are no UTF-8. */
const REPLACEMENT_CHARACTER = '\uFFFD';

export interface ScannerComponents {
  readonly ignore: IgnorePatterns;
  /** Called before a folder is read, so that a watch begun here misses nothing. */
  readonly onFolder: (path: string) => void;
  /** A folder that cannot be read, or none of whose files can be looked at. */
  readonly onProblem: (folder: string, error: unknown) => void;
  /** A folder that was walked through without one. */
  readonly onRead: (folder: string) => void;
}

export interface ScanCounts {
  /** Files and folders passed by, for their name or because they are no video or audio file. */
  readonly ignored: number;
  /** False when nothing lies at the path the walk began at. */
  readonly isThere: boolean;
}

export class FolderScanner {
  readonly #components: ScannerComponents;
  readonly #root: string;
  /** Of the folders being walked through, those with a problem. */
  readonly #troubled = new Set<string>();

  constructor(components: ScannerComponents, { root }: { readonly root: string }) {
    this.#components = components;
    this.#root = root;
  }

  /**
   * Hands the files at or below `path`, the empty text being the whole folder, to `found` in batches of one folder.
   * @throws what keeps the whole folder from being read; below it that is a problem, and the walk goes on.
   */
  async walk(path: string, found: (files: readonly FolderFile[]) => Promise<void>, signal: AbortSignal): Promise<ScanCounts> {
    let ignored = 0;
    if (path !== '') {
      if (this.#components.ignore.ignoresAnyOf(path)) return { ignored: 1, isThere: false };
      const stats = await this.#look(path);
      if (stats === undefined || stats.isSymbolicLink()) return { ignored, isThere: false };
      if (!stats.isDirectory()) {
        if (!stats.isFile() || !isMedia(path)) return { ignored: 1, isThere: false };
        if (stats.size > 0) await found([folderFile(path, stats)]);
        return { ignored, isThere: true };
      }
    }
    const folders = [path];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      signal.throwIfAborted();
      const names: string[] = [];
      ignored += await this.#read(folder, folders, names);
      for (let at = 0; at < names.length; at += LOOKS_AT_ONCE) {
        signal.throwIfAborted();
        const files = await Promise.all(names.slice(at, at + LOOKS_AT_ONCE).map((name) => this.file(name)));
        await found(files.filter((file) => file !== undefined));
      }
      if (!this.#troubled.delete(folder)) this.#components.onRead(folder);
    }
    return { ignored, isThere: true };
  }

  /** One file as it is now; undefined when there is none to share: nothing there, no plain file, or empty. */
  async file(path: string): Promise<FolderFile | undefined> {
    const stats = await this.#look(path);
    return stats?.isFile() === true && stats.size > 0 ? folderFile(path, stats) : undefined;
  }

  /** Puts what one folder holds into `folders` and `files`. @returns how many it passed by. */
  async #read(folder: string, folders: string[], files: string[]): Promise<number> {
    const { ignore, onFolder } = this.#components;
    onFolder(folder);
    let ignored = 0;
    try {
      for (const entry of await readdir(absolutePath(this.#root, folder), { withFileTypes: true })) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        const isWanted = (entry.isDirectory() || (entry.isFile() && isMedia(path))) && !ignore.ignores(path);
        if (!isWanted) ignored += 1;
        else (entry.isDirectory() ? folders : files).push(path);
      }
    } catch (error) {
      if (folder === '') throw error;
      const problem = problemOf(folder, error);
      if (problem !== undefined) this.#trouble(folder, problem);
    }
    return ignored;
  }

  async #look(path: string): Promise<Stats | undefined> {
    try {
      return await lstat(absolutePath(this.#root, path));
    } catch (error) {
      // A folder that may be listed but not entered: one problem, not one for each file.
      const problem = problemOf(path, error);
      if (problem !== undefined) this.#trouble(path.slice(0, Math.max(0, path.lastIndexOf('/'))), problem);
      return undefined;
    }
  }

  #trouble(folder: string, error: unknown): void {
    this.#troubled.add(folder);
    this.#components.onProblem(folder, error);
  }
}

function isMedia(path: string): boolean {
  return /^(?:video|audio)\//.test(mediaTypeFor(path, undefined));
}

/** undefined where nothing is wrong. What lies under a name that is no UTF-8 is listed with another name, and then not there. */
function problemOf(path: string, error: unknown): unknown {
  if (!isGone(error)) return error;
  return path.includes(REPLACEMENT_CHARACTER) ? Object.assign(new Error('a name is not UTF-8'), { code: 'EILSEQ' }) : undefined;
}

/** Nothing is wrong with a file that somebody took away. */
export function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');
}
