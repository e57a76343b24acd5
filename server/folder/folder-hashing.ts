/** Hashes the files that stand still, one after the other, and hands over what they hold. */
import type { HashedContent } from '../../engine/index.ts';
import type { Attempts } from './attempts.ts';
import { isUnchanged, type FolderFile } from './folder-file.ts';
import { FileChangedError, type FolderHasher } from './folder-hasher.ts';
import type { FolderProblems } from './folder-problems.ts';
import { isGone, type FolderScanner } from './folder-scanner.ts';
import { HashQueue } from './hash-queue.ts';
import { Waker } from './waker.ts';

export interface HashingComponents {
  readonly hasher: FolderHasher;
  readonly scanner: Pick<FolderScanner, 'file'>;
  readonly problems: FolderProblems;
  readonly attempts: Attempts;
  readonly hashed: (file: FolderFile, content: HashedContent) => Promise<void>;
  /** The file is not what it was; it is to be looked at. */
  readonly onChanged: (path: string) => void;
}

export class FolderHashing {
  readonly #components: HashingComponents;
  readonly #queue = new HashQueue();
  readonly #waker = new Waker();
  #current: FolderFile | undefined;

  constructor(components: HashingComponents) {
    this.#components = components;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  add(file: FolderFile): void {
    this.#queue.add(file);
    this.#waker.wake();
  }

  /** Whether this very file, unchanged, is hashed or waits for it. */
  holds(file: FolderFile): boolean {
    const current = this.#current;
    return this.#queue.holds(file) || (current !== undefined && current.path === file.path && isUnchanged(current, file));
  }

  /** Until it is told to stop. */
  async run(signal: AbortSignal): Promise<void> {
    const { hasher, attempts, hashed } = this.#components;
    while (!signal.aborted) {
      const file = this.#queue.take((one) => hasher.hasBegun(one));
      if (file === undefined) {
        await this.#waker.sleep(Infinity, signal);
        continue;
      }
      this.#current = file;
      const content = await this.#hash(file, signal);
      if (content !== undefined) await attempts.at(() => hashed(file, content), signal);
      this.#current = undefined;
    }
  }

  /** undefined when there is nothing to list. */
  async #hash(file: FolderFile, signal: AbortSignal): Promise<HashedContent | undefined> {
    const { hasher, scanner, problems, onChanged } = this.#components;
    try {
      const content = await hasher.hash(file, signal);
      problems.solved(file.path);
      const now = await scanner.file(file.path);
      if (now !== undefined && isUnchanged(now, file)) return content;
      onChanged(file.path);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (error instanceof FileChangedError || isGone(error)) onChanged(file.path);
      else problems.add(file.path, error);
    }
    return undefined;
  }
}
