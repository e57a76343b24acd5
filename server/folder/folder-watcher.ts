/**
 * Tells where in the watched folder something happened. Only a hint: network folders tell nothing, and the system's watches are
 * limited, so the rescan is what counts. One watch for each folder that the scanner walked through: node:fs.watch's own recursion
 * would take one for every file on Linux, ignored ones included, and read the whole tree in one go.
 */
import { watch, type FSWatcher } from 'node:fs';
import { basename } from 'node:path';
import { errnoOf } from '../storage/durable-files.ts';
import { absolutePath, isWithin } from './folder-file.ts';

export interface WatcherComponents {
  /** Something happened at this path; the empty text: somewhere. */
  readonly onHint: (path: string) => void;
  /** Called once, when a folder cannot be watched. */
  readonly onLimited: (error: unknown) => void;
  /** For tests; node:fs's own by default. */
  readonly watchFolder?: typeof watch;
}

/** Linux permits 8192 and more for a user, shared with all programs. */
const DEFAULT_MAX_FOLDERS = 8_000;

export class FolderWatcher {
  readonly #components: WatcherComponents;
  readonly #root: string;
  readonly #maxFolders: number;
  readonly #watches = new Map<string, FSWatcher>();
  #isLimited = false;

  constructor(components: WatcherComponents, { root, maxFolders = DEFAULT_MAX_FOLDERS }: { readonly root: string; readonly maxFolders?: number }) {
    this.#components = components;
    this.#root = root;
    this.#maxFolders = maxFolders;
  }

  /** Watches a folder, unless it does already or cannot. */
  follow(folder: string): void {
    if (this.#watches.has(folder)) return;
    if (this.#watches.size >= this.#maxFolders) {
      this.#limited(new Error(`there are more than ${this.#maxFolders} folders`));
      return;
    }
    const { onHint, watchFolder = watch } = this.#components;
    try {
      const watcher = watchFolder(absolutePath(this.#root, folder), { persistent: false }, (event, name) => {
        const path = folder === '' ? String(name) : `${folder}/${name}`;
        if (event === 'rename') this.#replaced(path);
        // A folder that goes away itself tells its own name.
        onHint(name === null || (folder === '' && name === basename(this.#root)) ? folder : path);
      });
      watcher.on('error', () => this.#end(folder));
      this.#watches.set(folder, watcher);
    } catch (error) {
      // One that is gone or closed to this node is the scanner's to tell.
      if (!['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) this.#limited(error);
    }
  }

  /** Lets go of all folders but these. */
  keepOnly(folders: ReadonlySet<string>): void {
    for (const folder of this.#watches.keys()) if (!folders.has(folder)) this.#end(folder);
  }

  close(): void {
    this.keepOnly(new Set());
  }

  /** Another folder may have this name now: the next walk watches that one. */
  #replaced(path: string): void {
    if (!this.#watches.has(path)) return;
    for (const folder of this.#watches.keys()) if (isWithin(folder, path)) this.#end(folder);
  }

  #end(folder: string): void {
    this.#watches.get(folder)?.close();
    this.#watches.delete(folder);
  }

  #limited(error: unknown): void {
    if (this.#isLimited) return;
    this.#isLimited = true;
    this.#components.onLimited(error);
  }
}
