/** Which files are in the watched folder at this moment, and which content each has as far as that is known without reading it. */
import { isUnchanged, isWithinAny, type FolderFile } from './folder-file.ts';
import type { FolderRecords } from './folder-records.ts';
import { PathGroups } from './path-groups.ts';

interface Place {
  readonly contentId: string;
  readonly file: FolderFile;
  /** The walk that saw it last. */
  walk: number;
}

/** Bounded by the files there are. */
export class FolderPlaces {
  readonly #records: FolderRecords;
  readonly #places = new Map<string, Place>();
  readonly #paths = new PathGroups();
  /** Contents with a place more or less than before. */
  readonly #touched = new Set<string>();

  constructor({ records }: { readonly records: FolderRecords }) {
    this.#records = records;
  }

  get size(): number {
    return this.#places.size;
  }

  get touched(): number {
    return this.#touched.size;
  }

  /**
   * A look at a file, in walk number `walk`. @returns whether its content is known: it is as it was when it was hashed, or it is such
   * a file under another name. A file that was changed is in no place from here on.
   */
  found(file: FolderFile, walk: number): boolean {
    const known = this.#records.get(file.path);
    if (known !== undefined && isUnchanged(known, file)) {
      if (known.absentSinceMs !== null || known.inode !== file.inode) this.#records.set({ ...file, contentId: known.contentId, absentSinceMs: null });
      this.put(file, known.contentId, walk);
      return true;
    }
    this.lost(file.path);
    const renamed = this.#records.lookalike(file);
    if (renamed === undefined) return false;
    this.#records.set({ ...file, contentId: renamed.contentId, absentSinceMs: null });
    this.put(file, renamed.contentId, walk);
    return true;
  }

  put(file: FolderFile, contentId: string, walk: number): void {
    const before = this.#places.get(file.path);
    if (before?.contentId === contentId && isUnchanged(before.file, file)) {
      before.walk = walk;
      return;
    }
    this.lost(file.path);
    this.#places.set(file.path, { contentId, file, walk });
    this.#paths.add(contentId, file.path);
    this.#touched.add(contentId);
  }

  /** No longer there, or no longer what it was; its record stays as it is. */
  lost(path: string): void {
    const place = this.#places.get(path);
    if (place === undefined) return;
    this.#places.delete(path);
    this.#paths.delete(place.contentId, path);
    this.#touched.add(place.contentId);
  }

  lostAll(): void {
    for (const path of this.#places.keys()) this.lost(path);
  }

  /** Files at or below `folders` that walk number `walk` did not see: they are gone, and since when is written down. */
  endWalk(folders: ReadonlySet<string>, walk: number, nowMs: number): void {
    for (const [path, place] of this.#places) {
      if (place.walk === walk || !isWithinAny(path, folders)) continue;
      this.lost(path);
      const record = this.#records.get(path);
      if (record !== undefined) this.#records.set({ ...record, absentSinceMs: nowMs });
    }
  }

  takeTouched(): string[] {
    const touched = [...this.#touched];
    this.#touched.clear();
    return touched;
  }

  touch(contentId: string): void {
    this.#touched.add(contentId);
  }

  /** A file with this content: the one at `preferred` if it has it, else any. */
  fileWith(contentId: string, preferred: string | undefined): FolderFile | undefined {
    const path = preferred !== undefined && this.#paths.includes(contentId, preferred) ? preferred : this.#paths.first(contentId);
    return path === undefined ? undefined : this.#places.get(path)?.file;
  }
}
