/** Files that wait to be hashed. Bounded by the files there are. */
import { isUnchanged, type FolderFile } from './folder-file.ts';

export class HashQueue {
  readonly #files = new Map<string, FolderFile>();

  get size(): number {
    return this.#files.size;
  }

  add(file: FolderFile): void {
    this.#files.set(file.path, file);
  }

  /** Whether this very file waits. One that was changed since is taken out: it has to settle first. */
  holds(file: FolderFile): boolean {
    const waiting = this.#files.get(file.path);
    if (waiting === undefined) return false;
    if (isUnchanged(waiting, file)) return true;
    this.#files.delete(file.path);
    return false;
  }

  /**
   * The one that was begun, else the newest: what somebody just put there should not wait for an old library to be through.
   */
  take(isBegun: (file: FolderFile) => boolean): FolderFile | undefined {
    let best: FolderFile | undefined;
    for (const file of this.#files.values()) {
      if (isBegun(file)) {
        best = file;
        break;
      }
      if (best === undefined || file.mtimeMs > best.mtimeMs) best = file;
    }
    if (best !== undefined) this.#files.delete(best.path);
    return best;
  }
}
