/** Files that are new or were changed, until they have stayed the same for a while: somebody may still be copying them. */
import { isUnchanged, type FolderFile } from './folder-file.ts';

interface Settling {
  readonly file: FolderFile;
  readonly dueMs: number;
}

/** Bounded by the files there are. Times in milliseconds of one clock that never goes back. */
export class SettlingFiles {
  readonly #files = new Map<string, Settling>();
  readonly #settleMs: number;

  constructor(_components: object, { settleMs }: { readonly settleMs: number }) {
    this.#settleMs = settleMs;
  }

  get size(): number {
    return this.#files.size;
  }

  /** A look at the file. Another look than the one before lets its time begin anew. */
  seen(file: FolderFile, nowMs: number): void {
    const before = this.#files.get(file.path);
    if (before !== undefined && isUnchanged(before.file, file)) return;
    // Behind the others, so that the first of the map is always the first that is due.
    this.#files.delete(file.path);
    this.#files.set(file.path, { file, dueMs: nowMs + this.#settleMs });
  }

  forget(path: string): void {
    this.#files.delete(path);
  }

  /** When the first one is to be looked at again; Infinity when there is none. */
  nextDueMs(): number {
    const [first] = this.#files.values();
    return first?.dueMs ?? Infinity;
  }

  /** Those whose time is over: to be looked at once more, and settled if they are as they were. They are not kept any more. */
  takeDue(nowMs: number, limit: number): FolderFile[] {
    const due: FolderFile[] = [];
    for (const [path, { file, dueMs }] of this.#files) {
      if (dueMs > nowMs || due.length >= limit) break;
      this.#files.delete(path);
      due.push(file);
    }
    return due;
  }
}
