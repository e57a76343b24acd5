/** A file of the watched folder as the file system describes it: what tells that it is still the same one, without reading it. */
import type { Stats } from 'node:fs';
import { join } from 'node:path';

export interface FolderFile {
  /** From the watched folder on, with `/` between names. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Finds a file again that was renamed. File systems that make them up give others after a remount, so never the only witness. */
  readonly inode: number;
}

export function folderFile(path: string, stats: Pick<Stats, 'size' | 'mtimeMs' | 'ino'>): FolderFile {
  return { path, sizeBytes: stats.size, mtimeMs: stats.mtimeMs, inode: stats.ino };
}

/** Whether the bytes are taken to be the same: what rsync and Syncthing go by too. */
export function isUnchanged(file: Pick<FolderFile, 'sizeBytes' | 'mtimeMs'>, known: Pick<FolderFile, 'sizeBytes' | 'mtimeMs'>): boolean {
  return file.sizeBytes === known.sizeBytes && file.mtimeMs === known.mtimeMs;
}

export function absolutePath(root: string, path: string): string {
  return join(root, ...path.split('/'));
}

/** Whether `path` is `folder` or lies below it; the watched folder itself is the empty text. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** As {@link isWithin}, of many folders at once. */
export function isWithinAny(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.has('') || folders.has(path)) return true;
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) if (folders.has(path.slice(0, at))) return true;
  return false;
}
