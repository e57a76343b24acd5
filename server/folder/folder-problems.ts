/** What could not be read in the watched folder: each told once in the log, and shown until it goes. */
import { errnoOf } from '../storage/durable-files.ts';

export interface FolderProblem {
  readonly path: string;
  readonly reason: string;
}

const MAX_SHOWN = 50;
const MAX_KEPT = 1_000;

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'This node may not read it. Give its user the right to.',
  EPERM: 'This node may not read it. Give its user the right to.',
  EIO: 'The disk gave an error. Check the disk.',
  EILSEQ: 'Its name, or a name in it, is not written in UTF-8 and cannot be used here. Rename what bears it.',
  ENAMETOOLONG: 'Its path is too long for this system. Give it a shorter one.',
};

export class FolderProblems {
  readonly #log: { warn(details: object, message: string): void };
  readonly #reasons = new Map<string, string>();

  constructor({ log }: { readonly log: { warn(details: object, message: string): void } }) {
    this.#log = log;
  }

  add(path: string, error: unknown): void {
    const code = errnoOf(error);
    const reason = WORDS[code ?? ''] ?? `It cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    if (this.#reasons.get(path) === reason || this.#reasons.size >= MAX_KEPT) return;
    this.#reasons.set(path, reason);
    this.#log.warn({ err: error, path }, `part of the watched folder cannot be read and is left out. ${reason}`);
  }

  solved(path: string): void {
    this.#reasons.delete(path);
  }

  paths(): string[] {
    return [...this.#reasons.keys()];
  }

  shown(): FolderProblem[] {
    return [...this.#reasons].slice(0, MAX_SHOWN).map(([path, reason]) => ({ path, reason }));
  }
}
